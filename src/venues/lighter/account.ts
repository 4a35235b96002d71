import type { KeyPermissions } from '../../domain/account.ts'
import { type Decimal, formatDecimal, ONE } from '../../domain/decimal.ts'
import type { Fill } from '../../domain/fill.ts'
import type { AccountId, InstrumentId } from '../../domain/ids.ts'
import type { Claim, Purpose } from '../../domain/order.ts'
import { assert, err, ok, type Result } from '../../domain/result.ts'
import type {
  Absent,
  AccountListener,
  AccountSnapshot,
  Acked,
  CancelRef,
  ExecutionQuery,
  ExecutionReport,
  OrderRef,
  OrderRequest,
  Taken,
  VenueAccount,
  VenueError,
} from '../../ports/venue.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { LighterAccountStream } from './account-stream.ts'
import type { AuthTokens } from './auth-tokens.ts'
import { LIGHTER_CAPABILITY } from './capability.ts'
import type { LighterConnections } from './connections.ts'
import { LANES, type LaneName, type LighterCredential, laneOf } from './credential.ts'
import { INVALID_NONCE, type Refusal, refusedHere } from './errors.ts'
import { readExecutions } from './executions.ts'
import { findOrder } from './find.ts'
import type { KnownOrders } from './known-orders.ts'
import {
  ANSWER_MARGIN_MS,
  EXECUTION_ASK_MS,
  EXECUTION_ASKS,
  FAILURE_ASK_MS,
  FAILURE_ASKS,
  SEND_BUDGET_MS,
  UNSHOWN_MS,
} from './limits.ts'
import type { LighterMarket } from './market.ts'
import type { MarketList } from './market-list.ts'
import type { LaneCommand, NonceLane } from './nonce-lane.ts'
import { cancelTerms, orderTerms } from './orders.ts'
import type { LighterQueries } from './queries.ts'
import type { AccountQuota, EgressQuota } from './quota.ts'
import { readSnapshot } from './snapshot.ts'

/** For claims that are stored nowhere. */
const NO_LEASE = 0
const ANSWER_TIMEOUT_MS = LIGHTER_CAPABILITY.receiveWindowMs + ANSWER_MARGIN_MS
const MARGIN_STEPS = 10_000n

export interface LighterAccountOptions {
  readonly accountId: AccountId
  readonly credential: LighterCredential
  readonly connections: LighterConnections
  readonly market: LighterMarket
  readonly markets: MarketList
  readonly lanes: Readonly<Record<LaneName, NonceLane>>
  readonly queries: LighterQueries
  readonly tokens: AuthTokens
  readonly known: KnownOrders
  readonly quota: AccountQuota
  readonly egress: EgressQuota
  readonly onClose: () => void
}

/** One Lighter account: its stream, its keys' lanes, its commands and its queries. */
export class LighterAccount implements VenueAccount {
  readonly accountId: AccountId
  readonly #options: LighterAccountOptions
  readonly #venueClock: VenueClock
  #stream: LighterAccountStream | null = null
  #closed = false

  constructor(options: LighterAccountOptions) {
    this.accountId = options.accountId
    this.#options = options
    this.#venueClock = options.connections.venueClock
  }

  open(listener: AccountListener): void {
    assert(this.#stream === null, 'an account is opened once')
    if (this.#closed) return
    const { accountId, credential, connections, tokens, markets, known, market, lanes } = this.#options
    this.#stream = new LighterAccountStream({
      accountId,
      credential,
      connections,
      tokens,
      markets,
      known,
      ready: () => market.obstacle(),
      listener: {
        reports: (reports, receivedAt) => listener.reports(reports, receivedAt),
        needsOrderQuantity: () => listener.needsOrderQuantity?.() ?? true,
        stream: state => {
          // The first order of a lane must not wait for its number.
          if (state.kind === 'live') for (const name of LANES) lanes[name].prepare()
          listener.stream(state)
        },
      },
    })
    this.#stream.open()
  }

