import { assert } from '../../../domain/result.ts'
import { inverseOrZero, isSquare, MODULUS, power, squareRoot } from './goldilocks.ts'
import { at, LIMBS, type Limbs, readLimbs, reduceColumns, reduceLimbs, writeLimbs } from './limbs.ts'

/**
 * The field with p^5 elements: polynomials below degree 5 modulo X^5 - 3, least coefficient first
 * (FP5_W and Element in elliottech/poseidon_crypto, field/goldilocks_quintic_extension).
 * `out` is written and comes first; weights are those of `limbs.ts`.
 */
export type Quintic = Limbs

export const DEGREE = 5
export const QUINTIC_BYTES = 40
const LENGTH = DEGREE * LIMBS
/** X^5. */
const W = 3
/** X^p is X times this (FP5_DTH_ROOT there). */
const FIFTH_ROOT = 1041288259238279555n

/** @param coefficients up to five, each 0 <= c < 2^64; those left out are 0 */
export function quintic(coefficients: readonly bigint[] = []): Quintic {
  assert(coefficients.length <= DEGREE, 'a quintic has five coefficients')
  const element = new Float64Array(LENGTH)
  for (const [index, coefficient] of coefficients.entries()) {
    writeLimbs(element, index * LIMBS, coefficient)
  }
  return element
}

/** The five coefficients, each 0 <= c < p. */
export function coefficientsOf(element: Quintic): bigint[] {
  return Array.from({ length: DEGREE }, (_, index) => readLimbs(element, index * LIMBS))
}

/** Five words of 64 bits, little-endian, as the venue writes keys and hashes. */
export function quinticToBytes(element: Quintic): Uint8Array {
  const bytes = new Uint8Array(QUINTIC_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, coefficient] of coefficientsOf(element).entries()) {
    view.setBigUint64(index * 8, coefficient, true)
  }
  return bytes
}

/** @returns null unless there are 40 bytes, every word of them below p: one element has one form */
export function quinticFromBytes(bytes: Uint8Array): Quintic | null {
  if (bytes.length !== QUINTIC_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const words = Array.from({ length: DEGREE }, (_, index) => view.getBigUint64(index * 8, true))
  return words.every(word => word < MODULUS) ? quintic(words) : null
}

export function copy(out: Quintic, a: Quintic): void {
  out.set(a)
}

/** The weights add up, here and in `subtract`. `out` may be `a` or `b`. */
export function add(out: Quintic, a: Quintic, b: Quintic): void {
  for (let i = 0; i < LENGTH; i += 1) out[i] = at(a, i) + at(b, i)
}

export function subtract(out: Quintic, a: Quintic, b: Quintic): void {
  for (let i = 0; i < LENGTH; i += 1) out[i] = at(a, i) - at(b, i)
}

/** `factor` multiplies the weight, its sign the element. */
export function scale(out: Quintic, a: Quintic, factor: number): void {
  for (let i = 0; i < LENGTH; i += 1) out[i] = at(a, i) * factor
}

/** In its place. */
export function reduce(element: Quintic): void {
  for (let i = 0; i < LENGTH; i += LIMBS) reduceLimbs(element, i)
}

/** out = a b, reduced. `out` is neither `a` nor `b`; the product of their weights is at most 16. */
export function multiply(out: Quintic, a: Quintic, b: Quintic): void {
  assert(out !== a && out !== b, 'a product is not written over its factors')
  for (let k = 0; k < LENGTH; k += LIMBS) {
    let c0 = 0
    let c1 = 0
    let c2 = 0
    let c3 = 0
    let c4 = 0
    for (let i = 0; i < LENGTH; i += LIMBS) {
      const wraps = i > k
      const factor = wraps ? W : 1
      const j = wraps ? k - i + LENGTH : k - i
      const a0 = at(a, i) * factor
      const a1 = at(a, i + 1) * factor
      const a2 = at(a, i + 2) * factor
      const b0 = at(b, j)
      const b1 = at(b, j + 1)
      const b2 = at(b, j + 2)
      c0 += a0 * b0
      c1 += a0 * b1 + a1 * b0
      c2 += a0 * b2 + a1 * b1 + a2 * b0
      c3 += a1 * b2 + a2 * b1
      c4 += a2 * b2
    }
    reduceColumns(out, k, c0, c1, c2, c3, c4)
  }
}

/** out = factor X a, reduced. `out` is not `a`. @param factor its product with the weight of `a` is below 2^20 */
export function multiplyByX(out: Quintic, a: Quintic, factor: number): void {
  assert(out !== a, 'a product is not written over its factors')
  for (let i = 0; i < LIMBS; i += 1) out[i] = at(a, LENGTH - LIMBS + i) * (factor * W)
  for (let i = LIMBS; i < LENGTH; i += 1) out[i] = at(a, i - LIMBS) * factor
  reduce(out)
}

/** @param a and b: of any weight that `multiply` takes */
export function equals(a: Quintic, b: Quintic): boolean {
  const others = coefficientsOf(b)
  return coefficientsOf(a).every((coefficient, index) => coefficient === others[index])
}

export function isZero(a: Quintic): boolean {
  return coefficientsOf(a).every(coefficient => coefficient === 0n)
}

/** a^(p^times), reduced: each coefficient times a power of the fifth root. */
function frobenius(a: Quintic, times: number): Quintic {
  const factor = power(FIFTH_ROOT, BigInt(times))
  return quintic(coefficientsOf(a).map((each, index) => (each * power(factor, BigInt(index))) % MODULUS))
}

/**
 * The product of a's other conjugates, a^(p + p^2 + p^3 + p^4), and a times that: the norm, which lies in the base
 * field (InverseOrZero there, after Itoh and Tsujii).
 */
function conjugates(a: Quintic): { readonly others: Quintic; readonly norm: bigint } {
  const first = frobenius(a, 1)
  const pair = product(first, frobenius(first, 1))
  const others = product(pair, frobenius(pair, 2))
  return { others, norm: readLimbs(product(a, others), 0) }
}

/** @returns 0 for 0 */
export function inverse(a: Quintic): Quintic {
  const { others, norm } = conjugates(a)
  return timesNumber(others, inverseOrZero(norm))
}

/** True for 0 too. An element is a square where its norm is one: p - 1 divides what is left of the exponent. */
export function isSquareQuintic(a: Quintic): boolean {
  return isSquare(conjugates(a).norm)
}

/** One of both roots; null where there is none (Sqrt there). */
export function squareRootQuintic(a: Quintic): Quintic | null {
  if (isZero(a)) return quintic()
  // e = a^((p^4 + p^3 + p^2 + p) / 2) = d^p d^(p^3) with d = a^((p + 1) / 2): a e^2 is the norm, and sqrt(norm) / e the root.
  const low = squared(a, 31)
  const d = product(product(a, squared(low, 32)), inverse(low))
  const e = frobenius(product(d, frobenius(d, 2)), 1)
  const root = squareRoot(readLimbs(product(a, product(e, e)), 0))
  return root === null ? null : timesNumber(inverse(e), root)
}

function squared(a: Quintic, times: number): Quintic {
  let result = a
  for (let count = 0; count < times; count += 1) result = product(result, result)
  return result
}

function timesNumber(a: Quintic, factor: bigint): Quintic {
  return quintic(coefficientsOf(a).map(each => (each * factor) % MODULUS))
}

/** A product of its own, where time does not matter. */
export function product(a: Quintic, b: Quintic): Quintic {
  const out = quintic()
  multiply(out, a, b)
  return out
}
