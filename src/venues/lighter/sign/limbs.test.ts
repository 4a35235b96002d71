import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inverseOrZero, isSquare, MODULUS, modulo, power, squareRoot } from './goldilocks.ts'
import { at, LIMBS, multiplyLimbs, readLimbs, reduceLimbs, writeLimbs } from './limbs.ts'
import { exactValue, fieldNumber, limbsOfWeight } from './testing/arbitraries.ts'

const REDUCED = [2 ** 21, 2 ** 21, 2 ** 21 + 2 ** 20 + 4]

function expectReduced(limbs: Float64Array): void {
  for (const [index, bound] of REDUCED.entries())
    expect(Math.abs(at(limbs, index))).toBeLessThanOrEqual(bound)
}

test('[LS1] a number is read as it was written, at any place', () => {
  fc.assert(
    fc.property(fieldNumber, fc.nat(4), (value, place) => {
      const limbs = new Float64Array(5 * LIMBS)
      writeLimbs(limbs, place * LIMBS, value)
      expect(readLimbs(limbs, place * LIMBS)).toBe(value)
      expectReduced(limbs.subarray(place * LIMBS))
    }),
  )
})

test('[LS1] a word at or above the modulus is taken modulo it', () => {
  const limbs = new Float64Array(LIMBS)
  writeLimbs(limbs, 0, 2n ** 64n - 1n)
  expect(readLimbs(limbs, 0)).toBe(2n ** 64n - 1n - MODULUS)
})

test('[LS1] products are exact as far as the weights go, and come out reduced', () => {
  // 16 x 16 is the most that is allowed: one limb more and sums could pass 2^53, where doubles have gaps.
  fc.assert(
    fc.property(limbsOfWeight(1, 16), limbsOfWeight(1, 16), (a, b) => {
      const out = new Float64Array(LIMBS)
      multiplyLimbs(out, a, b)
      expect(readLimbs(out, 0)).toBe(modulo(exactValue(a, 0) * exactValue(b, 0)))
      expectReduced(out)
    }),
    { numRuns: 2_000 },
  )
})

test('[LS1] a sum of many is reduced without a change of its value', () => {
  fc.assert(
    fc.property(limbsOfWeight(1, 1_000_000), limbs => {
      const value = modulo(exactValue(limbs, 0))
      reduceLimbs(limbs, 0)
      expect(readLimbs(limbs, 0)).toBe(value)
      expectReduced(limbs)
    }),
  )
})

test('[LS1] inverses and roots undo products and squares', () => {
  fc.assert(
    fc.property(fieldNumber, value => {
      expect(modulo(value * inverseOrZero(value))).toBe(value === 0n ? 0n : 1n)
      const square = modulo(value * value)
      expect(isSquare(square)).toBe(true)
      expect([value, modulo(-value)]).toContain(squareRoot(square))
      // 7 generates the field's numbers, so that a square times 7 has no root.
      if (value !== 0n) expect(squareRoot(modulo(square * 7n))).toBeNull()
      expect(modulo(power(value, 5n) - value ** 5n)).toBe(0n)
    }),
  )
})
