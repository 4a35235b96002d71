import { add, minimum, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import { err, must, ok, type Result } from '../../src/domain/result.ts'
import { type Account, findOrder, type Holding, leavesOf, reserve } from './account.ts'
import { isAffordable } from './affordable.ts'
import { takeOffBook } from './book.ts'
import { checkShape, checkTrigger } from './checks.ts'
import { cancelOrder, closableBy, reportOrder } from './ending.ts'
import { placeOrder, planFor } from './place.ts'
import type { AttachedStops, OrderChange } from './stop.ts'
import { moveCondition, showStops } from './stops.ts'
import { checkTargets } from './trading-stop.ts'
import { endPaired } from './triggers.ts'
import type { ExchangeOrder, OrderSelector, Refusal } from './types.ts'
import { holdingOfOrder, marketOf, type World } from './world.ts'

const NO_STOPS: AttachedStops = { mode: 'full', takeProfit: null, stopLoss: null }

interface OrderAddress {
  readonly account: string
  readonly selector: OrderSelector
  readonly at: number
}

export function cancelOpenOrder(world: World, address: OrderAddress): Result<ExchangeOrder, Refusal> {
  const found = findOpen(world, address)
  if (!found.ok) return found
  const { account, holding, order } = found.value
  cancelOrder(world, order, 'user', address.at)
  endPaired(world, order, address.at)
  showStops(world, account, holding)
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
  const { account, holding, order } = found.value
  const target = targetOf(world, holding, order, change)
  if (!target.ok) return target
  if (order.status === 'untriggered') return ok(amendWaiting(world, found.value, target.value, address.at))
  const { quantity, limitPrice, stops } = target.value
  if (limitPrice === order.limitPrice && quantity <= order.quantity) {
    reserve(holding, order, subtract(quantity, order.quantity))
    Object.assign(order, { quantity, stops, updatedAt: address.at })
    reportOrder(world, order)
    return ok({ ...order })
  }
  const leaves = { ...target.value, quantity: leavesOf(target.value) }
  const market = marketOf(world, order.symbol)
  const plan = planFor(world, market, leaves)
  reserve(holding, order, negate(leavesOf(order)))
  const affordable = isAffordable(world, { account, holding, market, order: leaves, plan })
  reserve(holding, order, leavesOf(order))
  if (!affordable) return err('insufficient_balance')
  takeOffBook(world, order)
  Object.assign(order, { quantity, limitPrice, stops, updatedAt: address.at })
  placeOrder(world, order, plan, address.at)
  return ok({ ...order })
}

function amendWaiting(
  world: World,
  { account, holding, order }: Found,
  { quantity, limitPrice, stops, condition }: ExchangeOrder,
  at: number,
): ExchangeOrder {
  Object.assign(order, { quantity, limitPrice, stops })
  moveCondition(world, order, must(condition, 'a waiting order has a condition'), at)
  showStops(world, account, holding)
  return { ...order }
}

/** The order as it would be, or why it may not be so. */
function targetOf(
  world: World,
  { position }: Holding,
  order: ExchangeOrder,
  change: OrderChange,
): Result<ExchangeOrder, Refusal> {
  const quantity = change.quantity ?? order.quantity
  const { condition } = order
  const triggerPrice = condition?.triggeredAt === 0 ? change.triggerPrice : null
  const target = {
    ...order,
    quantity,
    limitPrice: change.limitPrice ?? order.limitPrice,
    stops: stopsAfter(order, change.stops),
    condition: condition && triggerPrice ? { ...condition, triggerPrice } : condition,
  }
  if (!isChanged(order, target)) return err('not_modified')
  const market = marketOf(world, order.symbol)
  const wrong =
    checkShape(world.rules, market, target, target.condition?.triggerPrice || market.mid) ??
    (triggerPrice && target.condition ? checkTrigger(market, target.condition) : null) ??
    (target.stops && target.stops !== order.stops
      ? checkTargets(market, target.stops, order.side === 'buy', target.limitPrice)
      : null)
  if (wrong !== null) return err(wrong)
  if (order.filled > ZERO && target.stops !== order.stops) return err('stops_fixed')
  if (quantity <= order.filled) return err('below_filled_quantity')
  if (!order.reduceOnly || order.status === 'untriggered') return ok(target)
  const closable = closableBy(position, order)
  return ok({ ...target, quantity: add(order.filled, minimum(leavesOf(target), closable)) })
}

/** The order's own where nothing of them changes. */
function stopsAfter(
  { stops, reduceOnly }: ExchangeOrder,
  change: Partial<AttachedStops> | undefined,
): AttachedStops | null {
  if (change === undefined || reduceOnly) return stops
  const after = { ...(stops ?? NO_STOPS), ...change }
  return after.takeProfit === null && after.stopLoss === null ? null : after
}

function isChanged(order: ExchangeOrder, target: ExchangeOrder): boolean {
  return (
    target.quantity !== order.quantity ||
    target.limitPrice !== order.limitPrice ||
    target.stops !== order.stops ||
    target.condition?.triggerPrice !== order.condition?.triggerPrice
  )
}

interface Found {
  readonly account: Account
  readonly holding: Holding
  readonly order: ExchangeOrder
}

function findOpen(world: World, { account: name, selector }: OrderAddress): Result<Found, Refusal> {
  const account = world.accounts.get(name)
  if (account === undefined) return err('unknown_account')
  if (!world.markets.has(selector.symbol)) return err('unknown_symbol')
  const order = findOrder(account, selector)
  if (order !== null) {
    const holding = holdingOfOrder(world, order)
    const isOpen = holding.openOrders.has(order.orderId) || holding.waiting.has(order.orderId)
    return isOpen ? ok({ account, holding, order }) : err('order_done')
  }
  return err(wasForgotten(account, selector) ? 'order_done' : 'order_unknown')
}

function wasForgotten(account: Account, { orderId, clientOrderId }: OrderSelector): boolean {
  return orderId === '' && account.clientOrders.get(clientOrderId) === null
}
