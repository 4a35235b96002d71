import { absolute } from '../../src/domain/decimal.ts'
import { holdingOf, leavesOf } from './account.ts'
import { putOnBook } from './book.ts'
import { eat } from './depth.ts'
import type { Market } from './market.ts'
import { type PlannedFill, planMatch, plannedQuantity, type Taker } from './matching.ts'
import { cancelOrder, reportOrder, settle, trimReduceOnly } from './settle.ts'
import type { ExchangeOrder } from './types.ts'
import { accountOf, type World } from './world.ts'

export function planFor(world: World, market: Market, taker: Taker): readonly PlannedFill[] {
  const { symbol } = market.instrument
  return planMatch(market, taker, name =>
    absolute(holdingOf(accountOf(world, name), symbol).position.quantity),
  )
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
  const { maker, level, quantity, fillPrice } = fill
  if (maker === null) eat(level, quantity)
  else settle(world, { order: maker, quantity, fillPrice, isMaker: true, at })
  settle(world, { order: taker, quantity, fillPrice, isMaker: false, at })
  if (maker !== null) trimReduceOnly(world, maker.account, maker.symbol, at)
  trimReduceOnly(world, taker.account, taker.symbol, at)
}
