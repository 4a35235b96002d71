import { add, type Decimal, maximum, multiply, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import { signedQuantity } from '../../src/domain/order.ts'
import { applyTrade, type Position } from '../../src/domain/position.ts'
import type { Account, Holding } from './account.ts'
import { notionalOf } from './contract.ts'
import { availableOf, marginsOf, type OrderLoad, orderMargin, positionMargin } from './margin.ts'
import type { Market } from './market.ts'
import { type PlannedFill, plannedNotional, plannedQuantity } from './matching.ts'
import type { OrderCommand } from './types.ts'
import type { World } from './world.ts'

interface Purchase {
  readonly account: Account
  readonly holding: Holding
  readonly market: Market
  /** `quantity` is what may still trade. */
  readonly order: Pick<OrderCommand, 'side' | 'timeInForce' | 'reduceOnly' | 'quantity' | 'limitPrice'>
  readonly plan: readonly PlannedFill[]
}

/**
 * Whether the available balance covers what the order adds: the margin of what is held and ordered once its
 * plan is carried out and the rest is on the book, the taker fee, and the loss at mark that its fills bring
 * at once. An order that only closes is always affordable.
 */
export function isAffordable(world: World, { account, holding, market, order, plan }: Purchase): boolean {
  if (order.reduceOnly) return true
  const filled = plannedQuantity(plan)
  const { instrument, mid } = market
  const paid = plannedNotional(instrument, plan)
  const rest = order.timeInForce === 'gtc' ? subtract(order.quantity, filled) : ZERO
  const restNotional = notionalOf(instrument, rest, order.limitPrice ?? ZERO)
  const load = { side: order.side, quantity: rest, notional: restNotional }
  const added = addedMargin(holding, plan, load)
  if (added <= 0n) return true
  const aboveMark = subtract(paid, notionalOf(instrument, filled, mid))
  const loss = maximum(order.side === 'buy' ? aboveMark : negate(aboveMark), ZERO)
  const fee = multiply(add(paid, restNotional), instrument.takerFeeRate)
  return add(add(added, loss), fee) <= availableOf(account, world.markets)
}

/** Fill by fill, because in a turn the first ones close and the worst ones open. */
function addedMargin(holding: Holding, plan: readonly PlannedFill[], load: OrderLoad): Decimal {
  const { instrument, position, resting } = holding
  let after: Position = position
  for (const { quantity, fillPrice } of plan)
    after = applyTrade(after, signedQuantity(load.side, quantity), fillPrice).position
  const { quantity, averagePrice } = after
  const committed = { instrument, position: { quantity, averagePrice, leverage: position.leverage }, resting }
  const now = marginsOf(holding)
  return subtract(add(orderMargin(committed, load), positionMargin(committed)), add(now.orders, now.position))
}
