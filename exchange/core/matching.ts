import {
  add,
  basisPoints,
  type Decimal,
  minimum,
  multiply,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { opposite, type Side } from '../../src/domain/order.ts'
import { leavesOf } from './account.ts'
import { type DepthLevel, isBetter } from './depth.ts'
import type { Market } from './market.ts'
import { limitPriceOf } from './resting.ts'
import type { ExchangeOrder } from './types.ts'

/**
 * A market order is an IOC bounded this far from the mark; what finds nothing inside is cancelled
 * (bybit-exchange/docs, v5/order/create-order: "convert the market order into an IOC limit order").
 */
const MARKET_BOUND_BPS = 300

/** What a taker meets: an account's resting order, or a level of the world's own liquidity. */
type Counterparty =
  | { readonly maker: ExchangeOrder; readonly level: null }
  | { readonly maker: null; readonly level: DepthLevel }

export type PlannedFill = Counterparty & { readonly fillPrice: Decimal; readonly quantity: Decimal }

export interface Taker {
  readonly side: Side
  /** Base units, > 0. */
  readonly quantity: Decimal
  /** The worst price it takes; null for a market order. */
  readonly limitPrice: Decimal | null
}

/**
 * What a taker would trade now, best price first, without doing it: every check of an order (margin,
 * fill-or-kill, post-only) reads the plan, and what passes is executed exactly as planned.
 *
 * @param heldBy size of the position of a maker's account in this symbol, base units
 */
export function planMatch(
  market: Market,
  taker: Taker,
  heldBy: (account: string) => Decimal,
): readonly PlannedFill[] {
  const plan: PlannedFill[] = []
  const worst = taker.limitPrice ?? marketBound(market.mid, taker.side)
  const makerSide = opposite(taker.side)
  const spent = new Map<string, Decimal>()
  let left = taker.quantity
  for (const counterparty of counterparties(market, makerSide)) {
    const { maker, level } = counterparty
    const fillPrice = maker === null ? level.price : limitPriceOf(maker)
    if (left === ZERO || isBetter(makerSide, worst, fillPrice)) break
    const offered = maker === null ? level.quantity : offeredBy(maker, spent, heldBy)
    const quantity = minimum(left, offered)
    if (quantity <= 0n) continue
    if (maker !== null) spent.set(maker.account, add(spent.get(maker.account) ?? ZERO, quantity))
    plan.push({ ...counterparty, fillPrice, quantity })
    left = subtract(left, quantity)
  }
  return plan
}

export function plannedQuantity(plan: readonly PlannedFill[]): Decimal {
  return plan.reduce((total, fill) => add(total, fill.quantity), ZERO)
}

export function plannedNotional(plan: readonly PlannedFill[]): Decimal {
  return plan.reduce((total, fill) => add(total, multiply(fill.quantity, fill.fillPrice)), ZERO)
}

function marketBound(mark: Decimal, side: Side): Decimal {
  const distance = basisPoints(mark, MARKET_BOUND_BPS)
  return side === 'buy' ? add(mark, distance) : subtract(mark, distance)
}

/** A reduce-only order offers no more than the position that this plan's earlier fills leave it. */
function offeredBy(
  maker: ExchangeOrder,
  spent: ReadonlyMap<string, Decimal>,
  heldBy: (account: string) => Decimal,
): Decimal {
  if (!maker.reduceOnly) return leavesOf(maker)
  const closable = subtract(heldBy(maker.account), spent.get(maker.account) ?? ZERO)
  return minimum(leavesOf(maker), closable)
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
