import { negate } from '../../src/domain/decimal.ts'
import { holdingOf, leavesOf, reserve } from './account.ts'
import type { ExchangeOrder } from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

/** Puts an order's leaves behind all others at its price, and keeps margin for them. */
export function putOnBook(world: World, order: ExchangeOrder): void {
  const holding = holdingOf(accountOf(world, order.account), order.symbol)
  holding.openOrders.set(order.orderId, order)
  if (order.reduceOnly) holding.reduceOnlyOrders.add(order)
  reserve(holding, order, leavesOf(order))
  marketOf(world, order.symbol).resting[order.side].add(order)
}

/** Nothing happens to an order that is not on the book: a taker ends without having rested. */
export function takeOffBook(world: World, order: ExchangeOrder): void {
  const holding = holdingOf(accountOf(world, order.account), order.symbol)
  if (!holding.openOrders.delete(order.orderId)) return
  holding.reduceOnlyOrders.delete(order)
  reserve(holding, order, negate(leavesOf(order)))
  marketOf(world, order.symbol).resting[order.side].remove(order)
}
