import { add, type Decimal, maximum, multiply, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import { signedQuantity } from '../../src/domain/order.ts'
import { applyTrade, type Position } from '../../src/domain/position.ts'
import type { Account, Holding } from './account.ts'
import { notionalOf, scaled } from './contract.ts'
import { closableBy } from './ending.ts'
import { wouldStand } from './isolated.ts'
import {
  availableOf,
  type Commitment,
  marginsOf,
  type OrderLoad,
  orderMargin,
  positionMargin,
} from './margin.ts'
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
 *
 * In isolated margin open PnL is nothing to spend: the losses that its fills realize come out of the balance instead,
 * and what is opened must stand on its own margin at mark.
 */
export function isAffordable(world: World, purchase: Purchase): boolean {
  const { account, holding, market, order, plan } = purchase
  if (order.reduceOnly) return true
  const filled = plannedQuantity(plan)
  const { instrument, mid } = market
  const paid = plannedNotional(instrument, plan)
  const rest = order.timeInForce === 'gtc' ? subtract(order.quantity, filled) : ZERO
  const restNotional = notionalOf(instrument, rest, order.limitPrice ?? ZERO)
  const load = { side: order.side, quantity: rest, notional: restNotional }
  const { committed, realized } = afterPlan(holding, plan, order.side)
  const margin = positionMargin(committed)
  const now = marginsOf(holding)
  const added = subtract(add(orderMargin(committed, load), margin), add(now.orders, now.position))
  const isAlone = account.marginMode === 'isolated'
  if (isAlone ? order.quantity <= closableBy(holding.position, order) : added <= 0n) return true
  const fee = multiply(add(paid, restNotional), instrument.takerFeeRate)
  const available = availableOf(account, world.markets)
  if (isAlone)
    return wouldStand(committed, margin, market) && add(subtract(added, realized), fee) <= available
  const aboveMark = subtract(paid, notionalOf(instrument, filled, mid))
  const loss = maximum(order.side === 'buy' ? aboveMark : negate(aboveMark), ZERO)
  return add(add(added, loss), fee) <= available
}

/** Fill by fill, because in a turn the first ones close and the worst ones open. */
function afterPlan(
  holding: Holding,
  plan: readonly PlannedFill[],
  side: OrderLoad['side'],
): { readonly committed: Commitment; readonly realized: Decimal } {
  const { instrument, position, resting } = holding
  let after: Position = position
  let realized = ZERO
  for (const { quantity, fillPrice } of plan) {
    const change = applyTrade(after, signedQuantity(side, quantity), fillPrice)
    after = change.position
    realized = add(realized, change.realizedPnl)
  }
  const { quantity, averagePrice } = after
  const committed = { instrument, position: { quantity, averagePrice, leverage: position.leverage }, resting }
  return { committed, realized: scaled(instrument, realized) }
}
