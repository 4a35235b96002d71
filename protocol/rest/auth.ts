import { z } from 'zod'
import { ROLES, SCOPES } from '../../src/domain/user.ts'
import { emailText, nameText, passwordText, preciseTimestamp, secretText, timestamp, uuid } from './common.ts'

export const totpCode = z.string().regex(/^\d{6}$/, 'the six digits that the authenticator shows')

export const loginBody = z.strictObject({
  email: emailText,
  password: passwordText,
  totp: totpCode.optional(),
  /** True in browsers: the refresh token then comes as a cookie that no script can read, not in the body. */
  cookie: z.boolean().default(false),
})

export const refreshBody = z.strictObject({ refreshToken: secretText.optional() })

export const tokensAnswer = z.object({
  accessToken: z.string(),
  /** When the access token ends, ms. */
  expiresAt: preciseTimestamp,
  /** Null when it is in the cookie. */
  refreshToken: z.string().nullable(),
})

/** Who a token speaks for. `local` is who may read the server's data folder. */
export const selfAnswer = z.object({
  actor: z.string(),
  userId: uuid.nullable(),
  role: z.enum(ROLES),
  scopes: z.array(z.enum(SCOPES)),
  expiresAt: preciseTimestamp.nullable(),
})

export const loginAnswer = z.object({
  id: uuid,
  createdAt: preciseTimestamp,
  usedAt: preciseTimestamp,
  expiresAt: preciseTimestamp,
  userAgent: z.string(),
  address: z.string(),
  /** The one that asks. */
  current: z.boolean(),
})

export const passwordBody = z.strictObject({ current: passwordText, next: passwordText })

/** What an authenticator needs; shown once. */
export const totpAnswer = z.object({ secret: z.string(), uri: z.string() })
export const totpBody = z.strictObject({ code: totpCode })
/** The password again, for what would lock its user out. */
export const reauthenticationBody = z.strictObject({ password: passwordText })

export const apiTokenBody = z.strictObject({
  name: nameText,
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  /** Null: never. */
  expiresAt: timestamp.nullable().default(null),
})

export const apiTokenAnswer = z.object({
  id: uuid,
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: preciseTimestamp,
  expiresAt: preciseTimestamp.nullable(),
  revokedAt: preciseTimestamp.nullable(),
})

export const newApiTokenAnswer = apiTokenAnswer.extend({ token: z.string() })

/** A form's fields are all text. */
export const firstOwnerForm = z.strictObject({
  token: secretText,
  email: emailText,
  name: nameText,
  password: passwordText,
})
