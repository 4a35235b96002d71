import type { Decimal } from './decimal.ts'
import type { AccountId, ClientOrderId, InstrumentId, PositionIndex, TradeId, VenueOrderId } from './ids.ts'
import type { Side } from './order.ts'

/** One execution as the venue tells it. Funding is not a fill and never becomes one. */
export interface Fill {
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  readonly tradeId: TradeId
  readonly venueOrderId: VenueOrderId
  /** Null when the order was placed without one. */
  readonly clientOrderId: ClientOrderId | null
  readonly side: Side
  /** Base units, > 0. */
  readonly quantity: Decimal
  readonly fillPrice: Decimal
  /** The whole order's quantity, base units: what fixed sizing divides by. Of an account that nobody copies it may be less. */
  readonly orderQuantity: Decimal
  /** Quote; positive is paid, negative is a rebate. */
  readonly fee: Decimal
  readonly liquidity: 'maker' | 'taker'
  readonly cause: FillCause
  /** The venue's per-symbol sequence; ties executions to position snapshots. */
  readonly venueSequence: number
  /** The venue's clock, ms. */
  readonly at: number
}

export type FillCause = 'trade' | 'liquidation' | 'adl' | 'settlement'
