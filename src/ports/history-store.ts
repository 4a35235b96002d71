import type {
  ClosedPnl,
  HistoryKind,
  HistoryRows,
  Interval,
  VenueExecution,
  VenueOrder,
  WalletEntry,
} from '../domain/history.ts'
import type { ClosedPnlSum, DayTotals, SumsBy } from '../domain/history-totals.ts'
import type { AccountId, HistoryJobId, InstrumentId } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { StoreError } from './store.ts'

/**
 * A venue gives closed PnL no id. Rows of one order that were made in the same millisecond are counted in the order
 * in which one reading met them, newest first: as many as the venue has, and each again what it was.
 */
export interface CountedClosedPnl extends ClosedPnl {
  readonly ordinal: number
}

export type StoredRows =
  | { readonly kind: 'closed_pnl'; readonly rows: readonly CountedClosedPnl[] }
  | Exclude<HistoryRows, { readonly kind: 'closed_pnl' }>

/** A goal, not a place in a list: what is left of it is what coverage lacks, so a job that was cut off goes on. */
export interface HistoryJob {
  readonly id: HistoryJobId
  readonly accountId: AccountId
  readonly kinds: readonly HistoryKind[]
  /** The venue's clock, ms: complete from here ... */
  readonly since: number
  /** ... to here is what is wanted. */
  readonly until: number
  readonly status: 'running' | 'done' | 'failed'
  /** The venue's clock, ms: everything after it is there; null before the first window is done. */
  readonly reachedAt: number | null
  /** Rows that were new. */
  readonly added: number
  /** Why it failed or, while it is running, why nothing is read; and what to do. */
  readonly reason: string | null
  /** Our clock, ms. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** Written whole or not at all: rows are never called complete without being there. */
export interface HistoryUnit {
  readonly accountId: AccountId
  readonly found: StoredRows | null
  /** Replaces what was covered of that kind. */
  readonly coverage: { readonly kind: HistoryKind; readonly intervals: readonly Interval[] } | null
  readonly job: HistoryJob | null
}

/** One row said twice in two ways, by the same time of the venue's or by an earlier one. Both are shortened texts. */
export interface Contradiction {
  readonly kind: HistoryKind
  readonly kept: string
  readonly dropped: string
}

export interface Ingested {
  readonly added: number
  /** Rows that were there and have changed. */
  readonly updated: number
  /** Rows that were there as they are, or later. */
  readonly skipped: number
  /** The first few. */
  readonly contradictions: readonly Contradiction[]
}

export interface StoredCoverage {
  readonly accountId: AccountId
  readonly kind: HistoryKind
  readonly intervals: readonly Interval[]
}

/** Orders are found by when they were made, everything else by its `at`. */
export interface HistorySpan {
  readonly accountId: AccountId
  readonly kind: HistoryKind
  readonly window: Interval
}

export interface RowOf {
  readonly closed_pnl: CountedClosedPnl
  readonly orders: VenueOrder
  readonly executions: VenueExecution
  readonly wallet: WalletEntry
}

/** Which rows of which accounts: orders by when they were made, everything else by its `at`. */
export interface HistoryFilter {
  readonly accountIds: readonly AccountId[]
  readonly window: Interval
  /** Null: whatever it is about. */
  readonly instrumentId: InstrumentId | null
}

/** Where a row stands among all, newest first. `number` is the store's own. */
export interface HistoryPlace {
  readonly at: number
  readonly accountId: AccountId
  readonly number: number
}

export interface HistoryPageQuery<Kind extends HistoryKind> extends HistoryFilter {
  readonly kind: Kind
  /** Only what stands behind it. Null: from the newest. */
  readonly before: HistoryPlace | null
  readonly limit: number
}

export interface PlacedRow<Kind extends HistoryKind> {
  readonly place: HistoryPlace
  readonly row: RowOf[Kind]
}

/** How many rows of one account and kind are here of one day, UTC. */
export interface DayCount {
  readonly accountId: AccountId
  /** `2026-11-21` */
  readonly day: string
  readonly kind: HistoryKind
  readonly rows: number
}

/**
 * What venues remember, kept apart from what trading needs: nothing here waits for an order, and no order for it.
 * Every implementation passes test/contract/history-store.
 */
export interface HistoryStore {
  /** A row that exists is changed by one of the same or a later time of the venue's, never by an earlier one. */
  commit(unit: HistoryUnit): Promise<Result<Ingested, StoreError>>
  /** Of all accounts. */
  coverage(): Promise<readonly StoredCoverage[]>
  /** Oldest first. */
  jobs(): Promise<readonly HistoryJob[]>
  /** Orders that are not over, oldest first. */
  unfinishedOrders(accountId: AccountId, limit: number): Promise<readonly VenueOrder[]>
  count(span: HistorySpan): Promise<number>
  /** Oldest first. */
  rows(span: HistorySpan, limit: number): Promise<StoredRows>
  /** Newest first. */
  page<Kind extends HistoryKind>(query: HistoryPageQuery<Kind>): Promise<readonly PlacedRow<Kind>[]>
  /** Closed PnL, added up where it is stored. */
  sums(filter: HistoryFilter, by: SumsBy): Promise<readonly ClosedPnlSum[]>
  /** Of each day of one account that has rows, oldest first; money in `currency`. */
  totals(span: Omit<HistorySpan, 'kind'>, currency: string): Promise<readonly DayTotals[]>
  /** Newest day first. */
  dayCounts(filter: Omit<HistoryFilter, 'instrumentId'>): Promise<readonly DayCount[]>
  close(): Promise<void>
}
