import {
  type Decimal,
  divide,
  fromUnits,
  maximum,
  minimum,
  multiply,
  truncateToStep,
} from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import { seedOf, unitNoise } from '../../core/noise.ts'
import type { Venue } from './venue.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS
/** The first Monday after 1970-01-01, which was a Thursday: weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS
/** Looks at the price within one candle: enough to show its extremes roughly, few enough for 1000 candles. */
const SAMPLES = 6
const MINUTES_PER_DAY = 1_440n

/** docs/v5/enum.mdx, interval: minutes, D, W, M. */
const MINUTES = new Set(['1', '3', '5', '15', '30', '60', '120', '240', '360', '720'])

/** Prices in quote per base, times of the wall clock in ms. */
export interface MarketCandle {
  readonly start: number
  /** Where the next one starts. */
  readonly end: number
  readonly open: Decimal
  readonly high: Decimal
  readonly low: Decimal
  readonly close: Decimal
  readonly volume: Decimal
  readonly turnover: Decimal
}

export function isInterval(text: string): boolean {
  return MINUTES.has(text) || text === 'D' || text === 'W' || text === 'M'
}

/** The start of the candle that a time lies in. */
export function candleStart(interval: string, at: number): number {
  if (interval === 'M') {
    const date = new Date(at)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  }
  const offset = interval === 'W' ? FIRST_MONDAY_MS : 0
  const length = lengthMs(interval)
  return Math.floor((at - offset) / length) * length + offset
}

/** The start of the next candle (1) or the one before (-1). */
export function neighbourStart(interval: string, start: number, step: 1 | -1): number {
  if (interval !== 'M') return start + step * lengthMs(interval)
  const date = new Date(start)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + step, 1)
}

/** One candle as far as it has come by now. Every candle opens where the one before closed. */
export function candleAt(venue: Venue, symbol: string, span: { start: number; end: number }): MarketCandle {
  const { start, end } = span
  const until = Math.max(start, Math.min(end, Math.trunc(venue.now())))
  const priceAt = (at: number) => venue.exchange.priceAt(symbol, venue.worldAt(at))
  const prices = Array.from({ length: SAMPLES + 1 }, (_, index) =>
    priceAt(start + Math.trunc(((until - start) * index) / SAMPLES)),
  )
  const close = must(prices.at(-1), 'there are samples')
  const turnover = turnoverOf(venue, symbol, { start, until })
  const { lotSize } = must(venue.exchange.instruments.get(symbol), symbol)
  const volume = truncateToStep(divide(turnover, close), lotSize)
  return {
    start,
    end,
    open: must(prices[0], 'there are samples'),
    high: prices.reduce(maximum),
    low: prices.reduce(minimum),
    close,
    volume,
    turnover: multiply(volume, close),
  }
}

/** Quote: the day's turnover shared out over its minutes, each candle with its own luck. */
function turnoverOf(venue: Venue, symbol: string, span: { start: number; until: number }): Decimal {
  const { turnover24h } = venue.exchange.ticker(symbol)
  const seconds = BigInt(Math.trunc((span.until - span.start) / 1_000))
  const percent = BigInt(50 + Math.floor(100 * unitNoise(seedOf(1, symbol), span.start / MINUTE_MS)))
  return fromUnits((turnover24h * seconds * percent) / (MINUTES_PER_DAY * 60n * 100n))
}

function lengthMs(interval: string): number {
  if (interval === 'D') return DAY_MS
  return interval === 'W' ? 7 * DAY_MS : Number(interval) * MINUTE_MS
}
