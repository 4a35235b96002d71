import type { ExchangeOrder, Refusal } from '../../exchange/core/types.ts'
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
  VenueAccount,
  VenueError,
} from '../../src/ports/venue.ts'
import { BYBIT_CAPABILITY } from '../../src/venues/bybit/capability.ts'
import type { Operation } from './faults.ts'
import { SimulatedStream } from './simulated-stream.ts'
import type { VenueHost } from './venue-host.ts'
import { balancesOf, fillOf, orderReport, positionReport, refusalReason } from './venue-rows.ts'

const SEND_BUDGET_MS = 1_500
/** Where nothing says how long the sender may wait, ms: cancels and settings carry their own stamp. */
const COMMAND_WINDOW_MS = BYBIT_CAPABILITY.receiveWindowMs

export interface SimulatedAccountOptions {
  readonly accountId: AccountId
  /** On the exchange. */
  readonly name: string
  readonly host: VenueHost
  /** The process's: what it waits for dies with it. */
  readonly clock: Clock
}

/** One account as one process speaks to it: every request takes its time, and may meet its fault. */
export class SimulatedAccount implements VenueAccount {
  readonly accountId: AccountId
  readonly name: string
  readonly stream: SimulatedStream
  readonly #host: VenueHost
  readonly #clock: Clock
  #closed = false

  constructor(options: SimulatedAccountOptions) {
    this.accountId = options.accountId
    this.name = options.name
    this.#host = options.host
    this.#clock = options.clock
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
    return this.#host.faults.budgetWaitMs()
  }

  isAlive(): boolean {
    return this.stream.isLive()
  }

  stamp(leaseEpoch: number): Result<Claim, VenueError> {
    if (this.#closed) return notSent('the account is closed')
    const venueTimestamp = this.#host.now()
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
    return this.#command('order.create', order.claim.deadlineAt, () => this.#create(order))
  }

  async cancel(order: OrderRef, _purpose: Purpose): Promise<Result<Acked, VenueError>> {
    if (this.#closed) return notSent('the account is closed')
    const selector = {
      symbol: symbolOf(order.instrumentId),
      orderId: '',
      clientOrderId: order.clientOrderId,
    }
    return this.#command('order.cancel', this.#host.now() + COMMAND_WINDOW_MS, () =>
      this.#answer(this.#host.act((exchange, at) => exchange.cancel(this.name, selector, at))),
    )
  }

  setLeverage(instrument: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>> {
    const symbol = symbolOf(instrument)
    return this.#command('leverage', this.#host.now() + COMMAND_WINDOW_MS, () => {
      const set = this.#host.act(exchange => exchange.setLeverage(this.name, symbol, leverage))
      if (set.ok || set.error === 'leverage_not_modified') return ok()
      return refused(set.error)
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
    return this.#read(asOf => ({
      positionMode: 'one_way',
      positions: history
        .positions(this.name, asOf)
        .filter(position => position.quantity !== ZERO)
        .map(positionReport),
      openOrders: history
        .orders(this.name, asOf)
        .filter(order => order.status === 'new' || order.status === 'partially_filled')
        .map(orderReport),
      balances: balancesOf(exchange, this.name),
      equity: { equity: exchange.wallet(this.name).equity, at: this.#clock.now() },
      at: this.#host.now(),
    }))
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
      trade: true,
      withdraw: false,
      transfer: false,
      addresses: [],
      expiresAt: null,
    }))
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
    const result = this.#host.act((exchange, at) => exchange.submit(this.name, command, at))
    if (result.ok || result.error === 'duplicate_client_order_id') return this.#answer(result)
    if (!this.#host.faults.hit('refusedByReport')) return this.#answer(result)
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
  #command<T>(
    operation: Operation,
    deadlineAt: number,
    work: () => Result<T, VenueError>,
  ): Promise<Result<T, VenueError>> {
    const { faults, clock } = this.#host
    const fate = faults.request(operation)
    return new Promise(resolve => {
      if (fate.answerMs === null)
        this.#clock.after(fate.giveUpMs, () => resolve(err({ kind: 'in_doubt', message: 'no answer' })))
      if (fate.travelMs === null) return
      clock.after(fate.travelMs, () => {
        const answer = this.#host.now() > deadlineAt ? this.#tooLate<T>() : work()
        if (fate.answerMs !== null) this.#clock.after(fate.answerMs, () => resolve(answer))
      })
    })
  }

  #tooLate<T>(): Result<T, VenueError> {
    this.#host.faults.note('refusedAfterDeadline')
    return err({
      kind: 'refused',
      reason: 'time_window',
      code: '10002',
      message: 'outside of the receive window',
    })
  }

  #read<T>(answer: (asOf: number) => T): Promise<Result<T, VenueError>> {
    const { faults } = this.#host
    const { travelMs, answerMs } = faults.request('read')
    return new Promise(resolve => {
      this.#clock.after(travelMs ?? 0, () => {
        const behindMs = faults.hit('readStale') ? faults.upTo(BYBIT_CAPABILITY.queryLagMs) : 0
        const value: Result<T, VenueError> = faults.hit('readFailed')
          ? err({ kind: 'unavailable', message: 'no answer' })
          : ok(answer(this.#host.now() - behindMs))
        this.#clock.after(answerMs ?? 0, () => resolve(value))
      })
    })
  }
}

function notSent(message: string): Result<never, VenueError> {
  return err({ kind: 'not_sent', message })
}

function refused(refusal: Refusal): Result<never, VenueError> {
  return err({ kind: 'refused', reason: refusalReason(refusal), code: refusal, message: refusal })
}
