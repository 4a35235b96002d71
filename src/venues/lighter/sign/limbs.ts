import { MODULUS, modulo } from './goldilocks.ts'

/**
 * The Goldilocks field, fast: a number is three limbs of 22 bits in doubles, l0 + l1 2^22 + l2 2^44, any of them below
 * zero too. A double holds whole numbers up to 2^53 exactly, so that products of limbs (44 bits) can be summed by the
 * hundred before anything is carried, and sums and differences need no carry at all. On Node 24 this multiplies in the
 * quintic extension seven times as fast as bigint does (`npm run bench -- sign`).
 *
 * What was carried is *reduced*: |l0|, |l1| <= 2^21, |l2| <= 2^21 + 2^20 + 4. A sum of n reduced numbers has *weight* n.
 */
export type Limbs = Float64Array

export const LIMBS = 3
const BITS = 22n
const MASK = (1n << BITS) - 1n
const PER_LIMB = 2 ** -22
/** Doubles of this size are 2^22 apart: adding it and taking it away rounds to a multiple of 2^22. */
const ROUNDER = 3 * 2 ** 73

/** A limb that is there: indexing a typed array inside its length costs nothing more by the `??`. */
export function at(limbs: Limbs, index: number): number {
  return limbs[index] ?? 0
}

/** Reads the number at `offset`. @returns 0 <= value < p */
export function readLimbs(limbs: Limbs, offset: number): bigint {
  const low = BigInt(at(limbs, offset)) + (BigInt(at(limbs, offset + 1)) << BITS)
  return modulo(low + (BigInt(at(limbs, offset + 2)) << (2n * BITS)))
}

/** Writes `value` at `offset`, reduced. @param value 0 <= value < 2^64 */
export function writeLimbs(limbs: Limbs, offset: number, value: bigint): void {
  const canonical = value % MODULUS
  limbs[offset] = Number(canonical & MASK)
  limbs[offset + 1] = Number((canonical >> BITS) & MASK)
  limbs[offset + 2] = Number(canonical >> (2n * BITS))
  reduceLimbs(limbs, offset)
}

/** Reduces the number at `offset` in its place; its limbs may be as large as 2^52. */
export function reduceLimbs(limbs: Limbs, offset: number): void {
  carry(limbs, offset, at(limbs, offset), at(limbs, offset + 1), at(limbs, offset + 2))
}

/**
 * Writes a product, reduced. The columns of the schoolbook multiplication, least first, are five numbers and no array:
 * so they stay in registers, here, where a signature comes through some five thousand times. Each may be as large as 2^52.
 */
export function reduceColumns(
  out: Limbs,
  offset: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  c4: number,
): void {
  // 2^66 = 2^34 - 4 and 2^110 = -2^14, both modulo p. What is multiplied by 2^12 is made small first.
  const carry3 = multipleOfLimb(c3)
  const l3 = c3 - carry3
  const d4 = c4 + carry3 * PER_LIMB
  const carry4 = multipleOfLimb(d4)
  const l4 = d4 - carry4
  carry(out, offset, c0 - 4 * l3 - carry4 * 2 ** -8, c1 + 4096 * l3 - 4 * l4, c2 + 4096 * l4)
}

function carry(out: Limbs, offset: number, c0: number, c1: number, c2: number): void {
  const carry0 = multipleOfLimb(c0)
  const d1 = c1 + carry0 * PER_LIMB
  const carry1 = multipleOfLimb(d1)
  const d2 = c2 + carry1 * PER_LIMB
  const carry2 = multipleOfLimb(d2)
  const top = carry2 * PER_LIMB
  // `top` counts 2^66 = 2^34 - 4: the second round carries what it adds. What is left in
  // l2 is what the bound above allows.
  const e0 = c0 - carry0 - 4 * top
  const carry3 = multipleOfLimb(e0)
  const e1 = d1 - carry1 + 4096 * top + carry3 * PER_LIMB
  const carry4 = multipleOfLimb(e1)
  out[offset] = e0 - carry3
  out[offset + 1] = e1 - carry4
  out[offset + 2] = d2 - carry2 + carry4 * PER_LIMB
}

function multipleOfLimb(value: number): number {
  return value + ROUNDER - ROUNDER
}

/** out = a b, each a single number at the beginning of its array. @param a and b: the product of their weights <= 256 */
export function multiplyLimbs(out: Limbs, a: Limbs, b: Limbs): void {
  const a0 = at(a, 0)
  const a1 = at(a, 1)
  const a2 = at(a, 2)
  const b0 = at(b, 0)
  const b1 = at(b, 1)
  const b2 = at(b, 2)
  reduceColumns(out, 0, a0 * b0, a0 * b1 + a1 * b0, a0 * b2 + a1 * b1 + a2 * b0, a1 * b2 + a2 * b1, a2 * b2)
}

/** out += a, limb by limb, nothing reduced: the weights add up. For arrays of one length. */
export function addLimbs(out: Limbs, a: Limbs): void {
  for (let i = 0; i < out.length; i += 1) out[i] = at(out, i) + at(a, i)
}
