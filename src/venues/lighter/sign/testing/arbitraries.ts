import fc from 'fast-check'
import { MODULUS } from '../goldilocks.ts'
import { LIMBS, type Limbs } from '../limbs.ts'
import { DEGREE } from '../quintic.ts'

/** A number of the field, its corners often: what lies at either end, and around 2^32 and 2^63. */
export const fieldNumber = fc.oneof(
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
  fc.constantFrom(0n, 1n, MODULUS - 1n, MODULUS - 2n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n),
)

export const fieldNumbers = fc.array(fieldNumber, { minLength: DEGREE, maxLength: DEGREE })

const SMALL = 2 ** 21
const TOP = 2 ** 21 + 2 ** 20 + 4

/** Numbers with limbs as far from zero as `limbs.ts` says that `weight` can bring them. */
export function limbsOfWeight(count: number, weight: number): fc.Arbitrary<Limbs> {
  const small = limb(SMALL * weight)
  const number = fc.tuple(small, small, limb(TOP * weight))
  return fc
    .array(number, { minLength: count, maxLength: count })
    .map(numbers => Float64Array.from(numbers.flat()))
}

function limb(maximum: number): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: -maximum, max: maximum }), fc.constantFrom(-maximum, 0, maximum))
}

/** The value of limbs, exactly, wherever they lie. */
export function exactValue(limbs: Limbs, index: number): bigint {
  return Array.from(limbs.subarray(index * LIMBS, (index + 1) * LIMBS)).reduceRight(
    (value, each) => value * 2n ** 22n + BigInt(each),
    0n,
  )
}

export function exactValues(limbs: Limbs): bigint[] {
  return Array.from({ length: limbs.length / LIMBS }, (_, index) => exactValue(limbs, index))
}
