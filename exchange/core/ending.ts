import { absolute, add, type Decimal, ZERO } from '../../src/domain/decimal.ts'
import { sideOf } from '../../src/domain/order.ts'
import { type Account, type Holding, leavesOf, rememberClosed } from './account.ts'
import { endWaiting, takeOffBook } from './book.ts'
import type { ExchangeOrder, ExchangePosition } from './types.ts'
import { accountOf, type World } from './world.ts'

/** Ends an order that still has leaves, for a reason that its report will show. */
export function cancelOrder(world: World, order: ExchangeOrder, reason: string, at: number): void {
  order.status = order.filled === ZERO ? 'canceled' : 'partially_filled_canceled'
  order.reason = reason
  order.updatedAt = at
  closeOrder(world, order, at)
  reportOrder(world, order)
}

export function reportOrder(world: World, order: ExchangeOrder): void {
  if (world.events.heard) world.events.push({ kind: 'order', order: { ...order } })
}

export function closeOrder(world: World, order: ExchangeOrder, at: number): void {
  if (order.condition?.triggeredAt === 0) endWaiting(world, order)
  else takeOffBook(world, order)
  rememberClosed(accountOf(world, order.account), order)
  const { account, orderId, clientOrderId, status, reason } = order
  world.audit.add({ kind: 'ended', at, account, orderId, clientOrderId, status, reason })
}

/** On the book and waiting. @returns what was cancelled, as it is now */
export function cancelHolding(world: World, holding: Holding, reason: string, at: number): ExchangeOrder[] {
  const canceled: ExchangeOrder[] = []
  for (const orders of [holding.openOrders, holding.waiting]) {
    for (const order of orders.values()) {
      cancelOrder(world, order, reason, at)
      canceled.push({ ...order })
    }
  }
  return canceled
}

/**
 * A reduce-only order never outgrows its position: when that shrinks the order is cut, and when it is
 * gone or turned the order is cancelled (Bybit's cancelType CancelByReduceOnly).
 */
export function trimReduceOnly(world: World, { position, reduceOnlyOrders }: Holding, at: number): void {
  for (const order of reduceOnlyOrders.values()) {
    const closable = closableBy(position, order)
    if (closable === ZERO) cancelOrder(world, order, 'reduce_only', at)
    else if (leavesOf(order) > closable) {
      order.quantity = add(order.filled, closable)
      order.updatedAt = at
      reportOrder(world, order)
    }
  }
}

/** How much of the position that an order on this side could close. */
export function closableBy(
  position: Pick<ExchangePosition, 'quantity'>,
  { side }: Pick<ExchangeOrder, 'side'>,
): Decimal {
  const isAgainst = position.quantity !== ZERO && sideOf(position.quantity) !== side
  return isAgainst ? absolute(position.quantity) : ZERO
}

export function reportPosition(world: World, account: Account, position: ExchangePosition): void {
  if (world.events.heard)
    world.events.push({ kind: 'position', account: account.name, position: { ...position } })
}
