import { add, type Decimal, minimum, negate, subtract } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { type Account, findOrder, holdingOf, leavesOf, reserve } from './account.ts'
import { isAffordable } from './affordable.ts'
import { takeOffBook } from './book.ts'
import { checkShape } from './checks.ts'
import { placeOrder, planFor } from './place.ts'
import { cancelOrder, closableBy, reportOrder } from './settle.ts'
import type { ExchangeOrder, OrderSelector, Refusal } from './types.ts'
import { marketOf, type World } from './world.ts'

interface OrderAddress {
  readonly account: string
  readonly selector: OrderSelector
  readonly at: number
}

/** Null leaves a value as it is. */
export interface OrderChange {
  readonly quantity: Decimal | null
  readonly limitPrice: Decimal | null
}

export function cancelOpenOrder(world: World, address: OrderAddress): Result<ExchangeOrder, Refusal> {
  const found = findOpen(world, address)
  if (!found.ok) return found
  const { order } = found.value
  cancelOrder(world, order, 'user', address.at)
  return ok({ ...order })
}

/** Less quantity at the same price keeps the order's place in the queue; any other change loses it. */
export function amendOrder(
  world: World,
  address: OrderAddress,
  change: OrderChange,
): Result<ExchangeOrder, Refusal> {
  const found = findOpen(world, address)
  if (!found.ok) return found
  const { account, order } = found.value
  const target = targetOf(world, account, order, change)
  if (!target.ok) return target
  const { quantity, limitPrice } = target.value
  if (limitPrice === order.limitPrice && quantity <= order.quantity) {
    reserve(holdingOf(account, order.symbol), order, subtract(quantity, order.quantity))
    Object.assign(order, { quantity, updatedAt: address.at })
    reportOrder(world, order)
    return ok({ ...order })
  }
  const leaves = { ...target.value, quantity: leavesOf(target.value) }
  const market = marketOf(world, order.symbol)
  const plan = planFor(world, market, leaves)
  const holding = holdingOf(account, order.symbol)
  reserve(holding, order, negate(leavesOf(order)))
  const affordable = isAffordable(world, { account, holding, market, order: leaves, plan })
  reserve(holding, order, leavesOf(order))
  if (!affordable) return err('insufficient_balance')
  takeOffBook(world, order)
  Object.assign(order, { quantity, limitPrice, updatedAt: address.at })
  placeOrder(world, order, plan, address.at)
  return ok({ ...order })
}

/** The order as it would be, or why it may not be so. */
function targetOf(
  world: World,
  account: Account,
  order: ExchangeOrder,
  change: OrderChange,
): Result<ExchangeOrder, Refusal> {
  const quantity = change.quantity ?? order.quantity
  const target = { ...order, quantity, limitPrice: change.limitPrice ?? order.limitPrice }
  if (quantity === order.quantity && target.limitPrice === order.limitPrice) return err('not_modified')
  const wrong = checkShape(marketOf(world, order.symbol), target)
  if (wrong !== null) return err(wrong)
  if (quantity <= order.filled) return err('below_minimum_quantity')
  if (!order.reduceOnly) return ok(target)
  const closable = closableBy(holdingOf(account, order.symbol).position, order)
  return ok({ ...target, quantity: add(order.filled, minimum(leavesOf(target), closable)) })
}

function findOpen(
  world: World,
  { account: name, selector }: OrderAddress,
): Result<{ readonly account: Account; readonly order: ExchangeOrder }, Refusal> {
  const account = world.accounts.get(name)
  if (account === undefined) return err('unknown_account')
  if (!world.markets.has(selector.symbol)) return err('unknown_symbol')
  const order = findOrder(account, selector)
  if (order !== null) {
    const isOpen = holdingOf(account, order.symbol).openOrders.has(order.orderId)
    return isOpen ? ok({ account, order }) : err('order_done')
  }
  return err(wasForgotten(account, selector) ? 'order_done' : 'order_unknown')
}

function wasForgotten(account: Account, { orderId, clientOrderId }: OrderSelector): boolean {
  return orderId === '' && account.clientOrders.get(clientOrderId) === null
}
