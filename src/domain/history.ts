import type { Decimal } from './decimal.ts'
import type { ClientOrderId, InstrumentId, PositionIndex, TradeId, VenueOrderId } from './ids.ts'
import type { OrderType, Side } from './order.ts'

/** What a venue remembers of an account, each with windows and a completeness of its own. */
export const HISTORY_KINDS = ['closed_pnl', 'orders', 'executions', 'wallet'] as const
export type HistoryKind = (typeof HISTORY_KINDS)[number]

/** The venue's clock, whole ms: `from` belongs to it, `to` does not. */
export interface Interval {
  readonly from: number
  readonly to: number
}

/** What one order closed, as the venue adds it up; later fills of the same order may still change it. */
export interface ClosedPnl {
  readonly instrumentId: InstrumentId
  readonly venueOrderId: VenueOrderId
  /** Of the closing order: a sell closes a long position. */
  readonly side: Side
  /** Base units. */
  readonly closedQuantity: Decimal
  readonly averageEntryPrice: Decimal
  readonly averageExitPrice: Decimal
  /** Quote. */
  readonly entryNotional: Decimal
  readonly exitNotional: Decimal
  /** Quote; null where the venue does not say. */
  readonly openFee: Decimal | null
  readonly closeFee: Decimal | null
  /** Quote, after what the venue has taken off. */
  readonly closedPnl: Decimal
  readonly fillCount: number
  readonly leverage: Decimal | null
  /** The venue's own word for how it was closed. */
  readonly cause: string
  readonly createdAt: number
  /** Of its last change. */
  readonly at: number
}

/**
 * `unrecognized`: a word of the venue's that we do not know, so it may still change. `forgotten`: it was open once,
 * and the venue knows it no more; it ended without a trade.
 */
export type VenueOrderStatus = 'open' | 'filled' | 'canceled' | 'rejected' | 'unrecognized' | 'forgotten'

/** Any order of the account, ours or not. */
export interface VenueOrder {
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  readonly venueOrderId: VenueOrderId
  readonly clientOrderId: ClientOrderId | null
  readonly side: Side
  readonly type: OrderType
  readonly status: VenueOrderStatus
  /** The venue's own word for it. */
  readonly venueStatus: string
  readonly quantity: Decimal
  readonly filled: Decimal
  readonly limitPrice: Decimal | null
  /** Null while nothing is filled. */
  readonly averagePrice: Decimal | null
  /** Quote, of what is filled; null where the venue does not say. */
  readonly fee: Decimal | null
  readonly reduceOnly: boolean
  /** The venue's own word for a cancel or refusal. */
  readonly reason: string | null
  readonly createdAt: number
  /** Of its last change. */
  readonly at: number
}

/** `funding` moves money and no position; `other` is a word of the venue's that we do not know. */
export type ExecutionKind = 'trade' | 'liquidation' | 'adl' | 'settlement' | 'funding' | 'other'

export interface VenueExecution {
  readonly instrumentId: InstrumentId
  readonly tradeId: TradeId
  readonly venueOrderId: VenueOrderId
  readonly clientOrderId: ClientOrderId | null
  readonly kind: ExecutionKind
  readonly side: Side
  /** Base units; for funding the position's. */
  readonly quantity: Decimal
  readonly fillPrice: Decimal
  /** Quote; positive is paid. */
  readonly fee: Decimal
  readonly liquidity: 'maker' | 'taker'
  readonly at: number
}

/** One change of the wallet. `change` = cashFlow + funding - fee, as the venue has it. */
export interface WalletEntry {
  readonly entryId: string
  /** The venue's own word: TRADE, SETTLEMENT, TRANSFER_IN ... */
  readonly type: string
  readonly currency: string
  /** Null where no instrument is concerned. */
  readonly instrumentId: InstrumentId | null
  readonly venueOrderId: string | null
  readonly tradeId: string | null
  readonly cashFlow: Decimal
  readonly funding: Decimal | null
  readonly fee: Decimal
  readonly change: Decimal
  readonly balanceAfter: Decimal
  readonly at: number
}

/** Rows of one kind, as they come from the venue. */
export type HistoryRows =
  | { readonly kind: 'closed_pnl'; readonly rows: readonly ClosedPnl[] }
  | { readonly kind: 'orders'; readonly rows: readonly VenueOrder[] }
  | { readonly kind: 'executions'; readonly rows: readonly VenueExecution[] }
  | { readonly kind: 'wallet'; readonly rows: readonly WalletEntry[] }

export function isOver({ status }: Pick<VenueOrder, 'status'>): boolean {
  return status !== 'open' && status !== 'unrecognized'
}
