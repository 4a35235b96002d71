import { add, basisPoints, type Decimal, minimum, subtract, ZERO } from '../../src/domain/decimal.ts'
import { opposite, type Side } from '../../src/domain/order.ts'
import { type Holding, leavesOf } from './account.ts'
import { type Contract, notionalOf } from './contract.ts'
import { type DepthLevel, isBetter } from './depth.ts'
import { closableBy } from './ending.ts'
import type { Market } from './market.ts'
import { limitPriceOf } from './resting.ts'
import type { ExchangeOrder } from './types.ts'

/** What a taker meets: an account's resting order, or a level of the world's own liquidity. */
type Counterparty =
  | { readonly maker: ExchangeOrder; readonly level: null }
  | { readonly maker: null; readonly level: DepthLevel }

export type PlannedFill = Counterparty & { readonly fillPrice: Decimal; readonly quantity: Decimal }

export interface Taker {
  readonly side: Side
  /** > 0. */
  readonly quantity: Decimal
  /** The worst price it takes; null for a market order. */
  readonly limitPrice: Decimal | null
}

export interface MatchTerms {
  /** A market order reaches this far from the mark. */
  readonly marketBoundBps: number
  /** What a maker's order is for. */
  holdingOf(maker: ExchangeOrder): Holding
}

/**
 * What a taker would trade now, best price first, without doing it: every check of an order (margin,
 * fill-or-kill, post-only) reads the plan, and what passes is executed exactly as planned.
 */
export function planMatch(market: Market, taker: Taker, terms: MatchTerms): readonly PlannedFill[] {
  const plan: PlannedFill[] = []
  const makerSide = opposite(taker.side)
  const worst = taker.limitPrice ?? marketBound(market.mid, taker.side, terms.marketBoundBps)
  const spent = new Map<Holding, Decimal>()
  let left = taker.quantity
  for (const counterparty of counterparties(market, makerSide)) {
    const { maker, level } = counterparty
    const fillPrice = maker === null ? level.price : limitPriceOf(maker)
    if (left === ZERO || isBetter(makerSide, worst, fillPrice)) break
    if (maker === null) {
      const quantity = minimum(left, level.quantity)
      if (quantity <= 0n) continue
      plan.push({ maker, level, fillPrice, quantity })
      left = subtract(left, quantity)
      continue
    }
    const holding = terms.holdingOf(maker)
    const before = spent.get(holding) ?? ZERO
    const quantity = minimum(left, offeredBy(maker, holding, before))
    if (quantity <= 0n) continue
    spent.set(holding, add(before, quantity))
    plan.push({ maker, level, fillPrice, quantity })
    left = subtract(left, quantity)
  }
  return plan
}

export function plannedQuantity(plan: readonly PlannedFill[]): Decimal {
  return plan.reduce((total, fill) => add(total, fill.quantity), ZERO)
}

export function plannedNotional(contract: Contract, plan: readonly PlannedFill[]): Decimal {
  return plan.reduce((total, fill) => add(total, notionalOf(contract, fill.quantity, fill.fillPrice)), ZERO)
}

function marketBound(mark: Decimal, side: Side, boundBps: number): Decimal {
  const distance = basisPoints(mark, boundBps)
  return side === 'buy' ? add(mark, distance) : subtract(mark, distance)
}

/** A reduce-only order offers no more than the position that this plan's earlier fills leave it. */
function offeredBy(maker: ExchangeOrder, { position }: Holding, spent: Decimal): Decimal {
  if (!maker.reduceOnly) return leavesOf(maker)
  return minimum(leavesOf(maker), subtract(closableBy(position, maker), spent))
}

/** Both books merged, best first; at one price the accounts' orders come before the world's liquidity. */
function* counterparties(market: Market, side: Side): Generator<Counterparty> {
  const depth = market.depth[side]
  let index = 0
  for (const maker of market.resting[side].orders()) {
    const limitPrice = limitPriceOf(maker)
    for (let level = depth.at(index); level !== undefined; level = depth.at(index)) {
      if (!isBetter(side, level.price, limitPrice)) break
      yield { maker: null, level }
      index += 1
    }
    yield { maker, level: null }
  }
  for (let level = depth.at(index); level !== undefined; level = depth.at(index)) {
    yield { maker: null, level }
    index += 1
  }
}
