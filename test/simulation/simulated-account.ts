import type { ExchangeOrder, ExchangePosition } from '../../exchange/core/types.ts'
import type { KeyPermissions } from '../../src/domain/account.ts'
import { type Decimal, ZERO } from '../../src/domain/decimal.ts'
import type { Fill } from '../../src/domain/fill.ts'
import {
  type AccountId,
  type InstrumentId,
  symbolOf,
  type VenueName,
  type VenueOrderId,
} from '../../src/domain/ids.ts'
import type { Claim, Purpose } from '../../src/domain/order.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Clock } from '../../src/ports/clock.ts'
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
} from '../../src/ports/venue.ts'
import type { FaultTarget } from './fault-kinds.ts'
import type { MeasuredClock } from './measured-clock.ts'
import { OrderDesk, refused } from './order-desk.ts'
import { SequencedOrders } from './sequenced-orders.ts'
import { SimulatedStream } from './simulated-stream.ts'
import type { VenueHost } from './venue-host.ts'
import { VenueRequests } from './venue-requests.ts'
import { balancesOf, fillOf, orderReport, positionReport } from './venue-rows.ts'

const SEND_BUDGET_MS = 1_500
const INCOMPLETE_EVERY_MS = 20_000

export interface SimulatedAccountOptions {
  readonly accountId: AccountId
  /** On the exchange. */
  readonly name: string
  readonly host: VenueHost
  /** The process's: what it waits for dies with it. */
  readonly clock: Clock
  readonly venueClock: MeasuredClock
}

/** One account as one process speaks to it: every request takes its time, and may meet its fault. */
export class SimulatedAccount implements VenueAccount {
  readonly accountId: AccountId
  readonly name: string
  readonly stream: SimulatedStream
  readonly #host: VenueHost
  readonly #clock: Clock
  readonly #venueClock: MeasuredClock
  readonly #requests: VenueRequests
  readonly #desk: OrderDesk
  /** Null where an order's answer shows that it is taken. */
  readonly #sequenced: SequencedOrders | null
  #closed = false
  #incompleteAt = Number.NEGATIVE_INFINITY

  constructor(options: SimulatedAccountOptions) {
    this.accountId = options.accountId
    this.name = options.name
    this.#host = options.host
    this.#clock = options.clock
    this.#venueClock = options.venueClock
    this.#requests = new VenueRequests(options)
    this.stream = new SimulatedStream(options)
    this.#desk = new OrderDesk(options.name, options.host)
    const isSequenced = options.host.kind.proof === 'report'
    const { shown } = this.stream
    this.#sequenced = isSequenced
      ? new SequencedOrders({ ...options, shown, desk: this.#desk, requests: this.#requests })
      : null
  }

  open(listener: AccountListener): void {
    this.stream.open(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.stream.close()
  }

  /** How budgets are counted is the adapter's own business, and tested there; here they are had or not. */
  budgetWaitMs(): number {
    return this.#host.faults.budgetWaitMs(this.#me)
  }

  isAlive(): boolean {
    return this.stream.isLive()
  }

  stamp(leaseEpoch: number): Result<Claim, VenueError> {
    if (this.#closed) return notSent('the account is closed')
    const venueTimestamp = this.#venueClock.now()
    if (venueTimestamp === null) return notSent("the venue's time is not known")
    return ok({
      route: this.#sequenced === null ? 'stream' : 'request',
      venueTimestamp,
      deadlineAt: venueTimestamp + this.#host.kind.capability.receiveWindowMs,
      sendBefore: this.#clock.monotonic() + SEND_BUDGET_MS,
      leaseEpoch,
    })
  }

  async submit(order: OrderRequest): Promise<Result<Acked, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    if (this.#clock.monotonic() > order.claim.sendBefore) return notSent('too late to be sent')
    this.#host.onSend?.(this.name, order)
    const target = this.#of(order)
    if (this.#sequenced !== null) return this.#sequenced.submit(order, target)
    return this.#requests.command({
      operation: 'order.create',
      deadlineAt: order.claim.deadlineAt,
      target,
      work: () => {
        const placed = this.#desk.placeOrTell(order)
        return placed.ok ? ok(this.#acked(placed.value)) : placed
      },
    })
  }

  async cancel(order: CancelRef, _purpose: Purpose): Promise<Result<Taken, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const selector = {
      symbol: symbolOf(order.instrumentId),
      orderId: order.clientOrderId === null ? order.venueOrderId : '',
      clientOrderId: order.clientOrderId ?? '',
    }
    const target = this.#of(order)
    return this.#requests.command({
      operation: 'order.cancel',
      deadlineAt: this.#settingDeadline,
      target,
      work: (): Result<Taken, VenueError> => {
        if (this.#host.faults.hit('cancelTakenAndLost', target)) return ok(this.#taken())
        const done = this.#host.act((exchange, at) => exchange.cancel(this.name, selector, at))
        return done.ok || this.#sequenced !== null ? ok(this.#taken()) : err(refused(done.error))
      },
    })
  }

  async setLeverage(instrument: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const symbol = symbolOf(instrument)
    return this.#requests.command({
      operation: 'leverage',
      deadlineAt: this.#settingDeadline,
      target: this.#me,
      work: () => {
        if (this.#host.faults.hit('leverageRefused', this.#me))
          return err({ kind: 'refused', reason: 'leverage', code: '110013', message: 'cannot set leverage' })
        const set = this.#host.act(exchange => exchange.setLeverage(this.name, symbol, leverage))
        if (set.ok || set.error === 'leverage_not_modified') return ok()
        return err(refused(set.error))
      },
    })
  }

  find(order: OrderRef): Promise<Result<ExecutionReport | Absent, VenueError>> {
    const at = this.#readAt
    return this.#requests.read(asOf => {
      const found = this.#host.history
        .orders(this.name, asOf)
        .find(each => each.clientOrderId === order.clientOrderId)
      return found === undefined ? { absent: true, at } : orderReport(this.#venue, found)
    })
  }

