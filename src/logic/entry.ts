import { add, basisPoints, type Decimal, maximum, minimum, subtract } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import { type Instrument, roundLimitPrice } from '../domain/instrument.ts'
import type { OrderType, Side, TimeInForce } from '../domain/order.ts'
import { must, unreachable } from '../domain/result.ts'
import type { EntryStyle } from '../domain/strategy.ts'

/** Quote per base, of one instrument, fresh. */
export interface MarketPrices {
  readonly mark: Decimal
  /** Best prices; the last or mark price stands in where a side of the book is empty. */
  readonly bid: Decimal
  readonly ask: Decimal
}

export interface EntryTerms {
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly limitPrice: Decimal | null
  /** What it will cost if the market stands still: the opposite best price, or its own limit where it rests. */
  readonly expectedPrice: Decimal
  /** The worst market in which it may still be sent; null: any. */
  readonly driftBound: Decimal | null
  readonly maximumQuantity: Decimal
}

export interface EntryInput {
  readonly entry: EntryStyle
  readonly maxDriftBps: number | null
  readonly side: Side
  readonly instrument: Instrument
  readonly market: MarketPrices
  /** The increases that it would carry out: the tightest price of all of them binds. */
  readonly decisions: readonly Decision[]
}

/** How an opening is sent. A drift bound turns a market order into an IOC limit there, so that the venue holds it too. */
export function entryTerms(input: EntryInput): EntryTerms {
  const { entry, side, instrument, market } = input
  const leaderPrice = tightestLeaderPrice(input.decisions, side)
  const opposite = side === 'buy' ? market.ask : market.bid
  const driftBound = input.maxDriftBps === null ? null : worseBy(side, leaderPrice, input.maxDriftBps)
  const limit = (limitPrice: Decimal, timeInForce: TimeInForce): EntryTerms => {
    const rounded = roundLimitPrice(instrument, side, limitPrice)
    const crosses = side === 'buy' ? rounded >= opposite : rounded <= opposite
    return {
      type: 'limit',
      timeInForce,
      limitPrice: rounded,
      expectedPrice: crosses ? opposite : rounded,
      driftBound,
      maximumQuantity: instrument.maximumLimitQuantity,
    }
  }
  switch (entry.kind) {
    case 'market':
      if (driftBound !== null) return limit(driftBound, 'ioc')
      return {
        type: 'market',
        timeInForce: 'ioc',
        limitPrice: null,
        expectedPrice: opposite,
        driftBound,
        maximumQuantity: instrument.maximumMarketQuantity,
      }
    case 'limit':
      return limit(leaderPrice, 'gtc')
    case 'limit_follow':
      return limit(worseBy(side, leaderPrice, -entry.discountBps), 'gtc')
    case 'marketable_limit':
      return limit(tighter(side, worseBy(side, leaderPrice, entry.slippageBps), driftBound), 'ioc')
    default:
      return unreachable(entry)
  }
}

/** Whether the market has left the price bound: only for the worse, a better price is welcome. */
export function isDrifted(terms: EntryTerms, market: MarketPrices, side: Side): boolean {
  if (terms.driftBound === null) return false
  return side === 'buy' ? market.ask > terms.driftBound : market.bid < terms.driftBound
}

/** The limit that satisfies both. */
export function tighter(side: Side, limitPrice: Decimal, bound: Decimal | null): Decimal {
  if (bound === null) return limitPrice
  return side === 'buy' ? minimum(limitPrice, bound) : maximum(limitPrice, bound)
}

function worseBy(side: Side, from: Decimal, bps: number): Decimal {
  const width = basisPoints(from, bps)
  return side === 'buy' ? add(from, width) : subtract(from, width)
}

function tightestLeaderPrice(decisions: readonly Decision[], side: Side): Decimal {
  let tightest: Decimal | null = null
  for (const { leaderPrice } of decisions) {
    if (tightest === null) tightest = leaderPrice
    else tightest = side === 'buy' ? minimum(tightest, leaderPrice) : maximum(tightest, leaderPrice)
  }
  return must(tightest, 'an entry carries out at least one increase')
}
