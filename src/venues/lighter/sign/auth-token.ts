import { err, ok, type Result } from '../../../domain/result.ts'
import { hash } from './poseidon2.ts'
import { DEGREE, quintic, quinticToBytes } from './quintic.ts'

/** Who asks, and until when the token is good. */
export interface AuthToken {
  readonly accountIndex: number
  readonly apiKeyIndex: number
  /** Seconds since 1970; the venue takes at most 8 hours ahead. */
  readonly deadlineSeconds: number
}

const WORD_BYTES = 8

/** The part of the token that is signed (ConstructAuthToken in elliottech/lighter-go, types/tx_request.go). */
export function tokenText({ deadlineSeconds, accountIndex, apiKeyIndex }: AuthToken): Result<string, string> {
  for (const [name, value] of Object.entries({ deadlineSeconds, accountIndex, apiKeyIndex })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      return err(`auth token: ${name} is ${value}; it must be a whole number of at least 0.`)
    }
  }
  return ok(`${deadlineSeconds}:${accountIndex}:${apiKeyIndex}`)
}

/** Eight letters to a number, little-endian, the last one filled up with zero bytes. @returns 40 bytes to sign */
export function tokenHash(text: string): Uint8Array {
  const words = Math.ceil(text.length / WORD_BYTES)
  const bytes = Buffer.alloc(words * WORD_BYTES)
  bytes.write(text, 'ascii')
  const numbers = Array.from({ length: words }, (_, index) => bytes.readBigUInt64LE(index * WORD_BYTES))
  return quinticToBytes(quintic(hash(numbers, DEGREE)))
}

export function signedToken(text: string, signature: Uint8Array): string {
  return `${text}:${Buffer.from(signature).toString('hex')}`
}
