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
  ExecutionQuery,
  ExecutionReport,
  OrderRef,
  OrderRequest,
  RefusalReason,
  VenueAccount,
  VenueError,
} from '../../src/ports/venue.ts'
import { BYBIT_CAPABILITY } from '../../src/venues/bybit/capability.ts'
import type { Fault, FaultTarget } from './fault-kinds.ts'
import type { Operation } from './faults.ts'
import type { MeasuredClock } from './measured-clock.ts'
import { SimulatedStream } from './simulated-stream.ts'
import type { VenueHost } from './venue-host.ts'
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
  #closed = false
  #incompleteAt = Number.NEGATIVE_INFINITY

  constructor(options: SimulatedAccountOptions) {
    this.accountId = options.accountId
    this.name = options.name
    this.#host = options.host
    this.#clock = options.clock
    this.#venueClock = options.venueClock
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
    return this.#command({
      operation: 'order.create',
      deadlineAt: order.claim.deadlineAt,
      target: this.#of(order),
      work: () => this.#create(order),
    })
  }

  async cancel(order: OrderRef, _purpose: Purpose): Promise<Result<Acked, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const selector = {
      symbol: symbolOf(order.instrumentId),
      orderId: '',
      clientOrderId: order.clientOrderId,
    }
    return this.#command({
      operation: 'order.cancel',
      deadlineAt: this.#host.now() + COMMAND_WINDOW_MS,
      target: this.#of(order),
      work: () => this.#answer(this.#host.act((exchange, at) => exchange.cancel(this.name, selector, at))),
    })
  }

  async setLeverage(instrument: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const symbol = symbolOf(instrument)
    return this.#command({
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
    return this.#read(asOf => {
      const found = this.#host.history
        .orders(this.name, asOf)
        .find(each => each.clientOrderId === order.clientOrderId)
      return found === undefined ? { absent: true, at: asked } : orderReport(found)
    })
  }

  snapshot(): Promise<Result<AccountSnapshot, VenueError>> {
    const { history, exchange } = this.#host
    return this.#read(asOf => {
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
    return this.#read(asOf =>
      this.#host.history
        .executions(this.name, query.since, asOf)
        .filter(each => each.kind !== 'funding')
        .filter(each => query.venueOrderId === undefined || each.orderId === query.venueOrderId)
        .map(each => fillOf(this.accountId, each))
        .filter(fill => query.instrumentId === undefined || fill.instrumentId === query.instrumentId),
    )
  }

  permissions(): Promise<Result<KeyPermissions, VenueError>> {
    return this.#read(() => ({
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

  #of({ clientOrderId }: Pick<OrderRef, 'clientOrderId'>): FaultTarget {
    return { account: this.name, clientOrderId }
  }

  /** One of the positions is missing; never twice within the time in which a second look is taken. */
  #perhapsIncomplete(positions: readonly ExchangePosition[]): readonly ExchangePosition[] {
    const now = this.#clock.monotonic()
    if (positions.length === 0 || now - this.#incompleteAt < INCOMPLETE_EVERY_MS) return positions
    if (!this.#host.faults.hit('readIncomplete', this.#me)) return positions
    this.#incompleteAt = now
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

  /** The way there is the world's: it goes on when the process has died. The way back is the process's. */
  #command<T>({ operation, deadlineAt, target, work }: Command<T>): Promise<Result<T, VenueError>> {
    const { faults, clock } = this.#host
    const fate = faults.request(operation, target)
    return new Promise(resolve => {
      if (fate.answerMs === null)
        this.#clock.after(fate.giveUpMs, () => resolve(err({ kind: 'in_doubt', message: 'no answer' })))
      if (fate.travelMs === null) return
      clock.after(fate.travelMs, () => {
        const answer = this.#barred(operation, deadlineAt, target) ?? work()
        if (fate.answerMs !== null) this.#clock.after(fate.answerMs, () => resolve(answer))
      })
    })
  }

  /** What the venue asks before it looks at a command. @returns its no */
  #barred(operation: Operation, deadlineAt: number, target: FaultTarget): Result<never, VenueError> | null {
    const { faults, addressRefused } = this.#host
    const isOrder = operation === 'order.create'
    const no = (fault: Fault, reason: RefusalReason, code: string): Result<never, VenueError> => {
      if (isOrder) faults.note(fault, target)
      return err({ kind: 'refused', reason, code, message: fault })
    }
    if (addressRefused) return no('addressBarred', 'address', '10010')
    if (this.#host.keyOf(this.name) !== 'good') return no('keyCannotTrade', 'key', '10005')
    if (this.#host.now() > deadlineAt) return no('refusedAfterDeadline', 'time_window', '10002')
    const isLimited = isOrder && faults.hit('rateLimited', target)
    return isLimited
      ? err({ kind: 'refused', reason: 'rate_limited', code: '10006', message: 'limit' })
      : null
  }

  #read<T>(answer: (asOf: number) => T): Promise<Result<T, VenueError>> {
    const { faults } = this.#host
    const { travelMs, answerMs } = faults.request('read', this.#me)
    return new Promise(resolve => {
      this.#clock.after(travelMs ?? 0, () => {
        const behindMs = faults.hit('readStale', this.#me) ? faults.upTo(BYBIT_CAPABILITY.queryLagMs) : 0
        const isBarred = this.#host.addressRefused || this.#host.keyOf(this.name) === 'revoked'
        const value: Result<T, VenueError> =
          isBarred || this.#host.exchange.maintenance || faults.hit('readFailed', this.#me)
            ? err({ kind: 'unavailable', message: 'no answer' })
            : ok(answer(this.#host.now() - behindMs))
        this.#clock.after(answerMs ?? 0, () => resolve(value))
      })
    })
  }
}

interface Command<T> {
  readonly operation: Operation
  /** The venue's clock, ms: it is refused after that. */
  readonly deadlineAt: number
  readonly target: FaultTarget
  readonly work: () => Result<T, VenueError>
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
