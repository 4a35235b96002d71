import { assert, must } from '../../../domain/result.ts'
import {
  type AffinePoint,
  addAffine,
  addPoint,
  copyPoint,
  doublePoint,
  neutral,
  type Point,
} from './curve.ts'
import { at } from './limbs.ts'
import { inverse, product, type Quintic, quintic } from './quintic.ts'
import { ORDER, SCALAR_BYTES, scalarToBytes } from './scalar.ts'

/** Digits are signed bytes: multiples up to 128 are enough for a base of 256. */
const MULTIPLES = 128
const BASE = 256
const QUINTIC_LIMBS = quintic().length
/** An affine point: its x, then its u. */
const ENTRY = 2 * QUINTIC_LIMBS
const ROW = (MULTIPLES + 1) * ENTRY

/**
 * Multiplies one point again and again: a table holds 256^i times 0 to 128 times the point, so that a product is 40
 * sums and no doubling. The table takes 1.2 MB, and the time of some six hundred products.
 *
 * Every product does the same steps, whatever the factor. Which entries of the table it reads does depend on it: who
 * shares this machine's caches may see that, as with every table in JavaScript.
 */
export class FixedBase {
  // One block of memory: five thousand small arrays lie so far apart that reading them takes longer than the sums.
  readonly #table = new Float64Array(SCALAR_BYTES * ROW)
  readonly #chosen: AffinePoint = { x: quintic(), u: quintic() }

  constructor(base: Point) {
    const power = neutral()
    copyPoint(power, base)
    for (let row = 0; row < SCALAR_BYTES; row += 1) {
      const multiples = multiplesOf(power)
      for (const [count, { x, u }] of toAffine(multiples).entries()) {
        this.#table.set(x, row * ROW + count * ENTRY)
        this.#table.set(u, row * ROW + count * ENTRY + QUINTIC_LIMBS)
      }
      doublePoint(power, must(multiples[MULTIPLES], 'the largest multiple'))
    }
  }

  /** @param factor 0 <= factor < ORDER */
  multiply(factor: bigint): Point {
    const out = neutral()
    for (const [row, digit] of signedDigits(factor).entries()) {
      this.#choose(row * ROW + Math.abs(digit) * ENTRY, digit < 0 ? -1 : 1)
      addAffine(out, out, this.#chosen)
    }
    return out
  }

  /** The negative of a point has its u negated. */
  #choose(entry: number, sign: number): void {
    const { x, u } = this.#chosen
    for (let i = 0; i < QUINTIC_LIMBS; i += 1) {
      x[i] = at(this.#table, entry + i)
      u[i] = at(this.#table, entry + QUINTIC_LIMBS + i) * sign
    }
  }
}

/** factor = sum of digits[i] 256^i, with -128 < digits[i] <= 128. */
function signedDigits(factor: bigint): number[] {
  assert(factor >= 0n && factor < ORDER, 'a scalar is below the order')
  let carry = 0
  // The order is below 2^319, so that the last digit is at most 128 and carries nothing on.
  return Array.from(scalarToBytes(factor), byte => {
    const digit = byte + carry
    carry = digit > MULTIPLES ? 1 : 0
    return digit - carry * BASE
  })
}

function multiplesOf(base: Point): Point[] {
  const multiples = [neutral()]
  for (let count = 1; count <= MULTIPLES; count += 1) {
    const next = neutral()
    addPoint(next, must(multiples[count - 1], 'the multiple before'), base)
    multiples.push(next)
  }
  return multiples
}

function toAffine(points: readonly Point[]): AffinePoint[] {
  const inverses = invertAll(points.flatMap(({ z, t }) => [z, t]))
  return points.map(({ x, u }, index) => ({
    x: product(x, must(inverses[2 * index], 'an inverse of z')),
    u: product(u, must(inverses[2 * index + 1], 'an inverse of t')),
  }))
}

/** One inversion for all, by Montgomery's trick. @param elements none of them 0 */
function invertAll(elements: readonly Quintic[]): Quintic[] {
  let all = quintic([1n])
  const before = elements.map(element => {
    const others = all
    all = product(all, element)
    return others
  })
  let rest = inverse(all)
  const inverses = elements.map((_, index) => {
    const last = elements.length - 1 - index
    const inverted = product(rest, must(before[last], 'what came before each element'))
    rest = product(rest, must(elements[last], 'an element of the list'))
    return inverted
  })
  return inverses.reverse()
}
