import { add, maximum, multiply, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { Account, Holding } from './account.ts'
import { orderMargin, walletOf } from './margin.ts'
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
 * Whether the available balance covers what the order adds: initial margin, the taker fee, and the loss
 * at mark that its planned fills bring at once. An order that only closes is always affordable.
 */
export function isAffordable(world: World, { account, holding, market, order, plan }: Purchase): boolean {
  if (order.reduceOnly) return true
  const filled = plannedQuantity(plan)
  const paid = plannedNotional(plan)
  const rest = order.timeInForce === 'gtc' ? subtract(order.quantity, filled) : ZERO
  const notional = add(paid, multiply(rest, order.limitPrice ?? ZERO))
  const load = { side: order.side, quantity: add(filled, rest), notional }
  const added = subtract(orderMargin(holding, load), orderMargin(holding))
  if (added <= 0n) return true
  const aboveMark = subtract(paid, multiply(filled, market.mid))
  const loss = maximum(order.side === 'buy' ? aboveMark : negate(aboveMark), ZERO)
  const fee = multiply(notional, market.instrument.takerFeeRate)
  return add(add(added, loss), fee) <= walletOf(account, world.markets).available
}
