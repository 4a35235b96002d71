import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modulo } from './goldilocks.ts'
import {
  add,
  coefficientsOf,
  DEGREE,
  equals,
  inverse,
  isSquareQuintic,
  isZero,
  multiply,
  multiplyByX,
  product,
  quintic,
  quinticFromBytes,
  quinticToBytes,
  squareRootQuintic,
  subtract,
} from './quintic.ts'
import { exactValues, fieldNumbers, limbsOfWeight } from './testing/arbitraries.ts'

/** The product modulo X^5 - 3 as one would do it on paper. */
function onPaper(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const out = Array<bigint>(DEGREE).fill(0n)
  for (const [i, x] of a.entries()) {
    for (const [j, y] of b.entries()) {
      const index = (i + j) % DEGREE
      out[index] = modulo((out[index] ?? 0n) + x * y * (i + j < DEGREE ? 1n : 3n))
    }
  }
  return out
}

test('[LS1] the fast product is that of plain whole numbers, as far as the weights go', () => {
  const factors = fc
    .constantFrom([1, 16], [2, 8], [4, 4], [16, 1])
    .chain(([left = 1, right = 1]) => fc.tuple(limbsOfWeight(DEGREE, left), limbsOfWeight(DEGREE, right)))
  fc.assert(
    fc.property(factors, ([a, b]) => {
      expect(coefficientsOf(product(a, b))).toEqual(onPaper(exactValues(a), exactValues(b)))
    }),
    { numRuns: 1_000 },
  )
})

test('[LS1] the quintic field is a field', () => {
  fc.assert(
    fc.property(fieldNumbers, fieldNumbers, fieldNumbers, (left, middle, right) => {
      const [a, b, c] = [quintic(left), quintic(middle), quintic(right)]
      const sum = quintic()
      add(sum, b, c)
      const expanded = quintic()
      add(expanded, product(a, b), product(a, c))
      expect(equals(product(a, sum), expanded)).toBe(true)
      expect(equals(product(a, product(b, c)), product(product(a, b), c))).toBe(true)
      subtract(sum, sum, c)
      expect(equals(sum, b)).toBe(true)
      expect(coefficientsOf(product(a, inverse(a)))).toEqual([isZero(a) ? 0n : 1n, 0n, 0n, 0n, 0n])
      multiplyByX(sum, a, 263)
      expect(equals(sum, product(a, quintic([0n, 263n])))).toBe(true)
    }),
  )
})

test('[LS1] a square has a root, and times 7 it has none', () => {
  fc.assert(
    fc.property(fieldNumbers, numbers => {
      const a = quintic(numbers)
      const root = squareRootQuintic(product(a, a))
      expect(root !== null && equals(product(root, root), product(a, a))).toBe(true)
      // The norm of 7 is 7^5, and 7 generates the base field's numbers.
      const odd = product(product(a, a), quintic([7n]))
      expect(isSquareQuintic(odd)).toBe(isZero(a))
      if (!isZero(a)) expect(squareRootQuintic(odd)).toBeNull()
    }),
    { numRuns: 20 },
  )
})

test('[LS4] an element has one form: a word at or above the modulus is no element', () => {
  fc.assert(
    fc.property(fieldNumbers, numbers => {
      const bytes = quinticToBytes(quintic(numbers))
      const read = quinticFromBytes(bytes)
      expect(read === null ? null : coefficientsOf(read)).toEqual(numbers)
    }),
  )
  const zeroAgain = new Uint8Array(40)
  new DataView(zeroAgain.buffer).setBigUint64(8, 0xffffffff00000001n, true)
  expect(quinticFromBytes(zeroAgain)).toBeNull()
  expect(quinticFromBytes(new Uint8Array(39))).toBeNull()
})

test('a product over one of its own factors is a bug and says so', () => {
  const a = quintic([1n])
  expect(() => multiply(a, a, quintic([2n]))).toThrow('not written over')
})
