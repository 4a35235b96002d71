import { negate } from '../../src/domain/decimal.ts'
import { leavesOf, reserve } from './account.ts'
import type { ExchangeOrder } from './types.ts'
import { holdingOfOrder, marketOf, type World } from './world.ts'

/** Puts an order's leaves behind all others at its price, and keeps margin for them. */
export function putOnBook(world: World, order: ExchangeOrder): void {
  const holding = holdingOfOrder(world, order)
  holding.openOrders.add(order)
  if (order.reduceOnly) holding.reduceOnlyOrders.add(order)
  reserve(holding, order, leavesOf(order))
  marketOf(world, order.symbol).resting[order.side].add(order)
}

/** Nothing happens to an order that is not on the book: a taker ends without having rested. */
export function takeOffBook(world: World, order: ExchangeOrder): void {
  const holding = holdingOfOrder(world, order)
  if (!holding.openOrders.delete(order)) return
  holding.reduceOnlyOrders.delete(order)
  reserve(holding, order, negate(leavesOf(order)))
  marketOf(world, order.symbol).resting[order.side].remove(order)
}

/** Conditional orders keep no margin (bybit-exchange/docs, v5/order/create-order). */
export function beginWaiting(world: World, order: ExchangeOrder): void {
  holdingOfOrder(world, order).waiting.add(order)
  marketOf(world, order.symbol).triggers.add(order)
}

/** Nothing happens to an order that does not wait. */
export function endWaiting(world: World, order: ExchangeOrder): void {
  if (!holdingOfOrder(world, order).waiting.delete(order)) return
  marketOf(world, order.symbol).triggers.remove(order)
}
