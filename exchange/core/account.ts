import { type Decimal, decimal, fromUnits, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { PositionIndex } from '../../src/domain/ids.ts'
import type { Side } from '../../src/domain/order.ts'
import { BoundedLog } from './bounded-log.ts'
import { notionalOf } from './contract.ts'
import { OrdersById } from './orders-by-id.ts'
import type { ClosedPnl, MarginMode, Transaction } from './records.ts'
import { limitPriceOf } from './resting.ts'
import type { PositionMode } from './stop.ts'
import type {
  ExchangeExecution,
  ExchangeInstrument,
  ExchangeOrder,
  ExchangePosition,
  OrderSelector,
} from './types.ts'

/** Per account: how many rows its queries can still show. */
export interface RowLimits {
  readonly closedOrders: number
  readonly executions: number
  readonly closedPnl: number
  readonly transfers: number
}

export const DEFAULT_ROW_LIMITS: RowLimits = {
  closedOrders: 10_000,
  executions: 20_000,
  closedPnl: 10_000,
  transfers: 1_000,
}
const DEFAULT_LEVERAGE = decimal('10')

export interface Account {
  readonly name: string
  balance: Decimal
  /** By position index, then by symbol. */
  readonly holdings: readonly [Map<string, Holding>, Map<string, Holding>, Map<string, Holding>]
  /** Of symbols that were never set by name. */
  mode: PositionMode
  readonly modes: Map<string, PositionMode>
  marginMode: MarginMode
  /** Open ones and the closed ones still remembered. */
  readonly orders: Map<string, ExchangeOrder>
  /** Null once the order is forgotten: its id stays taken, so this alone grows with the run. */
  readonly clientOrders: Map<string, ExchangeOrder | null>
  readonly closed: BoundedLog<ExchangeOrder>
  readonly executions: BoundedLog<ExchangeExecution>
  readonly closedPnl: BoundedLog<ClosedPnl>
  /** Rows of orders that may close still more. */
  readonly closings: Map<string, ClosedPnl>
  /** What changed the wallet and was no execution. */
  readonly transfers: BoundedLog<Transaction>
  /** Neither it nor a position that stands alone can fall below maintenance while the world's drift is less (see liquidation). */
  safeUntilDrift: number
}

/** What an account has in one symbol at one position index. */
export interface Holding {
  readonly instrument: ExchangeInstrument
  readonly position: ExchangePosition
  /** Those on the book, oldest first. */
  readonly openOrders: OrdersById
  /** Those that wait for their trigger, oldest first. */
  readonly waiting: OrdersById
  /** The reduce-only ones on the book: they follow every change of the position. */
  readonly reduceOnlyOrders: OrdersById
  /** Leaves of the orders on the book that may open: what order margin is counted from. */
  readonly resting: Readonly<Record<Side, { quantity: Decimal; notional: Decimal }>>
  /** Quote: what opening the position cost in fees, less the share of what was closed. */
  openFee: Decimal
  /** Counted when asked for and kept until an order, the position or the leverage changes. */
  margins: Margins | null
}

/** Initial margin, quote. */
export interface Margins {
  readonly orders: Decimal
  readonly position: Decimal
}

export function createAccount(name: string, deposit: Decimal, rowLimits: RowLimits): Account {
  return {
    name,
    balance: deposit,
    holdings: [new Map(), new Map(), new Map()],
    mode: 'one_way',
    modes: new Map(),
    marginMode: 'cross',
    orders: new Map(),
    clientOrders: new Map(),
    closed: new BoundedLog(rowLimits.closedOrders),
    executions: new BoundedLog(rowLimits.executions),
    closedPnl: new BoundedLog(rowLimits.closedPnl),
    closings: new Map(),
    transfers: new BoundedLog(rowLimits.transfers),
    safeUntilDrift: 0,
  }
}

export function holdingOf(
  account: Account,
  instrument: ExchangeInstrument,
  positionIndex: PositionIndex,
): Holding {
  const known = account.holdings[positionIndex].get(instrument.symbol)
  if (known !== undefined) return known
  const holding = emptyHolding(instrument, positionIndex)
  account.holdings[positionIndex].set(instrument.symbol, holding)
  return holding
}

export function emptyHolding(instrument: ExchangeInstrument, positionIndex: PositionIndex): Holding {
  return {
    instrument,
    position: emptyPosition(instrument.symbol, positionIndex),
    openOrders: new OrdersById(),
    waiting: new OrdersById(),
    reduceOnlyOrders: new OrdersById(),
    resting: { buy: { quantity: ZERO, notional: ZERO }, sell: { quantity: ZERO, notional: ZERO } },
    openFee: ZERO,
    margins: null,
  }
}

/** Every one that was ever touched: one-way ones, then long ones, then short ones. */
export function* holdingsOf(account: Account): Generator<Holding> {
  for (const bySymbol of account.holdings) yield* bySymbol.values()
}

export function emptyPosition(symbol: string, positionIndex: PositionIndex): ExchangePosition {
  return {
    symbol,
    positionIndex,
    quantity: ZERO,
    averagePrice: ZERO,
    leverage: DEFAULT_LEVERAGE,
    realizedPnl: ZERO,
    cumulativeRealizedPnl: ZERO,
    fees: ZERO,
    cumulativeFees: ZERO,
    stops: null,
    sequence: 0,
    createdAt: 0,
    updatedAt: 0,
  }
}

export function findOrder(account: Account, selector: OrderSelector): ExchangeOrder | null {
  const { orderId, clientOrderId, symbol } = selector
  const order = orderId !== '' ? account.orders.get(orderId) : account.clientOrders.get(clientOrderId)
  return order !== undefined && order !== null && order.symbol === symbol ? order : null
}

export function leavesOf(order: Pick<ExchangeOrder, 'quantity' | 'filled'>): Decimal {
  return subtract(order.quantity, order.filled)
}

/** Counts a resting order's quantity into the holding (or out of it, when negative). */
export function reserve(holding: Holding, order: ExchangeOrder, quantity: Decimal): void {
  if (order.reduceOnly) return
  const side = holding.resting[order.side]
  holding.margins = null
  side.quantity = fromUnits(side.quantity + quantity)
  side.notional = fromUnits(side.notional + notionalOf(holding.instrument, quantity, limitPriceOf(order)))
}

export function rememberAccepted(account: Account, order: ExchangeOrder): void {
  account.orders.set(order.orderId, order)
  if (order.clientOrderId !== '') account.clientOrders.set(order.clientOrderId, order)
}

export function rememberClosed(account: Account, order: ExchangeOrder): void {
  account.closings.delete(order.orderId)
  const forgotten = account.closed.push(order)
  if (forgotten === undefined) return
  account.orders.delete(forgotten.orderId)
  const { clientOrderId } = forgotten
  if (clientOrderId !== '' && account.clientOrders.get(clientOrderId) === forgotten)
    account.clientOrders.set(clientOrderId, null)
}

export function setHoldingLeverage(holding: Holding, leverage: Decimal): void {
  holding.position.leverage = leverage
  holding.margins = null
}
