import {
  absolute,
  add,
  type Decimal,
  formatDecimal,
  multiply,
  negate,
  sign,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { sideOf, signedQuantity } from '../../src/domain/order.ts'
import { applyTrade, type PositionChange } from '../../src/domain/position.ts'
import { holdingOf, leavesOf, rememberClosed, reserve } from './account.ts'
import { takeOffBook } from './book.ts'
import type { Market } from './market.ts'
import type { ExchangeExecution, ExchangeOrder, ExchangePosition } from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

/** One account's half of a trade. */
interface Trade {
  readonly order: ExchangeOrder
  readonly quantity: Decimal
  readonly fillPrice: Decimal
  readonly isMaker: boolean
  /** Ms. */
  readonly at: number
}

/** Books one half of a trade: order, position, wallet and records, all under one sequence number. */
export function settle(world: World, trade: Trade): void {
  const { order, quantity, fillPrice, isMaker, at } = trade
  const account = accountOf(world, order.account)
  const market = marketOf(world, order.symbol)
  const holding = holdingOf(account, order.symbol)
  market.sequence += 1
  market.last = fillPrice
  if (holding.openOrders.has(order.orderId)) reserve(holding, order, negate(quantity))
  const change = applyTrade(holding.position, signedQuantity(order.side, quantity), fillPrice)
  const { takerFeeRate, makerFeeRate } = market.instrument
  const feeRate = isMaker ? makerFeeRate : takerFeeRate
  const fee = multiply(multiply(quantity, fillPrice), feeRate)
  account.balance = subtract(add(account.balance, change.realizedPnl), fee)
  movePosition(holding.position, change, market.sequence, at)
  fillOrder(order, trade, fee)
  const execution = executionOf({ world, trade, market, change, fee, feeRate })
  account.executions.push(execution)
  auditFill(world, execution, holding.position)
  if (order.status === 'filled') close(world, order, at)
  if (!world.events.heard) return
  world.events.push({ kind: 'execution', execution })
  world.events.push({ kind: 'order', order: { ...order } })
  world.events.push({ kind: 'position', account: account.name, position: { ...holding.position } })
  world.events.push({ kind: 'wallet', account: account.name })
}

/** A position that opens, or comes out on the other side, starts its realized PnL anew. */
function movePosition(
  position: ExchangePosition,
  change: PositionChange,
  sequence: number,
  at: number,
): void {
  const isNew = sign(position.quantity) !== sign(change.position.quantity) && change.opened !== ZERO
  position.realizedPnl = isNew ? ZERO : add(position.realizedPnl, change.realizedPnl)
  position.cumulativeRealizedPnl = add(position.cumulativeRealizedPnl, change.realizedPnl)
  position.quantity = change.position.quantity
  position.averagePrice = change.position.averagePrice
  position.sequence = sequence
  position.updatedAt = at
  if (isNew) position.createdAt = at
}

function fillOrder(order: ExchangeOrder, { quantity, fillPrice, at }: Trade, fee: Decimal): void {
  order.filled = add(order.filled, quantity)
  order.filledNotional = add(order.filledNotional, multiply(quantity, fillPrice))
  order.fee = add(order.fee, fee)
  order.status = order.filled === order.quantity ? 'filled' : 'partially_filled'
  order.updatedAt = at
}

interface ExecutionParts {
  readonly world: World
  readonly trade: Trade
  readonly market: Market
  readonly change: PositionChange
  readonly fee: Decimal
  readonly feeRate: Decimal
}

function executionOf({ world, trade, market, change, fee, feeRate }: ExecutionParts): ExchangeExecution {
  const { order, quantity, fillPrice, isMaker, at } = trade
  return {
    account: order.account,
    tradeId: world.nextId(),
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    orderType: order.type,
    orderQuantity: order.quantity,
    leaves: leavesOf(order),
    quantity,
    price: fillPrice,
    markPrice: market.mid,
    fee,
    feeRate,
    isMaker,
    closedSize: absolute(change.closed),
    kind: 'trade',
    sequence: market.sequence,
    at,
  }
}

function auditFill(world: World, execution: ExchangeExecution, position: ExchangePosition): void {
  const { at, account, orderId, clientOrderId, tradeId, symbol, side, quantity, price, sequence } = execution
  world.audit.add({
    kind: 'filled',
    at,
    account,
    orderId,
    clientOrderId,
    tradeId,
    symbol,
    side,
    quantity: formatDecimal(quantity),
    price: formatDecimal(price),
    positionAfter: formatDecimal(position.quantity),
    sequence,
  })
}

/** Ends an order that still has leaves, for a reason that its report will show. */
export function cancelOrder(world: World, order: ExchangeOrder, reason: string, at: number): void {
  order.status = order.filled === ZERO ? 'canceled' : 'partially_filled_canceled'
  order.reason = reason
  order.updatedAt = at
  close(world, order, at)
  reportOrder(world, order)
}

export function reportOrder(world: World, order: ExchangeOrder): void {
  if (world.events.heard) world.events.push({ kind: 'order', order: { ...order } })
}

function close(world: World, order: ExchangeOrder, at: number): void {
  takeOffBook(world, order)
  rememberClosed(accountOf(world, order.account), order)
  const { account, orderId, clientOrderId, status, reason } = order
  world.audit.add({ kind: 'ended', at, account, orderId, clientOrderId, status, reason })
}

/**
 * A reduce-only order never outgrows its position: when that shrinks the order is cut, and when it is
 * gone or turned the order is cancelled (Bybit's cancelType CancelByReduceOnly).
 */
export function trimReduceOnly(world: World, accountName: string, symbol: string, at: number): void {
  const { position, reduceOnlyOrders } = holdingOf(accountOf(world, accountName), symbol)
  for (const order of reduceOnlyOrders) {
    const closable = closableBy(position, order)
    if (closable === ZERO) cancelOrder(world, order, 'reduce_only', at)
    else if (leavesOf(order) > closable) {
      order.quantity = add(order.filled, closable)
      order.updatedAt = at
      reportOrder(world, order)
    }
  }
}

/** Base units of the position that an order on this side could close. */
export function closableBy(position: ExchangePosition, { side }: Pick<ExchangeOrder, 'side'>): Decimal {
  const isAgainst = position.quantity !== ZERO && sideOf(position.quantity) !== side
  return isAgainst ? absolute(position.quantity) : ZERO
}
