import { opposite, type Side } from '../../src/domain/order.ts'
import { leavesOf } from './account.ts'
import { type Market, moveMarket } from './market.ts'
import { limitPriceOf } from './resting.ts'
import { settle, trimReduceOnly } from './settle.ts'
import type { PricePath } from './types.ts'
import type { World } from './world.ts'

/** Moves every price to its place at a time; where something moved, resting orders that it crossed trade. */
export function advanceWorld(world: World, path: PricePath, at: number): void {
  // A clock that steps back must not undo trades: the world waits until time has caught up.
  if (at <= world.now) return
  world.now = at
  for (const [symbol, market] of world.markets) {
    if (!moveMarket(market, path, at)) continue
    tradeCrossed(world, market, 'buy')
    tradeCrossed(world, market, 'sell')
    world.events.push({ kind: 'ticker', symbol })
  }
}

/** A crossed order is the maker: it gets its own price, for as much as the world offers there or better. */
function tradeCrossed(world: World, market: Market, side: Side): void {
  const at = world.now
  const counter = market.depth[opposite(side)]
  for (let order = market.resting[side].first(); order !== undefined; order = market.resting[side].first()) {
    const fillPrice = limitPriceOf(order)
    const quantity = counter.take(fillPrice, leavesOf(order))
    if (quantity <= 0n) return
    settle(world, { order, quantity, fillPrice, isMaker: true, at })
    trimReduceOnly(world, order.account, order.symbol, at)
  }
}
