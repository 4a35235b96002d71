import { Worker } from 'node:worker_threads'
import { assert, err, must, ok, type Result } from '../../../domain/result.ts'
import type { SecureRandom } from '../../../ports/random.ts'
import type { SignedTransaction, Signer, SignerError } from '../signer.ts'
import type { AuthToken } from './auth-token.ts'
import type { PrivateKey } from './private-key.ts'
import { RANDOM_BYTES } from './schnorr.ts'
import type { SigningKey } from './signing.ts'
import type { Transaction } from './transaction.ts'
import type { SigningAnswer, SigningRequest } from './worker.ts'

/** Requests that are not answered yet: about ten milliseconds of signing. Who waits longer is better told so. */
export const MAXIMUM_WAITING = 64

type Settle = (answer: Result<string | SignedTransaction, SignerError>) => void

/** Signs in a thread of its own, one after another, so that a signature never holds up a venue's frame. */
export class ThreadSigner implements Signer {
  readonly #secureRandom: SecureRandom
  readonly #worker: Worker
  readonly #ended: Promise<void>
  readonly #waiting: Settle[] = []
  #gone: SignerError | null = null

  constructor(secureRandom: SecureRandom, file = new URL('./worker.ts', import.meta.url)) {
    this.#secureRandom = secureRandom
    this.#worker = new Worker(file)
    this.#ended = new Promise(resolve => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (answer: SigningAnswer) => this.#settle(answer))
    this.#worker.on('error', error => this.#end(error.message))
    this.#worker.on('exit', code => this.#end(`exit code ${code}`))
  }

  async publicKey(privateKey: PrivateKey): Promise<Result<string, SignerError>> {
    return asText(await this.#ask({ kind: 'public_key', privateKey }))
  }

  async transaction(
    privateKey: PrivateKey,
    transaction: Transaction,
  ): Promise<Result<SignedTransaction, SignerError>> {
    const answer = await this.#ask({ kind: 'transaction', key: this.#key(privateKey), transaction })
    if (!answer.ok) return answer
    assert(typeof answer.value !== 'string', 'a transaction is answered with one')
    return ok(answer.value)
  }

  async authToken(privateKey: PrivateKey, token: AuthToken): Promise<Result<string, SignerError>> {
    return asText(await this.#ask({ kind: 'auth_token', key: this.#key(privateKey), token }))
  }

  async close(): Promise<void> {
    this.#post({ kind: 'close' })
    this.#gone ??= { kind: 'gone', message: 'The signer was closed.' }
    await this.#ended
  }

  #key(privateKey: PrivateKey): SigningKey {
    return { privateKey, random: this.#secureRandom(RANDOM_BYTES) }
  }

  #ask(request: SigningRequest): Promise<Result<string | SignedTransaction, SignerError>> {
    if (this.#gone !== null) return Promise.resolve(err(this.#gone))
    if (this.#waiting.length >= MAXIMUM_WAITING) {
      const message = `${MAXIMUM_WAITING} signatures wait already. Ask again when some are done.`
      return Promise.resolve(err({ kind: 'busy', message }))
    }
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      this.#post(request)
    })
  }

  #post(request: SigningRequest): void {
    if (this.#gone === null) this.#worker.postMessage(request)
  }

  #settle(answer: SigningAnswer): void {
    const settle = must(this.#waiting.shift(), 'an answer belongs to a request')
    settle(answer.ok ? answer : err({ kind: 'invalid', message: answer.error }))
  }

  #end(why: string): void {
    this.#gone ??= { kind: 'gone', message: `The thread that signs ended (${why}). Start again.` }
    for (const settle of this.#waiting.splice(0)) settle(err(this.#gone))
  }
}

function asText(answer: Result<string | SignedTransaction, SignerError>): Result<string, SignerError> {
  if (!answer.ok) return answer
  assert(typeof answer.value === 'string', 'a key or token is answered with a text')
  return ok(answer.value)
}
