import { err, must, ok, type Result } from '../../../src/domain/result.ts'
import type { Log } from '../../../src/ports/observe.ts'
import { transactionFrame } from '../../wire/lighter/account-frames.ts'
import type { LighterAccount } from '../../wire/lighter/accounts.ts'
import { admit, readBatch, type SentTransaction } from '../../wire/lighter/admission.ts'
import { Budgets } from '../../wire/lighter/budgets.ts'
import type { AccountChannel } from '../../wire/lighter/channels.ts'
import {
  failure,
  INTERNAL,
  type LighterFailure,
  SUBSCRIBE_FAILED,
  TOO_MANY_REQUESTS,
} from '../../wire/lighter/codes.ts'
import { failUnused, sequence } from '../../wire/lighter/sequencer.ts'
import type { Acknowledged } from '../../wire/lighter/session.ts'
import type { LoggedTransaction } from '../../wire/lighter/transaction-log.ts'
import { isTaker, type ReceivedTransaction } from '../../wire/lighter/transaction-shape.ts'
import type { LighterVenue } from '../../wire/lighter/venue.ts'
import { type Peer, Subscribers } from '../../wire/shared/subscribers.ts'
import type { Faults, Occasion } from '../faults.ts'
import type { LighterFaultName } from './fault-catalogue.ts'
import type { FrameLine } from './frame-line.ts'
import { SequencerLine } from './sequencer-line.ts'

export interface GatewayParts {
  readonly venue: LighterVenue
  readonly faults: Faults<LighterFaultName>
  readonly frames: FrameLine
  readonly limits: 'venue' | 'off'
  /** What the venue adds to a standard account's transactions; `off` adds nothing. */
  readonly latency: 'venue' | 'off'
  readonly log: Log
}

/** apidocs.lighter.xyz, "Account types": of standard accounts. */
const TAKER_LATENCY_MS = 300
const OTHER_LATENCY_MS = 200
const NO_MARGIN = failure(21739, 'not enough margin to create the order')

/** What REST and the stream share: who asks, how often, what goes wrong on purpose, and the way of a transaction. */
export class LighterGateway {
  /** Sockets by the account that they have shown a token of. */
  readonly logins = new Subscribers()
  readonly #parts: GatewayParts
  readonly #budgets = new Budgets()
  readonly #line: SequencerLine

  constructor(parts: GatewayParts) {
    this.#parts = parts
    this.#line = new SequencerLine(logged => this.#carryOut(logged), parts.venue.now)
  }

  /** Whether a request is within its budgets. @param account known by a token; null: anybody */
  mayAsk(address: string, route: string, account: LighterAccount | null): boolean {
    const { faults, limits, venue } = this.#parts
    if (faults.strike('rate_limit', { account: account?.name ?? null, target: route }) !== null) return false
    return limits === 'off' || this.#budgets.take({ address, route, account, now: venue.now() })
  }

  mayMessage({ address }: Peer): boolean {
    const { limits, venue } = this.#parts
    return limits === 'off' || this.#budgets.message(address, venue.now())
  }

  /** Null: a fault keeps the answer. Never throws: a bug in one transaction must not take the venue down for everyone. */
  send(address: string, sent: readonly SentTransaction[]): Result<Acknowledged, LighterFailure> | null {
    try {
      return this.#take(address, sent)
    } catch (error) {
      this.#parts.log.error('exchange_transaction_failed', { address, error: String(error) })
      return err(INTERNAL)
    }
  }

