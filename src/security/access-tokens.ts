import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { LoginId, UserId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Refused } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { MasterKeys } from './master-keys.ts'

export const ACCESS_TOKEN_MS = 15 * 60_000
/** Longer texts are no tokens of ours, and are not looked into. */
export const MAXIMUM_TOKEN_CHARACTERS = 1_024
/** The only one that is made, and the only one that is taken, whatever a token says of itself. */
const ALGORITHM = 'HS256'
const TYPE = 'at+jwt'
const ISSUER = 'lockstep'
const AUDIENCE = 'lockstep'
const LOCAL = 'local'

/** Whose an access token is. */
export type TokenHolder =
  | { readonly kind: 'login'; readonly userId: UserId; readonly loginId: LoginId }
  /** Who may read the data folder. */
  | { readonly kind: 'local' }

export interface AccessToken {
  readonly holder: TokenHolder
  /** Our clock, ms. */
  readonly expiresAt: number
}

const userIdSchema = z.custom<UserId>(value => typeof value === 'string')
const loginIdSchema = z.custom<LoginId>(value => typeof value === 'string')
const claimsSchema = z.union([
  z.object({ sub: z.literal(LOCAL), sid: z.undefined().optional(), exp: z.int() }),
  z.object({ sub: userIdSchema, sid: loginIdSchema, exp: z.int() }),
])

/** Short-lived proof of a login, which costs no look into the store. */
export class AccessTokens {
  readonly #keys: MasterKeys
  readonly #clock: Clock

  constructor(parts: { keys: MasterKeys; clock: Clock }) {
    this.#keys = parts.keys
    this.#clock = parts.clock
  }

  /** @param endsAt our clock, ms: it is worth nothing after it, nor after fifteen minutes */
  async sign(
    holder: TokenHolder,
    endsAt = Number.POSITIVE_INFINITY,
  ): Promise<{ token: string; expiresAt: number }> {
    const now = this.#clock.now()
    const expiresAtSeconds = Math.floor(Math.min(now + ACCESS_TOKEN_MS, endsAt) / 1_000)
    const token = await new SignJWT(holder.kind === 'login' ? { sid: holder.loginId } : {})
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(holder.kind === 'login' ? holder.userId : LOCAL)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(expiresAtSeconds)
      .sign(this.#keys.current('access-token'))
    return { token, expiresAt: expiresAtSeconds * 1_000 }
  }

  async read(token: string): Promise<Result<AccessToken, Refused>> {
    if (token === '') return err(TOKEN_MISSING)
    if (token.length > MAXIMUM_TOKEN_CHARACTERS) return err(TOKEN_INVALID)
    try {
      const { payload } = await jwtVerify(token, this.#keys.current('access-token'), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        currentDate: new Date(this.#clock.now()),
      })
      const claims = claimsSchema.parse(payload)
      const expiresAt = claims.exp * 1_000
      if (claims.sid === undefined) return ok({ holder: { kind: 'local' }, expiresAt })
      return ok({ holder: { kind: 'login', userId: claims.sub, loginId: claims.sid }, expiresAt })
    } catch (error) {
      // jose looks at the signature first: only a token of ours is ever called expired.
      return err(error instanceof errors.JWTExpired ? TOKEN_EXPIRED : TOKEN_INVALID)
    }
  }
}

export const TOKEN_MISSING: Refused = {
  code: 'token_missing',
  message: 'No token was given. Log in, or give an API token.',
}
export const TOKEN_INVALID: Refused = {
  code: 'token_invalid',
  message: 'The token is not one of this server. Log in again, or give an API token.',
}
export const TOKEN_EXPIRED: Refused = {
  code: 'token_expired',
  message: 'The token has expired. Exchange the refresh token for a new one, or log in again.',
}
export const TOKEN_REVOKED: Refused = {
  code: 'token_revoked',
  message: 'The token was revoked. Log in again, or ask an owner for access.',
}
