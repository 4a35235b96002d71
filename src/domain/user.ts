import type { AccountId, ApiTokenId, LoginId, UserId } from './ids.ts'

/**
 * owner: everything; operator: everything but people, keys of the server and settings; viewer: reads everything;
 * customer: reads and runs the accounts that are theirs.
 */
export const ROLES = ['owner', 'operator', 'viewer', 'customer'] as const
export type Role = (typeof ROLES)[number]

export interface User {
  readonly id: UserId
  /** Lower case; what a person logs in with. */
  readonly email: string
  readonly name: string
  readonly role: Role
  /** A disabled user has no session and opens none. */
  readonly status: 'active' | 'disabled'
  /** argon2id, in its own text form. */
  readonly passwordHash: string
  /** Our clock, ms. */
  readonly createdAt: number
}

/** One device that is logged in: every token that it was ever given is of this family. */
export interface Login {
  readonly id: LoginId
  readonly userId: UserId
  /** How often its refresh token was exchanged: an older one that comes again ends the family. */
  readonly generation: number
  readonly createdAt: number
  /** Our clock, ms: the last exchange. */
  readonly usedAt: number
  readonly expiresAt: number
  /** Null: not revoked. */
  readonly revokedAt: number | null
  readonly userAgent: string
  readonly address: string
}

/** read: looks; trade: also acts on accounts; manage: also changes what is set up. Never more than its user's role. */
export const SCOPES = ['read', 'trade', 'manage'] as const
export type Scope = (typeof SCOPES)[number]

/** What a program logs in with. */
export interface ApiToken {
  readonly id: ApiTokenId
  readonly userId: UserId
  readonly name: string
  /** SHA-256 of the token, hex: the token itself is shown once. */
  readonly hash: string
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  /** Our clock, ms; null: never. */
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** What people add to an account; nothing of it touches trading. */
export interface AccountProfile {
  readonly accountId: AccountId
  /** The customer whose account it is; null: nobody's but the operators'. */
  readonly ownerId: UserId | null
  readonly labels: readonly string[]
}
