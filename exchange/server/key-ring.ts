import { randomBytes } from 'node:crypto'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { ApiKey, ApiKeyPermissions } from '../wire/bybit/venue.ts'

export interface KeySettings {
  readonly account: string
  /** Made up when not given. */
  readonly key?: string | undefined
  readonly secret?: string | undefined
  /** What is not given is allowed, but for withdrawals and transfers. */
  readonly permissions?: { readonly [name in keyof ApiKeyPermissions]?: boolean | undefined } | undefined
  readonly addresses?: readonly string[] | undefined
  readonly expiresAt?: number | null | undefined
  /** False where left out. */
  readonly isDemo?: boolean | undefined
}

const FIRST_USER_ID = 1_000_001
const MAXIMUM_KEYS = 100_000
/** The API keys of every account. One key belongs to one account; an account may have several. */
export class KeyRing {
  readonly #keys = new Map<string, ApiKey>()
  readonly #userIds = new Map<string, number>()

  find(key: string): ApiKey | undefined {
    return this.#keys.get(key)
  }

  all(): readonly ApiKey[] {
    return [...this.#keys.values()]
  }

  /** @param now wall clock, ms. Errors are sentences for whoever asked. */
  add(settings: KeySettings, now: number): Result<ApiKey, string> {
    const key = settings.key ?? randomBytes(9).toString('hex')
    if (this.#keys.has(key)) return err(`the key "${key}" is taken: choose another`)
    if (this.#keys.size >= MAXIMUM_KEYS) return err(`there are ${MAXIMUM_KEYS} keys, which is the limit`)
    const userId = this.#userIds.get(settings.account) ?? FIRST_USER_ID + this.#userIds.size
    this.#userIds.set(settings.account, userId)
    const made: ApiKey = {
      key,
      secret: settings.secret ?? randomBytes(18).toString('hex'),
      account: settings.account,
      userId,
      isDemo: settings.isDemo ?? false,
      permissions: {
        readOnly: settings.permissions?.readOnly ?? false,
        trade: settings.permissions?.trade ?? true,
        withdraw: settings.permissions?.withdraw ?? false,
        transfer: settings.permissions?.transfer ?? false,
      },
      addresses: settings.addresses ?? [],
      createdAt: now,
      expiresAt: settings.expiresAt ?? null,
    }
    this.#keys.set(key, made)
    return ok(made)
  }
}
