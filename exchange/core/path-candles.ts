import { type Decimal, fromUnits, maximum, truncateToStep } from '../../src/domain/decimal.ts'
import { assert, must } from '../../src/domain/result.ts'
import type { Candle } from './candles.ts'
import type { ExchangeInstrument, PricePath } from './types.ts'

const CANDLE_MS = 60_000
const LEGS = 3
const LEG_MS = CANDLE_MS / LEGS

interface CandlePathOptions {
  readonly instruments: readonly ExchangeInstrument[]
  /** By symbol: minutes, oldest first, at least one. */
  readonly candles: ReadonlyMap<string, readonly Candle[]>
  /** Ms of the exchange's clock at which every symbol's first candle opens. */
  readonly startAt: number
}

/**
 * Prices that follow recorded candles: open, then the extreme against the minute's direction, then the
 * other one, then close, 20 seconds each. Before the start the first open holds; in a gap the last close.
 * Past the end the record plays backwards, then forwards again, so that the price never jumps.
 */
export function candlePath(options: CandlePathOptions): PricePath {
  const tickSizes = new Map(options.instruments.map(({ symbol, tickSize }) => [symbol, tickSize]))
  return {
    priceAt(symbol, at) {
      const tickSize = must(tickSizes.get(symbol), `${symbol} is not among the path's instruments`)
      const candles = options.candles.get(symbol) ?? []
      const recorded = priceIn(candles, symbol, at - options.startAt)
      return maximum(truncateToStep(recorded, tickSize), tickSize)
    },
  }
}

function priceIn(candles: readonly Candle[], symbol: string, elapsedMs: number): Decimal {
  const first = must(candles[0], `no candles for ${symbol}: give some, or leave the instrument out`)
  const last = must(candles.at(-1), 'a last candle where there is a first')
  const lengthMs = last.openTime + CANDLE_MS - first.openTime
  const at = first.openTime + foldedMs(Math.max(elapsedMs, 0), lengthMs)
  const candle = candleAt(candles, at)
  return priceWithin(candle, Math.min(at - candle.openTime, CANDLE_MS))
}

/** Forwards through the record, back through it, and so on. */
function foldedMs(elapsedMs: number, lengthMs: number): number {
  const place = elapsedMs % (2 * lengthMs)
  return place <= lengthMs ? place : 2 * lengthMs - place
}

/** The last candle that has opened. */
function candleAt(candles: readonly Candle[], at: number): Candle {
  let low = 0
  let high = candles.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (must(candles[middle], 'a candle inside the bounds').openTime <= at) low = middle
    else high = middle
  }
  return must(candles[low], 'a candle inside the bounds')
}

function priceWithin({ open, high, low, close }: Candle, elapsedMs: number): Decimal {
  const corners = close >= open ? [open, low, high, close] : [open, high, low, close]
  const leg = Math.min(Math.floor(elapsedMs / LEG_MS), LEGS - 1)
  const [from, to] = corners.slice(leg)
  assert(from !== undefined && to !== undefined, 'each leg of a candle has two corners')
  const doneMs = BigInt(Math.round(elapsedMs - leg * LEG_MS))
  return fromUnits(from + ((to - from) * doneMs) / BigInt(LEG_MS))
}
