import { assert } from '../../../domain/result.ts'

/**
 * Numbers modulo the order of the group, on bigint: one product and one difference per signature.
 */

/** The group's prime order, below 2^319 (ORDER in elliottech/poseidon_crypto, curve/ecgfp5/scalar_field.go). */
export const ORDER =
  1067993516717146951041484916571792702745057740581727230159139685185762082554198619328292418486241n

export const SCALAR_BYTES = 40

/** @param value any whole number. @returns 0 <= scalar < ORDER */
export function scalar(value: bigint): bigint {
  const rest = value % ORDER
  return rest < 0n ? rest + ORDER : rest
}

/** @param bytes little-endian, of any length; not reduced */
export function numberFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}

/** @param value 0 <= value < ORDER. @returns 40 bytes, little-endian */
export function scalarToBytes(value: bigint): Uint8Array {
  assert(value >= 0n && value < ORDER, 'a scalar is below the order')
  return Buffer.from(value.toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex').reverse()
}

/** Five field elements as one number, the least first (FromGfp5 there). @returns 0 <= scalar < ORDER */
export function scalarFromWords(words: readonly bigint[]): bigint {
  return scalar(words.reduceRight((number, word) => (number << 64n) | word, 0n))
}
