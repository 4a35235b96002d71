import { parentPort } from 'node:worker_threads'
import { must, ok, type Result } from '../../../domain/result.ts'
import type { SignedTransaction } from '../signer.ts'
import type { AuthToken } from './auth-token.ts'
import type { PrivateKey } from './private-key.ts'
import { Signing, type SigningKey } from './signing.ts'
import type { Transaction } from './transaction.ts'

export type SigningRequest =
  | { readonly kind: 'public_key'; readonly privateKey: PrivateKey }
  | { readonly kind: 'transaction'; readonly key: SigningKey; readonly transaction: Transaction }
  | { readonly kind: 'auth_token'; readonly key: SigningKey; readonly token: AuthToken }
  | { readonly kind: 'close' }

/** One for each request but `close`, in the order of the requests. */
export type SigningAnswer = Result<string | SignedTransaction, string>

const port = must(parentPort, 'runs as a worker of the signer')
const signing = new Signing()

port.on('message', (request: SigningRequest) => {
  if (request.kind === 'close') return port.close()
  port.postMessage(answer(request))
})

function answer(request: Exclude<SigningRequest, { readonly kind: 'close' }>): SigningAnswer {
  switch (request.kind) {
    case 'public_key':
      return ok(signing.publicKey(request.privateKey))
    case 'transaction':
      return signing.transaction(request.key, request.transaction)
    case 'auth_token':
      return signing.authToken(request.key, request.token)
  }
}
