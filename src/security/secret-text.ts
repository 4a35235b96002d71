import { createHash, timingSafeEqual } from 'node:crypto'
import type { SecureRandom } from '../ports/random.ts'

const SECRET_BYTES = 32
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^43 > 2^256: every secret has this length. */
export const SECRET_CHARACTERS = 43

/** 256 bits of chance in letters and digits, which survive every address, header and double click. */
export function makeSecretText(secureRandom: SecureRandom): string {
  let number = BigInt(`0x${Buffer.from(secureRandom(SECRET_BYTES)).toString('hex')}`)
  let text = ''
  while (text.length < SECRET_CHARACTERS) {
    text = BASE62.charAt(Number(number % 62n)) + text
    number /= 62n
  }
  return text
}

/** SHA-256 in hex. Enough for secrets of 256 bits: there is nothing to guess that a slow hash would protect. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Takes the same time whatever differs, and wherever: digests have one length. */
export function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}
