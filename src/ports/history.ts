import type { Credential } from '../domain/account.ts'
import type { HistoryKind, HistoryRows, Interval, VenueOrder } from '../domain/history.ts'
import type { InstrumentId, VenueOrderId } from '../domain/ids.ts'
import type { Result } from '../domain/result.ts'
import type { VenueError } from './venue.ts'

/** What a venue grants of one kind. All in ms. */
export interface HistoryRule {
  /** The longest span that one query may ask for. */
  readonly maximumWindowMs: number
  /** What is older is gone, or may be when a query for it arrives. */
  readonly retentionMs: number
  /** What is younger may not be shown yet. */
  readonly lagMs: number
  /**
   * Rows that were shown once are shown for as long as `retentionMs`. False where some are forgotten sooner, so that
   * an empty answer for a span that had rows is no fault.
   */
  readonly keepsEveryRow: boolean
}

/**
 * One page of one window. Orders are found by when they were made, everything else by its `at`. A venue that pages by
 * something else than time (an id, a sequence) does so inside its cursor, and shows of its pages what is in the window.
 */
export interface HistoryQuery {
  readonly kind: HistoryKind
  readonly window: Interval
  /** Null: the first page. */
  readonly cursor: string | null
}

export interface HistoryPage {
  readonly found: HistoryRows
  /** Null after the last page. */
  readonly cursor: string | null
}

export interface OpenOrders {
  readonly orders: readonly VenueOrder[]
  /** The venue's clock before the first page was asked for, ms: what was made after it may be missing. */
  readonly at: number
}

export interface OrderAddress {
  readonly instrumentId: InstrumentId
  readonly venueOrderId: VenueOrderId
  readonly createdAt: number
}

/**
 * What one account may ask of its past, behind everything else that its key and its address ask for. One request per
 * call; every call is safe to make again. Fails with `unavailable`, `refused` or `malformed`.
 */
export interface VenueHistory {
  /** Null: the venue does not have this kind for this account. */
  rule(kind: HistoryKind): HistoryRule | null
  /** The venue's clock, ms; null while it is not known. */
  now(): Promise<number | null>
  page(query: HistoryQuery): Promise<Result<HistoryPage, VenueError>>
  /** All pages, or an error. */
  openOrders(): Promise<Result<OpenOrders, VenueError>>
  /** Wherever the venue may show it, whatever its age; null: nowhere. */
  order(address: OrderAddress): Promise<Result<VenueOrder | null, VenueError>>
}

/** A venue that can be asked for the past. */
export interface VenuePast {
  /** Opens nothing, and shares the key's budgets with whoever else uses it. */
  history(credential: Credential): VenueHistory
}