  #take(address: string, sent: readonly SentTransaction[]): Result<Acknowledged, LighterFailure> | null {
    const { venue, faults } = this.#parts
    if (venue.exchange.maintenance) return err(INTERNAL)
    const batch = readBatch(venue, sent)
    if (!batch.ok) return batch
    const { transaction } = must(batch.value[0], 'a batch that was read is not empty')
    const account = venue.accounts.at(transaction.accountIndex) ?? null
    if (!this.mayAsk(address, sent.length === 1 ? 'sendTx' : 'sendTxBatch', account))
      return err(TOO_MANY_REQUESTS)
    const occasion = { account: account?.name ?? null, target: transaction.kind }
    if (faults.strike('nonce_race', occasion) !== null)
      account?.keys.get(transaction.apiKeyIndex)?.nonces.giveAway()
    const admitted = admit(venue, batch.value)
    if (!admitted.ok) return admitted
    const acknowledged = this.#queue(admitted.value)
    return faults.strike('drop_answer', occasion) === null ? ok(acknowledged) : null
  }

  /** A channel of an account is asked for. @param isOwner whether a token of the account came with it */
  refusal(peer: Peer, { account, name }: AccountChannel, isOwner: boolean): LighterFailure | null {
    const struck = this.#parts.faults.strike('refuse_subscription', { account: account.name, target: name })
    if (struck !== null) return SUBSCRIBE_FAILED
    if (isOwner) this.logins.add(account.name, peer)
    return null
  }

  /** Whether the venue neither pings nor answers pings on this socket. */
  isMute(peer: Peer): boolean {
    const { faults } = this.#parts
    if (!faults.has('no_pong')) return false
    const known = [...this.logins.names()].filter(name => this.logins.listens(name, peer))
    const accounts = known.length === 0 ? [null] : known
    return accounts.some(account => faults.strike('no_pong', { account, target: null }) !== null)
  }

  close(): void {
    this.#line.close()
  }

  #queue(batch: readonly LoggedTransaction[]): Acknowledged {
    const { faults, venue } = this.#parts
    let predictedAt = venue.now()
    for (const logged of batch) {
      const late = faults.strike('late_accept', occasionOf(logged))
      predictedAt = this.#line.push(logged, this.#latencyOf(logged) + (late?.delayMs ?? 0))
    }
    return { hashes: batch.map(({ hash }) => hash), predictedAt: Math.trunc(predictedAt) }
  }

  #latencyOf({ account, received }: LoggedTransaction): number {
    if (this.#parts.latency === 'off' || account.tier === 'premium') return 0
    return takes(received) ? TAKER_LATENCY_MS : OTHER_LATENCY_MS
  }

  #carryOut(logged: LoggedTransaction): void {
    const { venue, frames, log } = this.#parts
    try {
      if (this.#isLost(logged)) return
      if (!this.#failed(logged) && !this.#vanished(logged)) sequence(venue, logged)
    } catch (error) {
      log.error('exchange_transaction_failed', { hash: logged.hash, error: String(error) })
      return
    }
    frames.tell([transactionFrame(venue, logged)])
  }

  #isLost(logged: LoggedTransaction): boolean {
    if (this.#parts.faults.strike('tx_lost', occasionOf(logged)) === null) return false
    useNonce(logged)
    return true
  }

  #failed(logged: LoggedTransaction): boolean {
    if (this.#parts.faults.strike('tx_fails', occasionOf(logged)) === null) return false
    failUnused(this.#parts.venue, logged, NO_MARGIN)
    return true
  }

  #vanished(logged: LoggedTransaction): boolean {
    const { venue, faults } = this.#parts
    const { transaction } = logged.received
    if (transaction.kind !== 'create_order' || !transaction.reduceOnly) return false
    if (faults.strike('reduce_only_vanishes', occasionOf(logged)) === null) return false
    useNonce(logged)
    Object.assign(logged, { status: 'executed', executedAt: venue.now() })
    return true
  }
}

function takes({ transaction }: ReceivedTransaction): boolean {
  return transaction.kind === 'create_order' && isTaker(transaction)
}

function useNonce({ account, received }: LoggedTransaction): void {
  const { apiKeyIndex, nonce } = received.transaction
  account.keys.get(apiKeyIndex)?.nonces.use(nonce)
}

function occasionOf({ account, received }: LoggedTransaction): Occasion {
  return { account: account.name, target: received.transaction.kind }
}
