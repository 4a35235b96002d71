import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addPoint,
  copyPoint,
  decode,
  doublePoint,
  encode,
  generator,
  multiplyPoint,
  neutral,
  type Point,
} from './curve.ts'
import { FixedBase } from './fixed-base.ts'
import { quintic, quinticToBytes } from './quintic.ts'
import { ORDER } from './scalar.ts'

const base = new FixedBase(generator())
const factor = fc.oneof(
  fc.bigInt({ min: 0n, max: ORDER - 1n }),
  // Where signed digits carry on, and where they do not.
  fc.constantFrom(0n, 1n, 127n, 128n, 129n, 255n, 256n, 0x80808080n, 0xffffffffn, ORDER - 1n),
)

function code(point: Point): string {
  return Buffer.from(quinticToBytes(encode(point))).toString('hex')
}

function sum(p: Point, q: Point): Point {
  const out = neutral()
  addPoint(out, p, q)
  return out
}

test('[LS1] the table multiplies as doubling and adding does', () => {
  fc.assert(
    fc.property(factor, number => {
      expect(code(base.multiply(number))).toBe(code(multiplyPoint(generator(), number)))
    }),
    { numRuns: 30 },
  )
})

test('[LS1] points are a group: sums of multiples are multiples of sums', () => {
  fc.assert(
    fc.property(factor, factor, (a, b) => {
      const [p, q] = [base.multiply(a), base.multiply(b)]
      expect(code(sum(p, q))).toBe(code(base.multiply((a + b) % ORDER)))
      expect(code(sum(p, neutral()))).toBe(code(p))
      const twice = neutral()
      doublePoint(twice, p)
      expect(code(twice)).toBe(code(sum(p, p)))
      copyPoint(twice, p)
      addPoint(twice, twice, twice)
      expect(code(twice)).toBe(code(sum(p, p)))
    }),
    { numRuns: 30 },
  )
})

test('[LS1] the generator has the order that is stated', () => {
  expect(code(multiplyPoint(generator(), ORDER))).toBe(code(neutral()))
})

test('[LS4] a point is read from its code, and some codes belong to none', () => {
  fc.assert(
    fc.property(factor, number => {
      const point = base.multiply(number)
      const read = decode(encode(point))
      expect(read === null ? null : code(read)).toBe(code(point))
    }),
    { numRuns: 20 },
  )
  // Half of all codes are points; these are among the vectors and by hand.
  const few = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map(number => decode(quintic([number])) !== null)
  expect(few).toContain(true)
  expect(few).toContain(false)
})
