import { leavesOf } from './account.ts'
import { putOnBook } from './book.ts'
import { eat } from './depth.ts'
import { cancelOrder, reportOrder } from './ending.ts'
import { type Market, tradeWithWorld } from './market.ts'
import { type PlannedFill, planMatch, plannedQuantity, type Taker } from './matching.ts'
import { afterTrade, settle } from './settle.ts'
import type { ExchangeOrder } from './types.ts'
import { holdingOfOrder, marketOf, type World } from './world.ts'

export function planFor(world: World, market: Market, taker: Taker): readonly PlannedFill[] {
  const { marketBoundBps } = world.rules
  return planMatch(market, taker, { marketBoundBps, holdingOf: maker => holdingOfOrder(world, maker) })
}

/** Carries an accepted order out: trades what was planned, then rests, is done, or is cancelled by report. */
export function placeOrder(
  world: World,
  order: ExchangeOrder,
  plan: readonly PlannedFill[],
  at: number,
): void {
  const barrier = barrierOf(order, plan)
  if (barrier === null) for (const fill of plan) trade(world, order, fill, at)
  if (order.status === 'filled') return
  if (barrier !== null || order.timeInForce !== 'gtc') {
    cancelOrder(world, order, barrier ?? (order.type === 'market' ? 'no_liquidity' : 'ioc'), at)
    return
  }
  putOnBook(world, order)
  // With a fill, the fill's own report has said it already.
  if (plan.length === 0) reportOrder(world, order)
}

/** Bybit accepts such orders and then cancels them (rejectReason EC_PostOnlyWillTakeLiquidity, EC_NoEnoughQtyToFill). */
function barrierOf(order: ExchangeOrder, plan: readonly PlannedFill[]): 'post_only' | 'fok' | null {
  if (order.postOnly && plan.length > 0) return 'post_only'
  if (order.timeInForce === 'fok' && plannedQuantity(plan) < leavesOf(order)) return 'fok'
  return null
}

function trade(world: World, taker: ExchangeOrder, fill: PlannedFill, at: number): void {
  const { maker, quantity, fillPrice } = fill
  meetMaker(world, marketOf(world, taker.symbol), fill, { side: taker.side, at })
  settle(world, { order: taker, quantity, fillPrice, isMaker: false, kind: 'trade', at })
  if (maker !== null) afterTrade(world, maker, at)
  afterTrade(world, taker, at)
}

/** Books the maker's half of a fill. @param taker whoever takes, and when */
export function meetMaker(
  world: World,
  market: Market,
  { maker, level, quantity, fillPrice }: PlannedFill,
  taker: { readonly side: ExchangeOrder['side']; readonly at: number },
): void {
  if (maker !== null) {
    settle(world, { order: maker, quantity, fillPrice, isMaker: true, kind: 'trade', at: taker.at })
    return
  }
  eat(level, quantity)
  tradeWithWorld(market, taker.side, quantity, fillPrice)
}
