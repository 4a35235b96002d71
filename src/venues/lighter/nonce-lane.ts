import { err, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { Taken, VenueError } from '../../ports/venue.ts'
import { attempt, integerField, textField } from '../shared/fields.ts'
import type { Priority } from '../shared/rate-budget.ts'
import type { LaneKey } from './credential.ts'
import { INVALID_NONCE, refusedHere } from './errors.ts'
import { MAXIMUM_WAITING, NONCE_WAIT_MS } from './limits.ts'
import type { AccountQuota } from './quota.ts'
import type { LighterRest } from './rest.ts'
import type { Transaction } from './sign/transaction.ts'
import type { Signer } from './signer.ts'

/** What every transaction of a lane has. */
export type Sender = Pick<Transaction, 'chainId' | 'accountIndex' | 'apiKeyIndex' | 'nonce' | 'attributes'>

export interface LaneCommand {
  readonly transaction: (sender: Sender) => Transaction
  readonly priority: Priority
  /** Monotonic, ms. */
  readonly sendBefore: number
  readonly timeoutMs: number
}

/** Taken for processing, under this name. */
export interface TakenTransaction extends Taken {
  readonly hash: string
}

export interface NonceLaneOptions {
  readonly chainId: number
  readonly accountIndex: number
  readonly key: LaneKey
  readonly quota: AccountQuota
  readonly rest: LighterRest
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Log
}

/**
 * The transactions of one API key, one after another: the venue takes the next number of a key and no other.
 *
 * The number is counted here while answers are certain. The venue counts on when it takes a transaction and not when
 * its API refuses one (apidocs, "Signing Transactions"); after an answer that was lost it is asked for.
 */
export class NonceLane {
  readonly #options: NonceLaneOptions
  #next: number | null = null
  /** Grows whenever the count becomes uncertain. */
  #epoch = 0
  #tail: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(options: NonceLaneOptions) {
    this.#options = options
  }

  /** Asks for the number ahead of the first order, where it is not known. */
  prepare(): void {
    if (this.#next === null && this.#waiting === 0) void this.#inTurn(() => this.#known('exit'))
  }

  /** Nobody says whether a number was used: what was sent before this settles it no more. */
  askAnew(): void {
    this.#epoch += 1
    this.#next = null
  }

  /**
   * Fails with `not_sent`, `refused` or `in_doubt`. An "invalid nonce" is in doubt: the number may be used by this very
   * transaction, told twice on its way, and a `nextNonce` that does not show it may be a read that lags.
   */
  send(command: LaneCommand): Promise<Result<TakenTransaction, VenueError>> {
    if (this.#waiting >= MAXIMUM_WAITING)
      return Promise.resolve(notSent(`${MAXIMUM_WAITING} transactions of this key wait already`))
    return this.#inTurn(() => this.#send(command))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const done = this.#tail.then(work).finally(() => {
      this.#waiting -= 1
    })
    this.#tail = done.catch(() => {})
    return done
  }

  async #send(command: LaneCommand): Promise<Result<TakenTransaction, VenueError>> {
    const { chainId, accountIndex, key, rest, signer, clock, quota } = this.#options
    if (clock.monotonic() > command.sendBefore) return notSent('too late to send')
    const nonce = await this.#known(command.priority)
    if (nonce === null) return notSent("the key's nonce is not known")
    const epoch = this.#epoch
    const sender: Sender = { chainId, accountIndex, apiKeyIndex: key.apiKeyIndex, nonce, attributes: {} }
    const signed = await signer.transaction(key.privateKey, command.transaction(sender))
    // What can never be signed is refused: told that nothing was sent, the engine would try it for ever.
    if (!signed.ok && signed.error.kind === 'invalid') return err(refusedHere('other', signed.error.message))
    if (!signed.ok) return notSent(`not signed: ${signed.error.message}`)
    if (epoch !== this.#epoch) return notSent("the key's nonce has become uncertain")
    const answer = await rest.send({
      ...command,
      transaction: signed.value,
      windows: [quota.current.transactions],
    })
    if (!answer.ok) return this.#failed(nonce, answer.error)
    const { row, sentAt, answeredAt } = answer.value
    const hash = attempt(() => textField(row, 'tx_hash'))
    if (epoch === this.#epoch) this.#next = nonce + 1
    if (hash.ok) return ok({ hash: hash.value, sentAt, ackedAt: answeredAt })
    this.askAnew()
    return err({ kind: 'in_doubt', message: `taken, but ${hash.error}` })
  }

  #failed(nonce: number, error: VenueError): Result<never, VenueError> {
    const isInvalid = error.kind === 'refused' && error.code === String(INVALID_NONCE)
    if (isInvalid || error.kind === 'in_doubt') this.askAnew()
    if (!isInvalid) return err(error)
    this.#options.log.warn('nonce_refused', { apiKeyIndex: this.#options.key.apiKeyIndex, nonce })
    return err({ kind: 'in_doubt', message: `nonce ${nonce} is refused: it may be used, by this order too` })
  }

  async #known(priority: Priority): Promise<number | null> {
    if (this.#next !== null) return this.#next
    const epoch = this.#epoch
    const asked = await this.#ask(priority)
    if (epoch === this.#epoch) this.#next = asked
    return this.#next
  }

  async #ask(priority: Priority): Promise<number | null> {
    const { accountIndex, key, rest, quota } = this.#options
    const answer = await rest.read({
      path: '/api/v1/nextNonce',
      query: { account_index: accountIndex, api_key_index: key.apiKeyIndex },
      token: null,
      windows: [quota.current.reads],
      priority,
      waitMs: NONCE_WAIT_MS,
    })
    const nonce = answer.ok ? attempt(() => integerField(answer.value, 'nonce')) : null
    return nonce?.ok === true && nonce.value >= 0 ? nonce.value : null
  }
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}
