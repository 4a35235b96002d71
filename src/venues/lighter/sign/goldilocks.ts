import { assert } from '../../../domain/result.ts'

/**
 * The Goldilocks field, on bigint: whole numbers from 0 to below p. Slow and plain: what runs once per signature, and
 * what the fast arithmetic in `limbs.ts` is measured against.
 */

/** p = 2^64 - 2^32 + 1 (ORDER in elliottech/poseidon_crypto, field/goldilocks/goldilocks_plonky2.go). */
export const MODULUS = 0xffffffff00000001n
/** p - 1 is 2^32 times an odd number (TWO_ADICITY there). */
const TWO_ADICITY = 32
/** Its order is 2^32 (POWER_OF_TWO_GENERATOR there). */
const POWER_OF_TWO_GENERATOR = 7277203076849721926n

/** @param value any whole number, negative ones too */
export function modulo(value: bigint): bigint {
  const rest = value % MODULUS
  return rest < 0n ? rest + MODULUS : rest
}

/** @param exponent 0 or more */
export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = modulo(base)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % MODULUS
    square = (square * square) % MODULUS
  }
  return result
}

/** @returns 0 for 0, which is what the curve's formulas need of the neutral point */
export function inverseOrZero(value: bigint): bigint {
  return power(value, MODULUS - 2n)
}

/** True for 0 too. */
export function isSquare(value: bigint): boolean {
  return power(value, (MODULUS - 1n) / 2n) !== MODULUS - 1n
}

/** One of both roots, by Tonelli and Shanks; null where there is none. */
export function squareRoot(value: bigint): bigint | null {
  const square = modulo(value)
  if (square === 0n) return 0n
  if (!isSquare(square)) return null
  const odd = (MODULUS - 1n) >> BigInt(TWO_ADICITY)
  const half = power(square, (odd - 1n) / 2n)
  let root = (square * half) % MODULUS
  let remainder = (root * half) % MODULUS
  let generator = POWER_OF_TWO_GENERATOR
  let order = TWO_ADICITY
  while (remainder !== 1n) {
    const next = orderOf(remainder)
    // Of an element that has a root the order shrinks in each round: at most 32 of them.
    assert(next < order, 'the order of a square shrinks')
    const factor = power(generator, 1n << BigInt(order - next - 1))
    root = (root * factor) % MODULUS
    generator = (factor * factor) % MODULUS
    remainder = (remainder * generator) % MODULUS
    order = next
  }
  return root
}

/** The k for which value^(2^k) is 1. */
function orderOf(value: bigint): number {
  let k = 0
  for (let square = value; square !== 1n; square = (square * square) % MODULUS) k += 1
  return k
}
