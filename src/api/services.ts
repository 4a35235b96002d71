import type { Account, Credential, KeyPermissions } from '../domain/account.ts'
import type {
  AccountId,
  ApiTokenId,
  InstrumentId,
  IntentId,
  LinkId,
  LoginId,
  NoticeId,
  PairId,
  SourceId,
  StrategyId,
  UserId,
} from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import type { Order } from '../domain/order.ts'
import type { Pair } from '../domain/pair.ts'
import type { Result } from '../domain/result.ts'
import type { Signal } from '../domain/signal.ts'
import type { Link, Mode, Source, Strategy } from '../domain/strategy.ts'
import type { AccountProfile, ApiToken, Login, Role, User } from '../domain/user.ts'
import type { Authority } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import type { IdempotentAnswer, Records } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { AccountWatch } from '../ports/watch.ts'
import type { Act, Answer, Refusal } from './answer.ts'
import type { Pairs } from './pairs.ts'
import type { Past } from './past.ts'
import type { Hands, Previews } from './trading.ts'

export interface Tokens {
  readonly accessToken: string
  /** Our clock, ms. */
  readonly accessExpiresAt: number
  readonly refreshToken: string
  readonly refreshExpiresAt: number
}

/** Where a request comes from, for the log of logins and their limits. */
export interface Device {
  readonly address: string
  readonly userAgent: string
}

/** Who may come in. Every command is durable, with its audit entry in the same unit, before it is answered. */
export interface People {
  hasOwner(): boolean
  /** Whether the one-time link's token is right and no owner exists yet. In constant time. */
  mayBecomeFirstOwner(token: string): boolean
  createFirstOwner(input: { token: string; email: string; name: string; password: string }): Answer<User>
  /** @param input.code of an authenticator app; null: none is given yet */
  login(input: Device & { email: string; password: string; code: string | null }): Answer<Tokens>
  refresh(refreshToken: string): Answer<Tokens>
  users(): readonly User[]
  user(id: string): User | null
  createUser(input: Pick<User, 'email' | 'name' | 'role'> & { password: string }, actor: string): Answer<User>
  changeUser(id: UserId, change: UserChange, actor: string): Answer<User>
  setPassword(userId: UserId, password: string, actor: string): Answer<void>
  /** @param input.loginId the device that does it: every other one is logged out */
  changePassword(input: Whose & { loginId: LoginId | null; current: string; next: string }): Answer<void>
  beginTotp(input: Whose & { password: string }): Answer<{ secret: string; uri: string }>
  confirmTotp(userId: UserId, code: string): Answer<void>
  endTotp(input: Whose & { password: string }): Answer<void>
  /** By an owner, for somebody who has lost the device. */
  removeTotp(userId: UserId, actor: string): Answer<void>
  /** Neither revoked nor expired. */
  logins(userId: UserId): readonly Login[]
  /** `not_found` when it is not one of the user's. */
  endLogin(userId: UserId, loginId: LoginId, actor: string): Answer<void>
  endLogins(userId: UserId, actor: string): Answer<number>
  apiTokens(userId: UserId): readonly ApiToken[]
  createApiToken(input: Pick<ApiToken, 'userId' | 'name' | 'scopes' | 'expiresAt'>): Answer<NewApiToken>
  revokeApiToken(userId: UserId, tokenId: ApiTokenId, actor: string): Answer<void>
  profile(accountId: AccountId): AccountProfile
  settings(): ReadonlyMap<string, string>
  setSetting(name: string, value: string, actor: string): Answer<void>
  verifyAudit(): Promise<AuditVerdict>
  /** Seals every secret with a new master key. Everybody is logged out by it. */
  rotateKeys(actor: string): Answer<void>
}

export interface UserChange {
  readonly name?: string
  readonly role?: Role
  readonly status?: User['status']
}

/** A user who is asked for the password again, from where. */
export interface Whose {
  readonly userId: UserId
  readonly address: string
}

export interface NewApiToken {
  readonly apiToken: ApiToken
  /** Shown this once. */
  readonly token: string
}

export interface AuditVerdict {
  readonly entries: number
  /** The first entry that does not follow from the one before it; null: the chain is whole. */
  readonly brokenAt: number | null
  readonly message: string
}

/** One change of what is set up; whoever puts a new row makes its id. Rows of config.yaml refuse it: `set_in_file`. */
export type Change =
  | { readonly kind: 'put_account'; readonly row: Omit<Account, 'origin'> }
  | { readonly kind: 'put_source'; readonly row: Omit<Source, 'origin'> }
  | { readonly kind: 'put_strategy'; readonly row: Omit<Strategy, 'origin'> }
  | { readonly kind: 'put_link'; readonly row: Omit<Link, 'origin' | 'startSequence'> }
  | { readonly kind: 'put_pair'; readonly row: Omit<Pair, 'origin'> }
  | { readonly kind: 'set_mode'; readonly id: StrategyId | LinkId; readonly mode: Mode }
  | {
      readonly kind: 'remove'
      readonly id: AccountId | SourceId | StrategyId | LinkId | PairId
      /** What a link or a pair still holds stays with the account, as its owner's own. */
      readonly abandon?: boolean
    }
  | { readonly kind: 'put_profile'; readonly row: AccountProfile }

