import { Secret, TOTP } from 'otpauth'
import { z } from 'zod'
import type { SecureRandom } from '../ports/random.ts'

/** RFC 4226 recommends 160 bits. */
const SECRET_BYTES = 20
const PERIOD_SECONDS = 30
const DIGITS = 6
/** One period early or late: clocks of phones differ. */
const WINDOW = 1
const ISSUER = 'Lockstep'
/** What authenticator apps understand without exception. */
const ALGORITHM = 'SHA1'

const totpSchema = z.strictObject({
  /** Base 32. */
  secret: z.string(),
  /** False: shown to its user, who has not yet proven to have it. */
  isConfirmed: z.boolean(),
  /** Periods since 1970: codes up to this one are used up. */
  lastPeriod: z.int(),
})

/** What is sealed as a user's second factor. */
export type Totp = Readonly<z.infer<typeof totpSchema>>

export function makeTotp(secureRandom: SecureRandom): Totp {
  const buffer = Uint8Array.from(secureRandom(SECRET_BYTES)).buffer
  return { secret: new Secret({ buffer }).base32, isConfirmed: false, lastPeriod: 0 }
}

/** For the QR code that an authenticator app reads. */
export function totpUri({ secret }: Totp, email: string): string {
  return generator(secret, email).toString()
}

/** @param at our clock, ms. @returns the state with the code used up; null: wrong, or used before */
export function useCode(totp: Totp, code: string, at: number): Totp | null {
  if (!/^\d{6}$/.test(code)) return null
  const delta = generator(totp.secret).validate({ token: code, timestamp: at, window: WINDOW })
  if (delta === null) return null
  const period = Math.floor(at / 1_000 / PERIOD_SECONDS) + delta
  return period <= totp.lastPeriod ? null : { ...totp, isConfirmed: true, lastPeriod: period }
}

export function formatTotp(totp: Totp): string {
  return JSON.stringify(totp)
}

export function parseTotp(text: string): Totp {
  return totpSchema.parse(JSON.parse(text))
}

function generator(secret: string, label = 'account'): TOTP {
  const shape = { issuer: ISSUER, algorithm: ALGORITHM, digits: DIGITS, period: PERIOD_SECONDS }
  return new TOTP({ ...shape, label, secret: Secret.fromBase32(secret) })
}
