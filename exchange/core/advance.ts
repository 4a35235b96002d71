import { absolute, subtract } from '../../src/domain/decimal.ts'
import { opposite, type Side } from '../../src/domain/order.ts'
import { holdingsOf, leavesOf } from './account.ts'
import { cancelHolding } from './ending.ts'
import { payFunding } from './funding.ts'
import { liquidateFallen } from './liquidation.ts'
import { type Market, moveMarket, tradeWithWorld } from './market.ts'
import { limitPriceOf } from './resting.ts'
import { afterTrade, settle } from './settle.ts'
import { fireTriggers } from './triggers.ts'
import type { PricePath } from './types.ts'
import { accountOf, type World } from './world.ts'

/**
 * Brings the world to a time: what was due on the way, then every price to its place. Where something moved,
 * resting orders that it crossed trade, waiting ones wake, and accounts that fell too far are taken over.
 */
export function advanceWorld(world: World, path: PricePath, at: number): void {
  // A clock that steps back must not undo trades: the world waits until time has caught up.
  if (at <= world.now || world.maintenance) return
  const from = world.now
  world.now = at
  payFunding(world, path, from, at)
  cancelOverdue(world)
  let largestMove = 0
  for (const [symbol, market] of world.markets) {
    const before = market.mid
    if (!moveMarket(market, path, at)) continue
    const move = Number(absolute(subtract(market.mid, before))) / Number(before)
    largestMove = Math.max(largestMove, move)
    if (!market.triggers.isEmpty) world.stirred.add(market)
    tradeCrossed(world, market, 'buy')
    tradeCrossed(world, market, 'sell')
    world.events.push({ kind: 'ticker', symbol })
  }
  world.drift += Math.log1p(largestMove)
  // What is taken over is sold, and what is sold may wake more: each round uses up what it does.
  do {
    fireTriggers(world, at)
    liquidateFallen(world, at)
  } while (world.stirred.size > 0)
}

/** A crossed order is the maker: it gets its own price, for as much as the world offers there or better. */
function tradeCrossed(world: World, market: Market, side: Side): void {
  const at = world.now
  const counter = market.depth[opposite(side)]
  for (let order = market.resting[side].first(); order !== undefined; order = market.resting[side].first()) {
    const fillPrice = limitPriceOf(order)
    const quantity = counter.take(fillPrice, leavesOf(order))
    if (quantity <= 0n) return
    settle(world, { order, quantity, fillPrice, isMaker: true, kind: 'trade', at })
    tradeWithWorld(market, side, quantity, fillPrice)
    afterTrade(world, order, at)
  }
}

function cancelOverdue(world: World): void {
  for (const [name, deadlineAt] of world.cancelDeadlines) {
    if (deadlineAt > world.now) continue
    world.cancelDeadlines.delete(name)
    for (const holding of holdingsOf(accountOf(world, name)))
      cancelHolding(world, holding, 'disconnect', world.now)
  }
}
