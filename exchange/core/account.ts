import { type Decimal, decimal, fromUnits, multiply, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'
import { BoundedLog } from './bounded-log.ts'
import { limitPriceOf } from './resting.ts'
import type { ExchangeExecution, ExchangeOrder, ExchangePosition, OrderSelector } from './types.ts'

/** Per account: what its queries can still show. */
const MAXIMUM_CLOSED_ORDERS = 10_000
const MAXIMUM_EXECUTIONS = 20_000
const DEFAULT_LEVERAGE = decimal('10')

export interface Account {
  readonly name: string
  balance: Decimal
  /** By symbol. */
  readonly holdings: Map<string, Holding>
  /** Open ones and the closed ones still remembered. */
  readonly orders: Map<string, ExchangeOrder>
  /** Null once the order is forgotten: its id stays taken, so this alone grows with the run. */
  readonly clientOrders: Map<string, ExchangeOrder | null>
  readonly closed: BoundedLog<ExchangeOrder>
  readonly executions: BoundedLog<ExchangeExecution>
}

/** What an account has in one symbol. */
export interface Holding {
  readonly position: ExchangePosition
  /** Those on the book, oldest first. */
  readonly openOrders: Map<string, ExchangeOrder>
  /** The reduce-only ones among them: they follow every change of the position. */
  readonly reduceOnlyOrders: Set<ExchangeOrder>
  /** Leaves of the orders on the book that may open: what order margin is counted from. */
  readonly resting: Readonly<Record<Side, { quantity: Decimal; notional: Decimal }>>
}

export function createAccount(name: string, deposit: Decimal): Account {
  return {
    name,
    balance: deposit,
    holdings: new Map(),
    orders: new Map(),
    clientOrders: new Map(),
    closed: new BoundedLog(MAXIMUM_CLOSED_ORDERS),
    executions: new BoundedLog(MAXIMUM_EXECUTIONS),
  }
}

export function holdingOf(account: Account, symbol: string): Holding {
  const known = account.holdings.get(symbol)
  if (known !== undefined) return known
  const holding: Holding = {
    position: emptyPosition(symbol),
    openOrders: new Map(),
    reduceOnlyOrders: new Set(),
    resting: { buy: { quantity: ZERO, notional: ZERO }, sell: { quantity: ZERO, notional: ZERO } },
  }
  account.holdings.set(symbol, holding)
  return holding
}

export function emptyPosition(symbol: string): ExchangePosition {
  return {
    symbol,
    quantity: ZERO,
    averagePrice: ZERO,
    leverage: DEFAULT_LEVERAGE,
    realizedPnl: ZERO,
    cumulativeRealizedPnl: ZERO,
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

export function leavesOf(order: ExchangeOrder): Decimal {
  return subtract(order.quantity, order.filled)
}

/** Counts a resting order's quantity into the holding (or out of it, when negative). */
export function reserve(holding: Holding, order: ExchangeOrder, quantity: Decimal): void {
  if (order.reduceOnly) return
  const side = holding.resting[order.side]
  side.quantity = fromUnits(side.quantity + quantity)
  side.notional = fromUnits(side.notional + multiply(quantity, limitPriceOf(order)))
}

export function rememberAccepted(account: Account, order: ExchangeOrder): void {
  account.orders.set(order.orderId, order)
  if (order.clientOrderId !== '') account.clientOrders.set(order.clientOrderId, order)
}

export function rememberClosed(account: Account, order: ExchangeOrder): void {
  const forgotten = account.closed.push(order)
  if (forgotten === undefined) return
  account.orders.delete(forgotten.orderId)
  if (forgotten.clientOrderId !== '') account.clientOrders.set(forgotten.clientOrderId, null)
}
