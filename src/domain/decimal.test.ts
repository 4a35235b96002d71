import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  add,
  basisPoints,
  ceilToStep,
  type Decimal,
  decimal,
  divide,
  floorToStep,
  formatDecimal,
  fromUnits,
  maximum,
  minimum,
  multiply,
  multiplyDivide,
  negate,
  ONE,
  parseDecimal,
  sign,
  subtract,
  toNumber,
  truncateToStep,
  ZERO,
} from './decimal.ts'

const SCALE = 10n ** 18n
const anyDecimal = fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }).map(fromUnits)
const positive = fc.bigInt({ min: 1n, max: 10n ** 36n }).map(fromUnits)
const size = (value: bigint) => (value < 0n ? -value : value)
const notZero = fc.tuple(positive, fc.boolean()).map(([value, below]) => (below ? negate(value) : value))

test('[DM1] the text of an amount reads back as the same amount', () => {
  fc.assert(fc.property(anyDecimal, value => parseDecimal(formatDecimal(value)) === value))
})

test('[DM1] the text of an amount is canonical: no exponent, no trailing zeros, no minus zero', () => {
  fc.assert(fc.property(anyDecimal, value => /^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/.test(formatDecimal(value))))
  expect(formatDecimal(decimal('-0.000'))).toBe('0')
  expect(formatDecimal(decimal('+007.50'))).toBe('7.5')
})

test('[DM2] what is not an exact amount with at most 18 places is not read', () => {
  for (const text of [
    '',
    '.',
    '.5',
    '1e3',
    '0x10',
    '1,5',
    ' 1',
    '--1',
    'NaN',
    'Infinity',
    '1.0.0',
    '9'.repeat(65),
  ]) {
    expect(parseDecimal(text), text).toBeUndefined()
    expect(() => decimal(text), text).toThrow(RangeError)
  }
  expect(parseDecimal('0.0000000000000000001')).toBeUndefined()
  // Zeros beyond the 18th place take nothing away.
  expect(parseDecimal('0.10000000000000000000')).toBe(decimal('0.1'))
  expect(parseDecimal('5.')).toBe(decimal('5'))
})

test('[DM3] addition is exact, whatever the order', () => {
  fc.assert(
    fc.property(anyDecimal, anyDecimal, anyDecimal, (a, b, c) => {
      expect(add(a, b)).toBe(add(b, a))
      expect(add(add(a, b), c)).toBe(add(a, add(b, c)))
      expect(subtract(add(a, b), b)).toBe(a)
      expect(add(a, negate(a))).toBe(ZERO)
    }),
  )
  expect(add(decimal('0.1'), decimal('0.2'))).toBe(decimal('0.3'))
})

test('[DM4] products and quotients lose less than one unit in the last place, always toward zero', () => {
  const isTruncated = (result: Decimal, numerator: bigint, denominator: bigint) => {
    const missing = size(numerator) - size(result * denominator)
    expect(missing >= 0n && missing < size(denominator)).toBe(true)
    expect(result * numerator * denominator >= 0n).toBe(true)
  }
  fc.assert(
    fc.property(anyDecimal, anyDecimal, notZero, (a, b, c) => {
      isTruncated(multiply(a, b), a * b, SCALE)
      isTruncated(divide(a, c), a * SCALE, c)
      isTruncated(multiplyDivide(a, b, c), a * b, c)
      isTruncated(basisPoints(a, 25), a * 25n, 10_000n)
    }),
  )
})

test('[DM4] one is neutral, products commute, signs multiply', () => {
  fc.assert(
    fc.property(anyDecimal, anyDecimal, (a, b) => {
      expect(multiply(a, ONE)).toBe(a)
      expect(divide(a, ONE)).toBe(a)
      expect(multiply(a, b)).toBe(multiply(b, a))
      expect(multiply(negate(a), b)).toBe(negate(multiply(a, b)))
    }),
  )
})

test('[DM5] rounding to a step gives a multiple, less than one step away, on the side that its name says', () => {
  fc.assert(
    fc.property(anyDecimal, positive, (value, step) => {
      const truncated = truncateToStep(value, step)
      const floor = floorToStep(value, step)
      const ceiling = ceilToStep(value, step)
      for (const rounded of [truncated, floor, ceiling]) {
        expect(rounded % step).toBe(0n)
        expect(absolute(subtract(value, rounded)) < step).toBe(true)
      }
      expect(absolute(truncated) <= absolute(value)).toBe(true)
      expect(floor <= value && value <= ceiling).toBe(true)
    }),
  )
  expect(truncateToStep(decimal('-0.0019'), decimal('0.001'))).toBe(decimal('-0.001'))
  expect(floorToStep(decimal('-0.0019'), decimal('0.001'))).toBe(decimal('-0.002'))
})

test('[DM5] minimum, maximum and sign agree with comparison', () => {
  fc.assert(
    fc.property(anyDecimal, anyDecimal, (a, b) => {
      expect([minimum(a, b), maximum(a, b)]).toEqual(a < b ? [a, b] : [b, a])
      expect(sign(subtract(a, b))).toBe(a > b ? 1 : a < b ? -1 : 0)
    }),
  )
  expect(toNumber(decimal('-2.5'))).toBe(-2.5)
})
