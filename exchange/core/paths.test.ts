import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decimal, decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { parseCandles } from './candles.ts'
import { START_AT, SYMBOL } from './fixture.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from './instruments.ts'
import { candlePath } from './path-candles.ts'
import { seededPath } from './path-seeded.ts'

const HEADER = 'open_time,open,high,low,close,volume'
const UP = '2023-03-01 00:00:00+00:00,100.04,160,70,130,2.5'
const DOWN = '2023-03-01 00:01:00+00:00,130,150,90,120,1'
const AFTER_GAP = '2023-03-01 00:04:00+00:00,120,120,120,120,0'

const seeded = (seed: number) =>
  seededPath({ seed, instruments: DEFAULT_INSTRUMENTS, basePrices: DEFAULT_BASE_PRICES })
const times = fc.integer({ min: 0, max: 5 * 365 * 86_400 }).map(seconds => START_AT + seconds * 1000)
const symbols = fc.constantFrom(...DEFAULT_INSTRUMENTS)

describe('a seeded path', () => {
  test('[XC41] remembers nothing of how it was asked', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1 }), fc.integer(), symbols, (asked, seed, { symbol }) => {
        const path = seeded(seed)
        const prices = asked.map(at => path.priceAt(symbol, at))
        const fresh = seeded(seed)
        expect(asked.toReversed().map(at => fresh.priceAt(symbol, at))).toEqual(prices.toReversed())
      }),
    )
    expect(seeded(1).priceAt(SYMBOL, START_AT)).not.toBe(seeded(2).priceAt(SYMBOL, START_AT))
  })

  test('[XC42] stays on tick, near its base price, and does not jump', () => {
    fc.assert(
      fc.property(times, fc.integer(), symbols, (at, seed, { symbol, tickSize }) => {
        const path = seeded(seed)
        const base = must(DEFAULT_BASE_PRICES.get(symbol), 'a base price')
        const here = path.priceAt(symbol, at)
        expect(here % tickSize).toBe(0n)
        expect(distance(here, base)).toBeLessThan(base / 5n)
        expect(distance(here, path.priceAt(symbol, at + 100))).toBeLessThan(base / 1000n)
      }),
    )
  })
})

describe('a candle path', () => {
  const parsed = parseCandles([HEADER, UP, DOWN, AFTER_GAP].join('\n'))
  const path = candlePath({
    instruments: DEFAULT_INSTRUMENTS,
    candles: new Map([[SYMBOL, parsed.ok ? parsed.value : []]]),
    startAt: START_AT,
  })
  const priceAfter = (seconds: number) => formatDecimal(path.priceAt(SYMBOL, START_AT + seconds * 1000))

  test('[XC43] a rising minute visits its low first, a falling one its high', () => {
    expect([0, 10, 20, 30, 40, 60].map(priceAfter)).toEqual(['100', '85', '70', '115', '160', '130'])
    expect([80, 100, 110].map(priceAfter)).toEqual(['150', '90', '105'])
  })

  test('[XC44] holds before the start and in a gap, and turns round at the end', () => {
    expect([-3600, -1].map(priceAfter)).toEqual(['100', '100'])
    expect([120, 200, 239].map(priceAfter)).toEqual(['120', '120', '120'])
    // The record is 300 s long, so that 500 s are 100 s again, on the way back.
    expect([500, 560, 600, 620].map(priceAfter)).toEqual([100, 40, 0, 20].map(priceAfter))
  })

  test('[XC43] asked for a symbol without candles it says what to do', () => {
    expect(() => path.priceAt('ETHUSDT', START_AT)).toThrow('no candles for ETHUSDT: give some')
  })
})

test.each([
  ['', 'line 1: expected the header'],
  ['time,open', 'line 1: expected the header'],
  [HEADER, 'no candles'],
  [`${HEADER}\n2023-03-01 00:00:00,1,1,1,1,1`, 'line 2: "2023-03-01 00:00:00" is not a time with a zone'],
  [`${HEADER}\n2023-13-01 00:00:00Z,1,1,1,1,1`, 'is not a date of the calendar'],
  [`${HEADER}\n${UP},9`, 'line 2: expected 6 columns, found 7'],
  [`${HEADER}\n${UP}\n${DOWN.replace('150', 'high')}`, 'line 3: open, high, low and close must be decimals'],
  [`${HEADER}\n${UP.replace('160', '120')}`, 'line 2: open and close must lie between low and high'],
  [`${HEADER}\n${DOWN}e`, 'line 2: open, high, low and close must be decimals'],
  [`${HEADER}\n${DOWN}\n${UP}`, 'line 3: its open_time is not later'],
])('[XC45] %j is refused: %s', (text, sentence) => {
  expect(parseCandles(text)).toMatchObject({ ok: false, error: expect.stringContaining(sentence) })
})

test('[XC45] Windows line ends, another zone and an exponent are read for what they are', () => {
  const result = parseCandles(`${HEADER}\r\n2023-03-01T08:00:00+08:00,1,2,0.5,1.5,9e-05\r\n`)
  expect(result).toEqual({
    ok: true,
    value: [
      {
        openTime: Date.UTC(2023, 2, 1),
        open: decimal('1'),
        high: decimal('2'),
        low: decimal('0.5'),
        close: decimal('1.5'),
        volume: decimal('0.00009'),
      },
    ],
  })
})

function distance(a: Decimal, b: Decimal): bigint {
  return a > b ? a - b : b - a
}
