import type { ExchangeOrder, ExchangePosition, Refusal } from '../../exchange/core/types.ts'
import type { KeyPermissions } from '../../src/domain/account.ts'
import { type Decimal, ZERO } from '../../src/domain/decimal.ts'
import type { Fill } from '../../src/domain/fill.ts'
import { type AccountId, type InstrumentId, symbolOf, type VenueOrderId } from '../../src/domain/ids.ts'
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
  VenueAccount,
  VenueError,
} from '../../src/ports/venue.ts'
import { BYBIT_CAPABILITY } from '../../src/venues/bybit/capability.ts'
import type { Fault, FaultTarget } from './fault-kinds.ts'
import type { MeasuredClock } from './measured-clock.ts'
import { SimulatedStream } from './simulated-stream.ts'
import type { VenueHost } from './venue-host.ts'
import { VenueRequests } from './venue-requests.ts'
import { balancesOf, fillOf, orderReport, positionReport, refusalReason } from './venue-rows.ts'

const SEND_BUDGET_MS = 1_500
/** Where nothing says how long the sender may wait, ms: cancels and settings carry their own stamp. */
const COMMAND_WINDOW_MS = BYBIT_CAPABILITY.receiveWindowMs
const INCOMPLETE_EVERY_MS = 20_000
/** What an account's mode is asked for: venues keep one for each symbol. */
const MODE_SYMBOL = 'BTCUSDT'

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
      route: 'stream',
      venueTimestamp,
      deadlineAt: venueTimestamp + BYBIT_CAPABILITY.receiveWindowMs,
      sendBefore: this.#clock.monotonic() + SEND_BUDGET_MS,
      leaseEpoch,
    })
  }

  async submit(order: OrderRequest): Promise<Result<Acked, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    if (this.#clock.monotonic() > order.claim.sendBefore) return notSent('too late to be sent')
    this.#host.onSend?.(this.name, order)
    return this.#requests.command({
      operation: 'order.create',
      deadlineAt: order.claim.deadlineAt,
      target: this.#of(order),
      work: () => this.#create(order),
    })
  }

  async cancel(order: CancelRef, _purpose: Purpose): Promise<Result<Acked, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const selector = {
      symbol: symbolOf(order.instrumentId),
      orderId: order.clientOrderId === null ? order.venueOrderId : '',
      clientOrderId: order.clientOrderId ?? '',
    }
    return this.#requests.command({
      operation: 'order.cancel',
      deadlineAt: this.#host.now() + COMMAND_WINDOW_MS,
      target: this.#of(order),
      work: () => this.#answer(this.#host.act((exchange, at) => exchange.cancel(this.name, selector, at))),
    })
  }

  async setLeverage(instrument: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const symbol = symbolOf(instrument)
    return this.#requests.command({
      operation: 'leverage',
      deadlineAt: this.#host.now() + COMMAND_WINDOW_MS,
      target: this.#me,
      work: () => {
        if (this.#host.faults.hit('leverageRefused', this.#me))
          return err({ kind: 'refused', reason: 'leverage', code: '110013', message: 'cannot set leverage' })
        const set = this.#host.act(exchange => exchange.setLeverage(this.name, symbol, leverage))
        if (set.ok || set.error === 'leverage_not_modified') return ok()
        return refused(set.error)
      },
    })
  }

  find(order: OrderRef): Promise<Result<ExecutionReport | Absent, VenueError>> {
    const asked = this.#host.now()
    return this.#requests.read(asOf => {
      const found = this.#host.history
        .orders(this.name, asOf)
        .find(each => each.clientOrderId === order.clientOrderId)
      return found === undefined ? { absent: true, at: asked } : orderReport(found)
    })
  }

  snapshot(): Promise<Result<AccountSnapshot, VenueError>> {
    const { history, exchange } = this.#host
    return this.#requests.read(asOf => {
      const positions = history.positions(this.name, asOf).filter(position => position.quantity !== ZERO)
      return {
        positionMode: exchange.positionMode(this.name, MODE_SYMBOL),
        positions: this.#perhapsIncomplete(positions).map(positionReport),
        openOrders: history
          .orders(this.name, asOf)
          .filter(order => order.status === 'new' || order.status === 'partially_filled')
          .map(orderReport),
        balances: balancesOf(exchange, this.name),
        equity: { equity: exchange.wallet(this.name).equity, at: this.#clock.now() },
        at: this.#host.now(),
      }
    })
  }

  executions(query: ExecutionQuery): Promise<Result<readonly Fill[], VenueError>> {
    return this.#requests.read(asOf =>
      this.#host.history
        .executions(this.name, query.since, asOf)
        .filter(each => each.kind !== 'funding')
        .filter(each => query.venueOrderId === undefined || each.orderId === query.venueOrderId)
        .map(each => fillOf(this.accountId, each))
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

  #create(order: OrderRequest): Result<Acked, VenueError> {
    const command = {
      symbol: symbolOf(order.instrumentId),
      side: order.side,
      type: order.type,
      timeInForce: order.timeInForce,
      postOnly: false,
      reduceOnly: order.reduceOnly,
      quantity: order.quantity,
      limitPrice: order.limitPrice,
      clientOrderId: order.clientOrderId,
    }
    const target = this.#of(order)
    if (this.#host.onlyReducing.has(this.name) && !order.reduceOnly) {
      this.#host.faults.note('onlyReducing', target)
      return err({ kind: 'refused', reason: 'other', code: '110023', message: 'only reducing' })
    }
    const result = this.#host.act((exchange, at) => exchange.submit(this.name, command, at))
    if (result.ok || result.error === 'duplicate_client_order_id') return this.#answer(result)
    const cause = CAUSES[result.error]
    if (cause !== undefined) this.#host.faults.note(cause, target)
    if (!this.#host.faults.hit('refusedByReport', target)) return this.#answer(result)
    const at = this.#host.now()
    const rejected: ExchangeOrder = {
      ...command,
      account: this.name,
      positionIndex: 0,
      origin: 'user',
      condition: null,
      stops: null,
      orderId: `refused-${order.clientOrderId}`,
      status: 'rejected',
      filled: ZERO,
      filledNotional: ZERO,
      fee: ZERO,
      closedPnl: ZERO,
      reason: result.error,
      createdAt: at,
      updatedAt: at,
    }
    this.#host.history.addRefused(rejected)
    this.#host.push(this.name, [{ kind: 'order', report: orderReport(rejected) }])
    return this.#answer(ok(rejected))
  }

  #answer(result: Result<ExchangeOrder, Refusal>): Result<Acked, VenueError> {
    if (!result.ok) return refused(result.error)
    const now = this.#clock.now()
    return ok({ venueOrderId: result.value.orderId as VenueOrderId, sentAt: now, ackedAt: now })
  }
}

/** Refusals that a disturbance stands behind. */
const CAUSES: Partial<Record<Refusal, Fault>> = {
  maintenance: 'underMaintenance',
  symbol_closed: 'symbolHalted',
  position_index_mismatch: 'wrongPositionMode',
  insufficient_balance: 'tooPoor',
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}

function refused(refusal: Refusal): Result<never, VenueError> {
  return err({ kind: 'refused', reason: refusalReason(refusal), code: refusal, message: refusal })
}
