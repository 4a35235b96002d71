import { expect, test } from 'vitest'
import { decimal } from '../../../src/domain/decimal.ts'
import { createExchange } from '../../core/exchange.ts'
import { DEFAULT_INSTRUMENTS } from '../../core/instruments.ts'
import { candleStart, neighbourStart } from './candles.ts'
import { kline } from './kline-queries.ts'
import { createVenue, type Venue } from './venue.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const NOW = Date.UTC(2026, 6, 21, 12, 30, 20)

/** A world that runs 60 times as fast as the wall, in which the price rises by one each world hour. */
function venue(): Venue {
  const rising = (at: number) => decimal(String(60_000 + Math.floor((at - NOW) / HOUR_MS)))
  const exchange = createExchange({
    instruments: DEFAULT_INSTRUMENTS,
    path: { priceAt: (_symbol, at) => rising(at) },
    seed: 1,
    startAt: NOW,
  })
  return createVenue({
    exchange,
    now: () => NOW,
    worldNow: () => NOW,
    wallAt: world => NOW + (world - NOW) / 60,
    worldAt: wall => NOW + (wall - NOW) * 60,
  })
}

function candles(query: Record<string, string>): readonly (readonly string[])[] {
  const answer = kline(venue(), { symbol: 'BTCUSDT', interval: '1', ...query })
  if (!answer.ok) throw new Error(answer.error.message)
  const list = answer.value['list']
  return Array.isArray(list) ? list : []
}

test('[XW37] candles come newest first, each opens where the one before closed, and a minute shows an hour', () => {
  const [newest, before, oldest] = candles({ limit: '3' })
  expect(Number(newest?.[0]) - Number(before?.[0])).toBe(MINUTE_MS)
  expect(newest?.[1]).toBe(before?.[4])
  expect(before?.[1]).toBe(oldest?.[4])
  expect(Number(before?.[4]) - Number(before?.[1])).toBe(1)
})

test('[XW37] a start alone goes forward from there, an end alone backward, both bound it', () => {
  const at = (minute: number) => String(Date.UTC(2026, 6, 21, 12, minute))
  const starts = (query: Record<string, string>) =>
    candles(query).map(row => (Number(row[0]) - Date.UTC(2026, 6, 21, 12)) / MINUTE_MS)
  expect(starts({ start: at(10), limit: '2' })).toEqual([11, 10])
  expect(starts({ end: at(10), limit: '2' })).toEqual([10, 9])
  expect(starts({ start: at(8), end: at(10) })).toEqual([10, 9, 8])
  // The candle that is still open is the last one there is.
  expect(starts({ start: at(29) })).toEqual([30, 29])
  expect(starts({ start: at(40) })).toEqual([])
})

test('[XW37] what is no interval, no time or too much is refused in words', () => {
  for (const wrong of [{ interval: '7' }, { start: 'x' }, { limit: '1001' }, { start: '2', end: '1' }]) {
    const answer = kline(venue(), { symbol: 'BTCUSDT', interval: '1', ...wrong })
    expect(answer).toMatchObject({ ok: false, error: { code: 10001 } })
  }
})

test('[XW37] weeks begin on Mondays, months on their first', () => {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  expect(day(candleStart('W', NOW))).toBe('2026-07-20')
  expect(day(candleStart('M', NOW))).toBe('2026-07-01')
  expect(day(neighbourStart('M', candleStart('M', NOW), -1))).toBe('2026-06-01')
})
