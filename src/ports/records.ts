import type { AuditEntry } from '../domain/audit.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import type {
  AccountId,
  ApiTokenId,
  DecisionId,
  InstrumentId,
  LinkId,
  LoginId,
  NoticeId,
  PairId,
  SignalId,
  SourceId,
} from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import type { Order, OrderStatus } from '../domain/order.ts'
import type { Round } from '../domain/pair.ts'
import type { SealedSecret, SecretField } from '../domain/secret.ts'
import type { Signal } from '../domain/signal.ts'
import type { AccountProfile, ApiToken, Login, User } from '../domain/user.ts'

/** What a command answered the first time, so that it can be answered again without being done again. */
export interface IdempotentAnswer {
  /** Whose key it is: the same as an audit entry's actor. */
  readonly actor: string
  readonly key: string
  /** SHA-256 in hex of route and body: the same key with another request is refused. */
  readonly digest: string
  readonly status: number
  readonly body: string
  /** Our clock, ms. */
  readonly at: number
}

/** Changes of what people made, beside those of trading. They are units like any other. */
export type RecordWrite =
  /** Refused with `conflict` when another user has the email. */
  | { readonly kind: 'user'; readonly row: User }
  | { readonly kind: 'login'; readonly row: Login }
  /** Nothing is left of it. Harmless where there is none. */
  | { readonly kind: 'login_end'; readonly row: { readonly id: LoginId } }
  | { readonly kind: 'api_token'; readonly row: ApiToken }
  /** Nothing is left of it. Harmless where there is none. */
  | { readonly kind: 'api_token_end'; readonly row: { readonly id: ApiTokenId } }
  | { readonly kind: 'account_profile'; readonly row: AccountProfile }
  | { readonly kind: 'secret'; readonly row: SealedSecret }
  /** Nothing is left of it. Harmless where there is none. */
  | { readonly kind: 'secret_end'; readonly row: { readonly owner: string; readonly field: SecretField } }
  /** Refused with `conflict` when it is the installation tag, which never changes. */
  | { readonly kind: 'setting'; readonly row: { readonly name: string; readonly value: string } }
  /** Refused with `conflict` when the sequence exists. */
  | { readonly kind: 'audit'; readonly row: AuditEntry }
  /** Refused with `conflict` when it exists, or its source has one with its external id. */
  | { readonly kind: 'signal_insert'; readonly row: Signal }
  /** Changes what became of it, never what it says. Refused with `conflict` when there is none. */
  | { readonly kind: 'signal_update'; readonly row: Signal }
  /** Refused with `conflict` when the actor has used the key. */
  | { readonly kind: 'idempotent_answer'; readonly row: IdempotentAnswer }

/** What lives in memory while the server runs: who may come in, and what is sealed. */
export interface Directory {
  readonly users: readonly User[]
  /** Neither revoked nor expired when they were last written (by `usedAt`). */
  readonly logins: readonly Login[]
  readonly apiTokens: readonly ApiToken[]
  readonly profiles: readonly AccountProfile[]
  readonly secrets: readonly SealedSecret[]
  /** Without the installation tag. */
  readonly settings: ReadonlyMap<string, string>
  /** The end of the audit chain; null: it is empty. */
  readonly lastAudit: AuditEntry | null
}

/** Every list is a page, newest first: at most `limit` rows before the row that a cursor names. */
export interface OrderFilter {
  /** Null: of every account. */
  readonly accountIds: readonly AccountId[] | null
  readonly instrumentId?: InstrumentId
  readonly statuses?: readonly OrderStatus[]
  /** Our clock, ms: made at or after, and before. */
  readonly from?: number
  readonly to?: number
  /** An order's own sequence. */
  readonly before?: number
  readonly limit: number
}

/** Without `outcomes` also decisions that have none yet. */
export interface OutcomeFilter {
  /** Null: of every link. */
  readonly linkIds: readonly LinkId[] | null
  readonly outcomes?: readonly Outcome[]
  readonly before?: DecisionId
  readonly limit: number
}

export interface NoticeFilter {
  /** Null: every notice, also those of no account. */
  readonly accountIds: readonly AccountId[] | null
  readonly acknowledged?: boolean
  readonly before?: NoticeId
  readonly limit: number
}

export interface RoundFilter {
  readonly pairId: PairId
  /** A round's own number. */
  readonly before?: number
  readonly limit: number
}

/** By the pair's own count: the order in which its trades were counted. */
export interface PairFillFilter {
  readonly pairId: PairId
  /** The venue's clock, ms: at or after, and before. */
  readonly from?: number
  readonly to?: number
  /** The pair's own count. */
  readonly before?: number
  readonly limit: number
}

export interface SignalFilter {
  readonly sourceId: SourceId
  readonly before?: SignalId
  readonly limit: number
}

export interface AuditFilter {
  /** An entry's sequence. */
  readonly before?: number
  readonly limit: number
}

/** The part of the store that is for people. Every implementation passes test/contract/store. */
export interface Records {
  directory(): Promise<Directory>
  orderPage(filter: OrderFilter): Promise<readonly Order[]>
  outcomePage(filter: OutcomeFilter): Promise<readonly Decision[]>
  noticePage(filter: NoticeFilter): Promise<readonly Notice[]>
  roundPage(filter: RoundFilter): Promise<readonly Round[]>
  signalPage(filter: SignalFilter): Promise<readonly Signal[]>
  /** Oldest first, by our clock. */
  pendingSignals(): Promise<readonly Signal[]>
  signal(sourceId: SourceId, externalId: string): Promise<Signal | null>
  notice(id: NoticeId): Promise<Notice | null>
  idempotentAnswer(actor: string, key: string): Promise<IdempotentAnswer | null>
  auditPage(filter: AuditFilter): Promise<readonly AuditEntry[]>
  /** Oldest first, after a sequence: for those who verify the chain. */
  auditAfter(sequence: number, limit: number): Promise<readonly AuditEntry[]>
}