/** What is in force now, by id. */
export interface Roster {
  readonly accounts: ReadonlyMap<string, Account>
  readonly sources: ReadonlyMap<string, Source>
  readonly strategies: ReadonlyMap<string, Strategy>
  readonly links: ReadonlyMap<string, Link>
  readonly pairs: ReadonlyMap<string, Pair>
}

export interface AccountState {
  readonly id: AccountId
  /** A session's state, or `none`. */
  readonly state: string
  /** Our clock, ms; null: never. */
  readonly since: number | null
}

/** The engine, for people. */
export interface Desk {
  roster(): Roster
  states(): readonly AccountState[]
  /** Whether an account's links open nothing until it is resumed. */
  isFlattened(accountId: AccountId): boolean
  /** All of them or none, in one unit with the act. */
  reconfigure(changes: readonly Change[], act: Act): Answer<void>
  /** Reads at the venue what the key may do, seals it, and replaces the account's session at once. */
  putKey(account: Account, credential: Credential, actor: string): Answer<KeyCheck>
  removeKey(account: Account, actor: string): Answer<void>
  checkKey(account: Account): Answer<KeyCheck>
  /** @returns how many sessions were replaced */
  resetSessions(accountIds: readonly AccountId[], act: Act): Answer<number>
  /** @returns the instrument that an account's venue lists under a symbol; `symbol_unknown`, or `unavailable` */
  instrument(accountId: AccountId, symbol: string): Result<InstrumentId, Refusal>
  /** @returns `not_found` for what is not seen, and `forbidden` for what is seen and no more */
  acknowledge(noticeId: NoticeId, reach: Reach, act: Act): Answer<Notice>
}

/** Of which accounts somebody may see and do something; null: of every one, and of the server as a whole. */
export interface Reach {
  readonly seen: ReadonlySet<AccountId> | null
  readonly acted: ReadonlySet<AccountId> | null
}

export interface KeyCheck {
  readonly permissions: KeyPermissions
  /** What is wrong with them and what to do; null: nothing. */
  readonly problem: string | null
  /** What is not wrong, and could be better; null: nothing. */
  readonly warning: string | null
}

/** Signals in. */
export interface Signals {
  /** Resolves after it is durable (I11). The same id with the same digest gives the first one again. */
  take(signal: Signal): Answer<Signal>
  /** @returns whose secret it is, in constant time; null: nobody's */
  sourceOfHook(token: string): SourceId | null
  /** Makes a secret for a source; the former one ends. */
  renewHook(sourceId: SourceId, actor: string): Answer<{ token: string }>
  endHook(sourceId: SourceId, actor: string): Answer<void>
}

export type PartStatus = 'up' | 'degraded' | 'down'

export interface PartHealth {
  readonly name: string
  readonly status: PartStatus
  readonly detail: string | null
}

export interface Health {
  parts(): readonly PartHealth[]
  /** Started, and not stopping. */
  ready(): boolean
}

/** What the API tells those who count. */
export interface ApiMetrics {
  request(seen: { method: string; route: string; status: number; ms: number }): void
}

/** Pages of what is stored, and the one write that is the API's own. */
export interface Reads
  extends Pick<Store, 'pairFills'>,
    Pick<
      Records,
      | 'orderPage'
      | 'outcomePage'
      | 'noticePage'
      | 'roundPage'
      | 'signalPage'
      | 'signal'
      | 'auditPage'
      | 'idempotentAnswer'
    > {
  order(id: IntentId): Promise<Order | null>
  /** Those that there are, in the order of their ids here. */
  orders(ids: readonly IntentId[]): Promise<readonly Order[]>
  keepAnswer(answer: IdempotentAnswer): Promise<Result<void, { readonly message: string }>>
}

/** Everything that the routes ask of the rest of the server. Wired in src/main.ts. */
export interface Services {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: ApiMetrics
  readonly health: Health
  readonly authority: Authority
  readonly people: People
  readonly desk: Desk
  readonly signals: Signals
  readonly reads: Reads
  readonly watch: AccountWatch
  readonly pairs: Pairs
  /** Null: this server does not trade by hand, and has no such routes. */
  readonly hands: Hands | null
  /** Null: no such route. */
  readonly previews: Previews | null
  /** Null: what venues remember is not read here, and there are no such routes. */
  readonly past: Past | null
}
