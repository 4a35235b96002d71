import fc from 'fast-check'
import { expect, test } from 'vitest'
import { basisPoints, decimal, fromUnits, maximum, minimum, sign, truncateToStep } from '../domain/decimal.ts'
import type { EntryStyle } from '../domain/strategy.ts'
import { type EntryInput, entryTerms, isDrifted } from './entry.ts'
import { anIncrease, anInstrument, marketAt } from './testing/builders.ts'

const STYLES: readonly EntryStyle[] = [
  { kind: 'market' },
  { kind: 'limit' },
  { kind: 'limit_follow', discountBps: 25, maximumOpenOrders: 3 },
  { kind: 'marketable_limit', slippageBps: 25 },
]
const style = fc.constantFrom(...STYLES)
const side = fc.constantFrom('buy' as const, 'sell' as const)
const leaderPrice = fc.bigInt({ min: 10n ** 15n, max: 10n ** 24n }).map(fromUnits)
const tickSize = fc.constantFrom('0.5', '0.0001', '0.03', '7').map(decimal)

function termsOf(over: Partial<EntryInput> = {}) {
  return entryTerms({
    entry: { kind: 'limit' },
    maxDriftBps: null,
    side: 'buy',
    instrument: anInstrument(),
    market: marketAt('100'),
    decisions: [anIncrease('1')],
    ...over,
  })
}

/** How much worse than the leader's price a style may be, basis points. */
function widthOf(entry: EntryStyle, maxDriftBps: number | null): number {
  if (entry.kind === 'limit') return 0
  if (entry.kind === 'limit_follow') return -entry.discountBps
  if (entry.kind === 'market') return maxDriftBps ?? 0
  return Math.min(entry.slippageBps, maxDriftBps ?? entry.slippageBps)
}

test('[CP33] a limit is on the tick, within one tick of what it should be, and on the safe side of it', () => {
  const drift = fc.option(fc.constantFrom(0, 10, 40), { nil: null })
  fc.assert(
    fc.property(style, side, leaderPrice, tickSize, drift, (entry, way, price, tick, maxDriftBps) => {
      const decisions = [anIncrease('1', { leaderPrice: price })]
      const { limitPrice } = termsOf({
        entry,
        side: way,
        decisions,
        maxDriftBps,
        instrument: anInstrument({ tickSize: tick }),
      })
      if (limitPrice === null) return
      const width = basisPoints(price, widthOf(entry, maxDriftBps))
      const worst = fromUnits(way === 'buy' ? price + width : price - width)
      expect(truncateToStep(limitPrice, tick)).toBe(limitPrice)
      const inside = way === 'buy' ? worst - limitPrice : limitPrice - worst
      expect(inside >= 0n && inside < tick).toBe(true)
    }),
  )
})

test.each([
  [{ kind: 'market' }, 'market', 'ioc', null, null],
  [{ kind: 'limit' }, 'limit', 'gtc', '100', '100'],
  [{ kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 1 }, 'limit', 'gtc', '99', '101'],
  [{ kind: 'marketable_limit', slippageBps: 100 }, 'limit', 'ioc', '101', '99'],
] as const)('[CP33] how each style is sent: %o', (entry, type, timeInForce, buy, sell) => {
  const limits = { buy: buy === null ? null : decimal(buy), sell: sell === null ? null : decimal(sell) }
  for (const way of ['buy', 'sell'] as const)
    expect(termsOf({ entry, side: way })).toMatchObject({ type, timeInForce, limitPrice: limits[way] })
})

test('[CP33] an order that crosses is expected at the best opposite price, one that rests at its own', () => {
  expect(termsOf({ market: marketAt('99') }).expectedPrice).toBe(decimal('99.5'))
  expect(termsOf({ market: marketAt('103') }).expectedPrice).toBe(decimal('100'))
  expect(termsOf({ side: 'sell', market: marketAt('103') }).expectedPrice).toBe(decimal('102.5'))
  expect(termsOf({ side: 'sell', market: marketAt('99') }).expectedPrice).toBe(decimal('100'))
})

test('[CP34] drift counts only for the worse: a better price is welcome', () => {
  const drifts = (way: 'buy' | 'sell', mark: string) => {
    const market = marketAt(mark)
    return isDrifted(termsOf({ side: way, maxDriftBps: 100, market }), market, way)
  }
  // A buy pays the ask, half above the mark; a sell gets the bid, half below.
  expect(['90', '100.5', '100.6'].map(mark => drifts('buy', mark))).toEqual([false, false, true])
  expect(['110', '99.5', '99.4'].map(mark => drifts('sell', mark))).toEqual([false, false, true])
})

test('[CP34] without a bound no price is too far', () => {
  const market = marketAt('100000')
  expect(isDrifted(termsOf({ market }), market, 'buy')).toBe(false)
})

test('[CP34] the venue holds the bound too: a market order becomes a limit there, a slippage ends there', () => {
  const bounded = { maxDriftBps: 50, side: 'sell' } as const
  expect(termsOf({ ...bounded, entry: { kind: 'market' } })).toMatchObject({
    type: 'limit',
    timeInForce: 'ioc',
    limitPrice: decimal('99.5'),
  })
  const wide = { kind: 'marketable_limit', slippageBps: 300 } as const
  expect(termsOf({ ...bounded, entry: wide }).limitPrice).toBe(decimal('99.5'))
})

test('[CP35] an order for several increases keeps the tightest of their prices', () => {
  fc.assert(
    fc.property(fc.array(leaderPrice, { minLength: 1 }), side, (prices, way) => {
      const decisions = prices.map(price => anIncrease('1', { leaderPrice: price }))
      const tightest = prices.reduce(way === 'buy' ? minimum : maximum)
      const instrument = anInstrument({ tickSize: fromUnits(1n) })
      expect(termsOf({ decisions, side: way, instrument }).limitPrice).toBe(tightest)
      expect(sign(tightest)).toBe(1)
    }),
  )
})

test('[CP22] market and limit orders have maximum quantities of their own', () => {
  const instrument = anInstrument({ maximumLimitQuantity: decimal('9'), maximumMarketQuantity: decimal('4') })
  const market = { entry: { kind: 'market' }, instrument } as const
  expect(termsOf(market).maximumQuantity).toBe(decimal('4'))
  expect(termsOf({ ...market, maxDriftBps: 10 }).maximumQuantity).toBe(decimal('9'))
  expect(termsOf({ instrument }).maximumQuantity).toBe(decimal('9'))
})
