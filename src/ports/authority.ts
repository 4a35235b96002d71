import type { AccountId, ApiTokenId, LoginId, UserId } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { Role, Scope } from '../domain/user.ts'

/** Who acts, as a token has shown. */
export interface Principal {
  /** What the audit chain says: `user:<id>`, `token:<id>` or `local`. */
  readonly actor: string
  /** Null: `local`, who may read the data folder and is an owner. */
  readonly userId: UserId | null
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly loginId: LoginId | null
  readonly apiTokenId: ApiTokenId | null
  /** Our clock, ms: the token is worth nothing after it; null: never. */
  readonly expiresAt: number | null
}

/** What may be asked for. Whatever is not granted to a role is refused (security/permissions.ts). */
export type Action =
  | 'account.read'
  | 'account.trade'
  | 'account.manage'
  | 'strategy.read'
  | 'strategy.manage'
  | 'strategy.pause'
  | 'source.read'
  | 'source.manage'
  | 'source.signal'
  | 'pair.read'
  | 'pair.manage'
  | 'pair.trade'
  | 'history.sync'
  | 'market.read'
  | 'notice.read'
  | 'notice.acknowledge'
  | 'system.read'
  | 'system.manage'
  | 'user.manage'
  | 'audit.read'
  | 'self'

/** Why a token is not taken; the text says what to do and gives nothing away. */
export interface Refused {
  readonly code: 'token_missing' | 'token_invalid' | 'token_expired' | 'token_revoked'
  readonly message: string
}

/** Whose sessions end, and why: sockets close and requests are refused from now on. */
export interface Revocation {
  readonly userId: UserId | null
  readonly loginId: LoginId | null
  readonly apiTokenId: ApiTokenId | null
  readonly reason: string
}

/** Says who somebody is and what they may do. In memory, so that it costs no query. */
export interface Authority {
  /** @param token an access token or an API token */
  authenticate(token: string): Promise<Result<Principal, Refused>>
  /** The same principal later: not revoked, not disabled, with the role it has by now; null: over. */
  current(principal: Principal): Principal | null
  /** @param accountId whose account; null where the action is about none, or about all */
  may(principal: Principal, action: Action, accountId: AccountId | null): boolean
  /** The accounts that somebody may see; null: every one. */
  visibleAccounts(principal: Principal): ReadonlySet<AccountId> | null
  /** @returns what ends it */
  onRevoked(listener: (revocation: Revocation) => void): () => void
}
