import { createHash } from 'node:crypto'
import { assert } from '../../../domain/result.ts'
import { addPoint, decode, encode, multiplyPoint } from './curve.ts'
import type { FixedBase } from './fixed-base.ts'
import { hash } from './poseidon2.ts'
import { coefficientsOf, DEGREE, type Quintic, quinticFromBytes, quinticToBytes } from './quintic.ts'
import { numberFromBytes, ORDER, SCALAR_BYTES, scalar, scalarFromWords, scalarToBytes } from './scalar.ts'

export const SIGNATURE_BYTES = 2 * SCALAR_BYTES
/** Chance that goes into each signature, bytes. */
export const RANDOM_BYTES = 32

/** @returns 40 bytes: the code of key times generator. @param base multiples of the generator */
export function publicKeyOf(privateKey: bigint, base: FixedBase): Uint8Array {
  return quinticToBytes(encode(base.multiply(privateKey)))
}

/**
 * Signs 40 bytes that are a field element: a transaction's or token's hash.
 *
 * The one-time number k is made of the key, the message and chance together. Chance that repeats, which would give the
 * key away were k made of it alone, then gives the same signature again.
 *
 * @param signed.random 32 bytes that nobody can guess
 * @returns 80 bytes, s then e, each little-endian
 */
export function sign(
  signed: { readonly privateKey: bigint; readonly message: Uint8Array; readonly random: Uint8Array },
  base: FixedBase,
): Uint8Array {
  const { privateKey, message, random } = signed
  assert(random.length === RANDOM_BYTES, 'a signature takes 32 bytes of chance')
  const digest = createHash('sha512')
    .update(scalarToBytes(privateKey))
    .update(random)
    .update(message)
    .digest()
  // 512 bits modulo an order of 319: what is left of a bias is far below 2^-128.
  return signWith({ privateKey, message, oneTime: scalar(numberFromBytes(digest)) }, base)
}

/**
 * s = k - e key with e = H(kG, message) (SchnorrSignHashedMessage2 in elliottech/poseidon_crypto,
 * signature/schnorr/schnorr.go). Whoever uses k for two messages has published the key: for `sign`, and for vectors.
 */
export function signWith(
  signed: { readonly privateKey: bigint; readonly message: Uint8Array; readonly oneTime: bigint },
  base: FixedBase,
): Uint8Array {
  const { privateKey, message, oneTime } = signed
  const element = quinticFromBytes(message)
  assert(element !== null, 'what is signed is a field element')
  const e = challenge(encode(base.multiply(oneTime)), element)
  const signature = new Uint8Array(SIGNATURE_BYTES)
  signature.set(scalarToBytes(scalar(oneTime - e * privateKey)))
  signature.set(scalarToBytes(e), SCALAR_BYTES)
  return signature
}

/**
 * Whether e = H(s G + e key, message). Stricter than the source in one thing: s, e and the words of key and message
 * must be in their only form, so that no two signatures are the same one.
 */
export function verify(
  signed: {
    readonly publicKey: Uint8Array
    readonly message: Uint8Array
    readonly signature: Uint8Array
  },
  base: FixedBase,
): boolean {
  const code = quinticFromBytes(signed.publicKey)
  const element = quinticFromBytes(signed.message)
  if (code === null || element === null || signed.signature.length !== SIGNATURE_BYTES) return false
  const s = numberFromBytes(signed.signature.subarray(0, SCALAR_BYTES))
  const e = numberFromBytes(signed.signature.subarray(SCALAR_BYTES))
  const point = decode(code)
  if (point === null || s >= ORDER || e >= ORDER) return false
  const sum = base.multiply(s)
  addPoint(sum, sum, multiplyPoint(point, e))
  return challenge(encode(sum), element) === e
}

function challenge(point: Quintic, message: Quintic): bigint {
  return scalarFromWords(hash([...coefficientsOf(point), ...coefficientsOf(message)], DEGREE))
}
