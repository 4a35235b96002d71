import { type ApiTokenId, type UserId, uuidv7 } from '../domain/ids.ts'
import { ok, type Result } from '../domain/result.ts'
import { type ApiToken, SCOPES, type Scope } from '../domain/user.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random, SecureRandom } from '../ports/random.ts'
import type { Ledger } from './ledger.ts'
import { parseName } from './names.ts'
import { type Refusal, refuse } from './refusal.ts'
import { digestOf, makeSecretText } from './secret-text.ts'
import type { SecurityState } from './state.ts'
import { userOwner } from './vault.ts'

/** So that a token that was pasted somewhere is found by those who search for such. */
export const API_TOKEN_PREFIX = 'lsk_'
export const MAXIMUM_API_TOKENS_PER_USER = 50

interface ApiTokensParts {
  readonly clock: Clock
  readonly random: Random
  readonly secureRandom: SecureRandom
  readonly state: SecurityState
  readonly ledger: Ledger
}

/** What programs log in with. */
export class ApiTokens {
  readonly #parts: ApiTokensParts

  constructor(parts: ApiTokensParts) {
    this.#parts = parts
  }

  /** Those that are worth something. */
  list(userId: UserId): readonly ApiToken[] {
    const now = this.#parts.clock.now()
    const isAlive = ({ revokedAt, expiresAt }: ApiToken): boolean =>
      revokedAt === null && (expiresAt === null || expiresAt > now)
    return this.#parts.state.apiTokensOf(userId).filter(isAlive)
  }

  /**
   * @param input.expiresAt our clock, ms; null: never
   * @returns the row, and the token, which is shown this once and kept nowhere
   */
  async create(input: {
    readonly userId: UserId
    readonly name: string
    readonly scopes: readonly Scope[]
    readonly expiresAt: number | null
  }): Promise<Result<{ apiToken: ApiToken; token: string }, Refusal>> {
    const { userId, scopes, expiresAt } = input
    const { clock, random, secureRandom, ledger, state } = this.#parts
    const name = parseName(input.name)
    if (name === null) return refuse('invalid', 'Give the token a name of at most 100 characters.')
    if (scopes.length === 0) return refuse('invalid', `Give the token a scope: ${SCOPES.join(', ')}.`)
    const now = clock.now()
    if (expiresAt !== null && expiresAt <= now)
      return refuse('invalid', 'The token would have expired already. Choose a later time.')
    const token = `${API_TOKEN_PREFIX}${makeSecretText(secureRandom)}`
    return ledger.run(() => {
      if (state.user(userId) === undefined) return refuse('not_found', 'There is no such user.')
      if (this.list(userId).length >= MAXIMUM_API_TOKENS_PER_USER)
        return refuse('conflict', `There are ${MAXIMUM_API_TOKENS_PER_USER} tokens. Revoke one first.`)
      const id: ApiTokenId = uuidv7(now, random.bytes(10))
      const unique = SCOPES.filter(scope => scopes.includes(scope))
      const shown = { id, userId, name, scopes: unique, createdAt: now, expiresAt, revokedAt: null }
      const row: ApiToken = { ...shown, hash: digestOf(token) }
      const detail = { token: id, name, scopes: unique.join(' ') }
      const act = { actor: userOwner(userId), action: 'token.create', subject: userOwner(userId), detail }
      return ok({ act, writes: [{ kind: 'api_token', row }], value: { apiToken: row, token } })
    })
  }

  /** @param userId whose it has to be; null: anybody's */
  async revoke(input: {
    readonly by: string
    readonly userId: UserId | null
    readonly apiTokenId: ApiTokenId
  }): Promise<Result<void, Refusal>> {
    const { by, userId, apiTokenId } = input
    return this.#parts.ledger.run(() => {
      const row = this.#parts.state.apiToken(apiTokenId)
      if (row === undefined || row.revokedAt !== null || (userId !== null && row.userId !== userId))
        return refuse('not_found', 'There is no such token. It may have been revoked already.')
      const revoked: ApiToken = { ...row, revokedAt: this.#parts.clock.now() }
      const detail = { token: apiTokenId }
      const act = { actor: by, action: 'token.revoke', subject: userOwner(row.userId), detail }
      const revokes = [{ userId: row.userId, loginId: null, apiTokenId, reason: 'The token was revoked.' }]
      return ok({ act, writes: [{ kind: 'api_token', row: revoked }], value: undefined, revokes })
    })
  }
}
