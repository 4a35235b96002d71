import { minimum, ZERO } from '../../src/domain/decimal.ts'
import { isAffordable } from './affordable.ts'
import { endWaiting } from './book.ts'
import { cancelOrder, closableBy, reportOrder } from './ending.ts'
import { type Market, pricesOf } from './market.ts'
import { placeOrder, planFor } from './place.ts'
import { followedTo, showStops } from './stops.ts'
import { conditionOf } from './trigger-book.ts'
import type { ExchangeOrder } from './types.ts'
import { accountOf, holdingOfOrder, marketOf, type World } from './world.ts'

/**
 * Wakes every waiting order whose price is reached, in markets that have moved. What they trade may wake others.
 * It comes to an end: each wakes once, and what brings new stops is used up by it.
 */
export function fireTriggers(world: World, at: number): void {
  for (const market of world.stirred) {
    world.stirred.delete(market)
    followTrailing(market)
    for (let order = market.triggers.reached(pricesOf(market)); order !== undefined; ) {
      wake(world, order, at)
      followTrailing(market)
      order = market.triggers.reached(pricesOf(market))
    }
  }
}

function followTrailing(market: Market): void {
  for (const order of market.triggers.trailing())
    order.condition = followedTo(conditionOf(order), market.last)
}

function wake(world: World, order: ExchangeOrder, at: number): void {
  const account = accountOf(world, order.account)
  const holding = holdingOfOrder(world, order)
  endWaiting(world, order)
  order.condition = { ...conditionOf(order), triggeredAt: at }
  order.status = 'triggered'
  order.updatedAt = at
  const { orderId, clientOrderId } = order
  world.audit.add({ kind: 'triggered', at, account: account.name, orderId, clientOrderId })
  reportOrder(world, order)
  showStops(world, account, holding)
  endPaired(world, order, at)
  order.status = 'new'
  const closable = order.reduceOnly ? closableBy(holding.position, order) : order.quantity
  if (closable === ZERO) {
    cancelOrder(world, order, 'reduce_only', at)
    return
  }
  order.quantity = order.quantity === ZERO ? closable : minimum(order.quantity, closable)
  const market = marketOf(world, order.symbol)
  const plan = planFor(world, market, order)
  if (isAffordable(world, { account, holding, market, order, plan })) placeOrder(world, order, plan, at)
  else cancelOrder(world, order, 'insufficient_balance', at)
}

/** Of two stops that were set together the one's end is the other's. */
export function endPaired(world: World, { account, condition }: ExchangeOrder, at: number): void {
  const paired = accountOf(world, account).orders.get(condition?.pairedWith ?? '')
  if (paired?.condition?.triggeredAt === 0 && paired.status === 'untriggered')
    cancelOrder(world, paired, 'paired_stop', at)
}
