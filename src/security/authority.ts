import type { AccountId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { SCOPES, type User } from '../domain/user.ts'
import type { Action, Authority, Principal, Refused, Revocation } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import {
  type AccessToken,
  type AccessTokens,
  TOKEN_EXPIRED,
  TOKEN_INVALID,
  TOKEN_REVOKED,
} from './access-tokens.ts'
import { API_TOKEN_PREFIX } from './api-tokens.ts'
import { grantOf } from './permissions.ts'
import type { Revocations } from './revocations.ts'
import { digestOf } from './secret-text.ts'
import type { SecurityState } from './state.ts'
import { userOwner } from './vault.ts'

interface AuthorityParts {
  readonly clock: Clock
  readonly state: SecurityState
  readonly accessTokens: AccessTokens
  readonly revocations: Revocations
}

/** Decides by what is in memory alone. */
export class SecurityAuthority implements Authority {
  readonly #parts: AuthorityParts

  constructor(parts: AuthorityParts) {
    this.#parts = parts
  }

  async authenticate(token: string): Promise<Result<Principal, Refused>> {
    if (token.startsWith(API_TOKEN_PREFIX)) return this.#byApiToken(token)
    const read = await this.#parts.accessTokens.read(token)
    return read.ok ? this.#byAccessToken(read.value) : read
  }

  current(principal: Principal): Principal | null {
    const { expiresAt, userId, loginId, apiTokenId } = principal
    const now = this.#parts.clock.now()
    if (expiresAt !== null && expiresAt <= now) return null
    if (userId === null) return principal
    if (loginId !== null && !this.#isLoggedIn(loginId)) return null
    if (apiTokenId !== null && this.#parts.state.apiToken(apiTokenId)?.revokedAt !== null) return null
    const user = this.#parts.state.user(userId)
    return user?.status === 'active' ? { ...principal, role: user.role } : null
  }

  may(principal: Principal, action: Action, accountId: AccountId | null): boolean {
    const grant = grantOf(principal, action)
    if (grant !== 'own') return grant === 'all'
    return accountId !== null && this.#ownAccounts(principal).has(accountId)
  }

  visibleAccounts(principal: Principal): ReadonlySet<AccountId> | null {
    const grant = grantOf(principal, 'account.read')
    if (grant === 'all') return null
    return grant === 'own' ? this.#ownAccounts(principal) : new Set()
  }

  onRevoked(listener: (revocation: Revocation) => void): () => void {
    return this.#parts.revocations.listen(listener)
  }

  #ownAccounts({ userId }: Principal): ReadonlySet<AccountId> {
    return userId === null ? new Set() : this.#parts.state.accountsOf(userId)
  }

  #byApiToken(token: string): Result<Principal, Refused> {
    const { state, clock } = this.#parts
    const row = state.apiTokenByHash(digestOf(token))
    if (row === undefined) return err(TOKEN_INVALID)
    if (row.revokedAt !== null) return err(TOKEN_REVOKED)
    if (row.expiresAt !== null && row.expiresAt <= clock.now()) return err(API_TOKEN_EXPIRED)
    const user = state.user(row.userId)
    if (user?.status !== 'active') return err(TOKEN_REVOKED)
    const { id: apiTokenId, scopes, expiresAt } = row
    const actor = `token:${apiTokenId}`
    return ok({ actor, userId: user.id, role: user.role, scopes, loginId: null, apiTokenId, expiresAt })
  }

  #byAccessToken({ holder, expiresAt }: AccessToken): Result<Principal, Refused> {
    if (holder.kind === 'local') return ok({ ...LOCAL, expiresAt })
    const user: User | undefined = this.#parts.state.user(holder.userId)
    if (user?.status !== 'active' || !this.#isLoggedIn(holder.loginId)) return err(TOKEN_REVOKED)
    const { id: userId, role } = user
    const actor = userOwner(userId)
    return ok({ actor, userId, role, scopes: SCOPES, loginId: holder.loginId, apiTokenId: null, expiresAt })
  }

  #isLoggedIn(loginId: Exclude<Principal['loginId'], null>): boolean {
    const login = this.#parts.state.login(loginId)
    return login !== undefined && login.expiresAt > this.#parts.clock.now()
  }
}

const LOCAL: Omit<Principal, 'expiresAt'> = {
  actor: 'local',
  userId: null,
  role: 'owner',
  scopes: SCOPES,
  loginId: null,
  apiTokenId: null,
}

const API_TOKEN_EXPIRED: Refused = {
  ...TOKEN_EXPIRED,
  message: 'The API token has expired. Make a new one.',
}
