import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { LoginId } from '../domain/ids.ts'
import type { Login } from '../domain/user.ts'
import type { MasterKeys } from './master-keys.ts'
import { isSameText } from './secret-text.ts'

/** A login whose token is not exchanged for so long is over. */
export const LOGIN_IDLE_MS = 30 * 86_400_000
/** However often it is exchanged. */
export const LOGIN_MAXIMUM_MS = 90 * 86_400_000
/** How long the former token still gets the present one: its answer may have been lost on the way. */
export const REFRESH_GRACE_MS = 10_000

const TOKEN = /^lsr_([0-9a-f-]{36})\.(\d{1,15})\.([\w-]{43})$/
const loginIdSchema = z.custom<LoginId>(value => typeof value === 'string')

/** One login and generation have one token, so that it can be given a second time without being kept. */
export function refreshTokenOf({ id, generation }: Login, keys: MasterKeys): string {
  return `lsr_${id}.${generation}.${macOf(id, generation, keys)}`
}

/** @returns what the token is for; null: it is none that the present key has made */
export function readRefreshToken(
  token: string,
  keys: MasterKeys,
): { readonly loginId: LoginId; readonly generation: number } | null {
  const [, id = '', digits = '', mac = ''] = TOKEN.exec(token) ?? []
  const generation = Number(digits)
  if (!isSameText(mac, macOf(id, generation, keys))) return null
  return { loginId: loginIdSchema.parse(id), generation }
}

/** @returns our clock, ms */
export function loginExpiry(createdAt: number, usedAt: number): number {
  return Math.min(usedAt + LOGIN_IDLE_MS, createdAt + LOGIN_MAXIMUM_MS)
}

function macOf(id: string, generation: number, keys: MasterKeys): string {
  return createHmac('sha256', keys.current('refresh-token')).update(`${id}.${generation}`).digest('base64url')
}