  snapshot(): Promise<Result<AccountSnapshot, VenueError>> {
    const { history, exchange, kind } = this.#host
    return this.#requests.read(asOf => {
      const at = this.#readAt
      const positions = history
        .positions(this.name, asOf)
        .filter(({ quantity, updatedAt }) => quantity !== ZERO || updatedAt > at)
      return {
        // Venues keep one for each symbol.
        positionMode: exchange.positionMode(this.name, kind.symbols[0]),
        positions: this.#perhapsIncomplete(positions).map(each => positionReport(this.#venue, each)),
        openOrders: history
          .orders(this.name, asOf)
          .filter(order => order.status === 'new' || order.status === 'partially_filled')
          .map(each => orderReport(this.#venue, each)),
        balances: balancesOf(kind.capability, exchange, this.name),
        equity: { equity: exchange.wallet(this.name).equity, at: this.#clock.now() },
        at,
      }
    })
  }

  executions(query: ExecutionQuery): Promise<Result<readonly Fill[], VenueError>> {
    return this.#requests.read(asOf =>
      this.#host.history
        .executions(this.name, query.since, asOf)
        .filter(each => query.venueOrderId === undefined || each.orderId === query.venueOrderId)
        .map(each => fillOf(this.#venue, this.accountId, each))
        .filter(fill => query.instrumentId === undefined || fill.instrumentId === query.instrumentId),
    )
  }

  permissions(): Promise<Result<KeyPermissions, VenueError>> {
    return this.#requests.read(() => ({
      readOnly: false,
      trade: this.#host.keyOf(this.name) === 'good',
      withdraw: false,
      transfer: false,
      addresses: [],
      expiresAt: null,
    }))
  }

  get #venue(): VenueName {
    return this.#host.kind.capability.venue
  }

  /** Cancels and settings carry their own stamp. */
  get #settingDeadline(): number {
    return this.#host.now() + this.#host.kind.capability.receiveWindowMs
  }

  /** What an answer of this moment is dated, by the venue's clock: surely not later than it was read. */
  get #readAt(): number {
    const { datedEarlyMs } = this.#host.kind
    return datedEarlyMs === 0 ? this.#host.now() : (this.#venueClock.now() ?? this.#host.now()) - datedEarlyMs
  }

  get #me(): FaultTarget {
    return { account: this.name }
  }

  #of({ clientOrderId }: Pick<CancelRef, 'clientOrderId'>): FaultTarget {
    return { account: this.name, clientOrderId: clientOrderId ?? '' }
  }

  /** One of the positions is missing; never twice within the time in which a second look is taken. */
  #perhapsIncomplete(positions: readonly ExchangePosition[]): readonly ExchangePosition[] {
    const now = this.#clock.monotonic()
    if (positions.length === 0 || now - this.#incompleteAt < INCOMPLETE_EVERY_MS) return positions
    if (!this.#host.faults.hit('readIncomplete', this.#me)) return positions
    this.#incompleteAt = now
    this.#requests.stayCurrent(INCOMPLETE_EVERY_MS)
    return positions.slice(1)
  }

  #acked({ orderId }: ExchangeOrder): Acked {
    return { ...this.#taken(), venueOrderId: orderId as VenueOrderId }
  }

  #taken(): Taken {
    const now = this.#clock.now()
    return { sentAt: now, ackedAt: now }
  }
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}
