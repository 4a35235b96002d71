import { formatDecimal } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import { candleAt, candleStart, isInterval, type MarketCandle, neighbourStart } from './candles.ts'
import { parameterError, type VenueFailure } from './codes.ts'
import { instrumentNamed } from './named.ts'
import { limitOf, type Query, timesOf } from './page.ts'
import { stepped } from './text.ts'
import type { Venue } from './venue.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>
type Row = readonly string[]

const CANDLES = { usual: 200, maximum: 1_000 }

/** GET /v5/market/kline: newest first; mark and index have no volume, the premium is nil in this world. */
export function kline(venue: Venue, query: Query): Answer {
  return listed(venue, query, (candle, text) => [
    ...prices(candle, text),
    formatDecimal(candle.volume),
    formatDecimal(candle.turnover),
  ])
}

export function markPriceKline(venue: Venue, query: Query): Answer {
  return listed(venue, query, prices)
}

export function premiumIndexKline(venue: Venue, query: Query): Answer {
  return listed(venue, query, ({ start }) => [String(start), '0', '0', '0', '0'])
}

function prices(candle: MarketCandle, text: (value: MarketCandle['open']) => string): Row {
  const { start, open, high, low, close } = candle
  return [String(start), text(open), text(high), text(low), text(close)]
}

function listed(
  venue: Venue,
  query: Query,
  rowOf: (candle: MarketCandle, text: (value: MarketCandle['open']) => string) => Row,
): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const { symbol, tickSize } = instrument.value
  const starts = startsOf(venue, query)
  if (!starts.ok) return starts
  const list = starts.value.map(span =>
    rowOf(candleAt(venue, symbol, span), value => stepped(value, tickSize)),
  )
  return ok({ symbol, category: 'linear', list })
}

interface Span {
  readonly start: number
  readonly end: number
}

/** The candles asked for, newest first. With a start alone the oldest from there on, else the newest before the end. */
function startsOf(venue: Venue, query: Query): Result<readonly Span[], VenueFailure> {
  const { interval = '' } = query
  if (!isInterval(interval)) return err(parameterError('interval must be 1, 3, 5, 15, ... 720, D, W or M'))
  const limit = limitOf(query, CANDLES)
  if (!limit.ok) return limit
  const times = timesOf(query, 'start', 'end')
  if (!times.ok) return times
  const now = Math.trunc(venue.now())
  const { from, to } = times.value
  const last = candleStart(interval, Math.min(to ?? now, now))
  const spans: Span[] = []
  if (from !== null && to === null) {
    let start = firstFrom(interval, from)
    for (; spans.length < limit.value && start <= last; start = neighbourStart(interval, start, 1))
      spans.unshift({ start, end: neighbourStart(interval, start, 1) })
    return ok(spans)
  }
  let start = last
  for (; spans.length < limit.value && start >= (from ?? 0); start = neighbourStart(interval, start, -1))
    spans.push({ start, end: neighbourStart(interval, start, 1) })
  return ok(spans)
}

/** The first candle that starts at a time or after it. */
function firstFrom(interval: string, from: number): number {
  const start = candleStart(interval, from)
  return start < from ? neighbourStart(interval, start, 1) : start
}
