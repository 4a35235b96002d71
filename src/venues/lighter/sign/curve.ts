import { must } from '../../../domain/result.ts'
import {
  add,
  copy,
  inverse,
  isSquareQuintic,
  isZero,
  multiply,
  multiplyByX,
  product,
  type Quintic,
  quintic,
  reduce,
  scale,
  squareRootQuintic,
  subtract,
} from './quintic.ts'

/**
 * ECgFp5: the points of y^2 = x (x^2 + 2 x + 263 X) over the quintic field, as the group that Thomas Pornin made of
 * them: of prime order, each element with one code, one formula for all sums (github.com/pornin/ecgfp5; formulas and
 * constants as in elliottech/poseidon_crypto, curve/ecgfp5/point.go).
 *
 * A point is a pair of fractions, x = x/z and x/y = u/t. Weights stay at 1 for x and u, and at 2 for z and t.
 */
export interface Point {
  readonly x: Quintic
  readonly z: Quintic
  readonly u: Quintic
  readonly t: Quintic
}

/** A point whose z and t are 1. */
export interface AffinePoint {
  readonly x: Quintic
  readonly u: Quintic
}

/** The curve's b is this times X (B1 there); its a is 2. */
const B = 263

const GENERATOR_X = [
  12883135586176881569n,
  4356519642755055268n,
  5248930565894896907n,
  2165973894480315022n,
  2448410071095648785n,
]

export function neutral(): Point {
  return { x: quintic(), z: quintic([1n]), u: quintic(), t: quintic([1n]) }
}

/** GENERATOR_ECgFp5Point there. */
export function generator(): Point {
  return { x: quintic(GENERATOR_X), z: quintic([1n]), u: quintic([1n]), t: quintic([4n]) }
}

export function copyPoint(out: Point, p: Point): void {
  copy(out.x, p.x)
  copy(out.z, p.z)
  copy(out.u, p.u)
  copy(out.t, p.t)
}

// Temporaries of the formulas below, for all points: a typed array costs more to make than a multiplication, and
// nothing awaits while they are in use. Names as in the source.
const [t1, t2, t3, t4] = [quintic(), quintic(), quintic(), quintic()]
const [t5, t6, t7, t8] = [quintic(), quintic(), quintic(), quintic()]
const [t9, t10, left, right] = [quintic(), quintic(), quintic(), quintic()]

/** out = p + q; 10 multiplications. `out` may be `p` or `q`. */
export function addPoint(out: Point, p: Point, q: Point): void {
  multiply(t1, p.x, q.x)
  multiply(t2, p.z, q.z)
  multiply(t3, p.u, q.u)
  multiply(t4, p.t, q.t)
  multiplySums(t5, p.x, p.z, q.x, q.z)
  subtract(t5, t5, t1)
  subtract(t5, t5, t2)
  multiplySums(t6, p.u, p.t, q.u, q.t)
  subtract(t6, t6, t3)
  subtract(t6, t6, t4)
  finishSum(out)
}

/** out = p + q; 8 multiplications. `out` may be `p`. */
export function addAffine(out: Point, p: Point, q: AffinePoint): void {
  multiply(t1, p.x, q.x)
  copy(t2, p.z)
  multiply(t3, p.u, q.u)
  copy(t4, p.t)
  multiply(t5, q.x, p.z)
  add(t5, t5, p.x)
  multiply(t6, q.u, p.t)
  add(t6, t6, p.u)
  finishSum(out)
}

function multiplySums(out: Quintic, a: Quintic, b: Quintic, c: Quintic, d: Quintic): void {
  add(left, a, b)
  add(right, c, d)
  multiply(out, left, right)
}

/** From t1 to t6, of weights 1 1 1 2 3 3 at most. */
function finishSum(out: Point): void {
  multiplyByX(left, t2, B)
  add(t7, t1, left)
  subtract(left, left, t1)
  multiply(out.u, t6, left)
  multiply(t8, t4, t7)
  multiplyByX(left, t5, 2 * B)
  add(left, left, t7)
  add(left, left, t7)
  multiply(t9, t3, left)
  scale(left, t3, 2)
  add(left, left, t4)
  add(right, t5, t7)
  multiply(t10, left, right)
  subtract(left, t10, t8)
  multiplyByX(out.x, left, B)
  subtract(out.z, t8, t9)
  add(out.t, t8, t9)
}

/** out = p + p; 4 multiplications and 5 squares. `out` may be `p`. */
export function doublePoint(out: Point, p: Point): void {
  multiply(t1, p.z, p.t)
  multiply(t2, t1, p.t)
  multiply(t3, p.u, p.u)
  multiply(t4, t1, p.u)
  add(left, p.x, p.z)
  scale(left, left, 2)
  multiply(t5, t3, left)
  subtract(t5, t2, t5)
  multiply(t6, t2, t2)
  multiply(t7, t4, t4)
  multiplyByX(out.x, t7, 4 * B)
  multiply(t8, t5, t5)
  copy(out.z, t8)
  add(left, t5, t4)
  multiply(t9, left, left)
  subtract(t9, t9, t7)
  subtract(out.u, t9, t8)
  reduce(out.u)
  scale(t6, t6, 2)
  scale(t7, t7, 4)
  subtract(t6, t6, t7)
  subtract(out.t, t6, t8)
  reduce(out.t)
}

/** @returns the group element's only code, w = t / u; 0 for the neutral point */
export function encode(p: Point): Quintic {
  return product(p.t, inverse(p.u))
}

/** @returns null where no point has this code */
export function decode(w: Quintic): Point | null {
  if (isZero(w)) return neutral()
  // With y = w x the curve is x^2 - (w^2 - a) x + b = 0. Of its two roots the one that is no square is in the group.
  const e = product(w, w)
  subtract(e, e, quintic([2n]))
  const delta = product(e, e)
  subtract(delta, delta, quintic([0n, BigInt(4 * B)]))
  const root = squareRootQuintic(delta)
  if (root === null) return null
  const x = quintic()
  add(x, e, root)
  const half = inverse(quintic([2n]))
  const first = product(x, half)
  if (!isSquareQuintic(first)) return { x: first, z: quintic([1n]), u: quintic([1n]), t: w.slice() }
  subtract(x, e, root)
  return { x: product(x, half), z: quintic([1n]), u: quintic([1n]), t: w.slice() }
}

const WINDOW_BITS = 4

/**
 * p times a number, for a point that comes once: 320 doublings and 80 sums.
 *
 * @param factor 0 <= factor < 2^320
 */
export function multiplyPoint(p: Point, factor: bigint): Point {
  const multiples = [neutral()]
  for (let count = 1; count < 2 ** WINDOW_BITS; count += 1) {
    const next = neutral()
    addPoint(next, must(multiples[count - 1], 'the multiple before'), p)
    multiples.push(next)
  }
  const out = neutral()
  for (const digit of factor.toString(2 ** WINDOW_BITS)) {
    for (let bit = 0; bit < WINDOW_BITS; bit += 1) doublePoint(out, out)
    addPoint(out, out, must(multiples[Number.parseInt(digit, 2 ** WINDOW_BITS)], 'a multiple for each digit'))
  }
  return out
}