  /** Orders that wait for their reports are in doubt from here on. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stream?.close()
    this.#options.onClose()
  }

  isAlive(): boolean {
    return this.#stream?.isAlive() ?? false
  }

  stamp(leaseEpoch: number): Result<Claim, VenueError> {
    if (this.#closed) return notSent('the account is closed')
    const now = this.#venueClock.now()
    if (now === null) return notSent("the venue's time is not known")
    if (!this.#options.markets.isKnown()) return notSent('the list of markets is not known yet')
    const venueTimestamp = Math.trunc(now)
    return ok({
      // Answers on the stream do not say which transaction they are about when they are a no.
      route: 'request',
      venueTimestamp,
      deadlineAt: venueTimestamp + LIGHTER_CAPABILITY.receiveWindowMs,
      sendBefore: this.#options.connections.clock.monotonic() + SEND_BUDGET_MS,
      leaseEpoch,
    })
  }

  budgetWaitMs(purpose: Purpose): number {
    const { connections, quota, egress } = this.#options
    const readyAt = Math.max(quota.current.transactions.readyAt(purpose), egress.sends.readyAt(purpose))
    return Math.max(0, readyAt - connections.clock.monotonic())
  }

  /**
   * The venue's yes only says that it looked at the form. So an order is acknowledged by what shows it: its report, or a
   * trade of it; without either it is in doubt, because a reduce-only order may vanish without a word.
   */
  async submit(order: OrderRequest): Promise<Result<Acked, VenueError>> {
    const { lanes, known, markets, market } = this.#options
    const entry = markets.ofInstrument(order.instrumentId)
    if (entry === undefined) return err(refusedHere('symbol', `Lighter has no market ${order.instrumentId}`))
    const terms = orderTerms(order, { market: entry, markPrice: market.markPrice(order.instrumentId) })
    if (!terms.ok) return terms
    const expectation = known.expect(order.clientOrderId, order.quantity)
    const lane = lanes[laneOf(order.purpose)]
    const sent = await lane.send({
      transaction: sender => ({ ...sender, ...terms.value }),
      priority: order.purpose,
      sendBefore: order.claim.sendBefore,
      timeoutMs: ANSWER_TIMEOUT_MS,
    })
    if (!sent.ok) {
      expectation.forget()
      return sent
    }
    const { sentAt, ackedAt, hash } = sent.value
    const failure = this.#failure(hash, order.purpose)
    const shown = await Promise.race([expectation.shown(this.#untilOver(order.claim)), failure.found])
    failure.forget()
    expectation.forget()
    if (shown === null)
      return err({ kind: 'in_doubt', message: `taken as ${hash}, but nothing shows the order` })
    if (typeof shown === 'string') return ok({ venueOrderId: shown, sentAt, ackedAt })
    lane.askAnew()
    // Behind one that failed without its number those after it fail as well: as if they had not been sent.
    return shown.code === String(INVALID_NONCE) ? notSent(shown.message) : err(shown)
  }

  /** Its claim is made here: a cancel that comes late or twice does no harm, so nothing of it is stored. */
  async cancel(order: CancelRef, purpose: Purpose): Promise<Result<Taken, VenueError>> {
    const { lanes, markets } = this.#options
    const claim = this.stamp(NO_LEASE)
    if (!claim.ok) return claim
    const entry = markets.ofInstrument(order.instrumentId)
    if (entry === undefined) return err(refusedHere('symbol', `Lighter has no market ${order.instrumentId}`))
    const terms = cancelTerms(order, entry, claim.value.deadlineAt)
    return lanes.cancels.send({
      transaction: sender => ({ ...sender, ...terms }),
      priority: purpose,
      sendBefore: claim.value.sendBefore,
      timeoutMs: ANSWER_TIMEOUT_MS,
    })
  }

  find(order: OrderRef): Promise<Result<ExecutionReport | Absent, VenueError>> {
    return findOrder(this.#options.queries, this.#venueClock, order)
  }

  snapshot(): Promise<Result<AccountSnapshot, VenueError>> {
    const { queries, markets, connections } = this.#options
    return readSnapshot({ queries, markets, clock: connections.clock, venueClock: this.#venueClock })
  }

  executions(query: ExecutionQuery): Promise<Result<readonly Fill[], VenueError>> {
    return readExecutions(this.#options.queries, this.#options.known, query)
  }

  /** Cross margin. Done when the venue shows that the transaction was executed. */
  async setLeverage(instrumentId: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>> {
    const { lanes, markets } = this.#options
    const claim = this.stamp(NO_LEASE)
    if (!claim.ok) return claim
    const entry = markets.ofInstrument(instrumentId)
    if (entry === undefined || leverage < ONE || leverage > entry.instrument.maximumLeverage)
      return err(refusedHere('leverage', `${instrumentId} has no leverage of ${formatDecimal(leverage)}`))
    // Upwards: never more leverage than asked for.
    const initialMarginBps = Number((MARGIN_STEPS * ONE + leverage - 1n) / leverage)
    const command: LaneCommand = {
      transaction: sender => ({
        ...sender,
        kind: 'update_leverage',
        marketIndex: entry.marketIndex,
        initialMarginBps,
        marginMode: 'cross',
        expiredAt: claim.value.deadlineAt,
      }),
      priority: 'entry',
      sendBefore: claim.value.sendBefore,
      timeoutMs: ANSWER_TIMEOUT_MS,
    }
    const sent = await lanes.quotes.send(command)
    return sent.ok ? this.#executed(sent.value.hash) : sent
  }

  permissions(): Promise<Result<KeyPermissions, VenueError>> {
    return this.#options.queries.permissions()
  }

  async #executed(hash: string): Promise<Result<void, VenueError>> {
    const { queries, connections } = this.#options
    for (let asks = 0; asks < EXECUTION_ASKS; asks += 1) {
      await new Promise<void>(resolve => connections.clock.after(EXECUTION_ASK_MS, resolve))
      const fate = await queries.transaction(hash, 'entry')
      if (fate.ok && fate.value.kind === 'executed') return ok()
      // Whatever its reason: asked for again at once it would only use up the budget.
      if (fate.ok && fate.value.kind === 'failed') return err({ ...fate.value.refusal, reason: 'leverage' })
    }
    return err({ kind: 'in_doubt', message: `${hash} was taken, but nothing shows that it was executed` })
  }

  /** Only settles where the venue shows that the transaction has failed: any other answer proves nothing of the order. */
  #failure(
    hash: string,
    purpose: Purpose,
  ): { readonly found: Promise<Refusal>; readonly forget: () => void } {
    const { promise, resolve } = Promise.withResolvers<Refusal>()
    const { queries, connections } = this.#options
    let [asks, isOver] = [0, false]
    const ask = async () => {
      asks += 1
      const fate = await queries.transaction(hash, purpose)
      if (fate.ok && fate.value.kind === 'failed') resolve(fate.value.refusal)
      // What is executed will not fail; what is pending, or got no answer, may.
      else if (!isOver && asks < FAILURE_ASKS && !(fate.ok && fate.value.kind === 'executed'))
        cancel = connections.clock.after(FAILURE_ASK_MS, ask)
    }
    let cancel = connections.clock.after(UNSHOWN_MS, ask)
    const forget = () => {
      isOver = true
      cancel()
    }
    return { found: promise, forget }
  }

  /** Past the deadline nothing is executed any more; the margin is for the report's way. */
  #untilOver({ deadlineAt }: Claim): number {
    const now = this.#venueClock.now() ?? deadlineAt
    return Math.max(ANSWER_MARGIN_MS, deadlineAt - now + ANSWER_MARGIN_MS)
  }
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}
