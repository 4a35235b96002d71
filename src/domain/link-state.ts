import { type Decimal, ZERO } from './decimal.ts'
import type { InstrumentId, LinkId, PositionIndex, SourceId } from './ids.ts'

/** What a source holds of one instrument, by its own fills. */
export interface Book {
  readonly sourceId: SourceId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  /** Signed, base units. */
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  /** The highest venue sequence among its fills; what counts them once is the account's own intake. */
  readonly venueSequence: number
  readonly leverage: Decimal | null
}

/** What one link wants and has of one instrument. */
export interface LinkState {
  readonly linkId: LinkId
  /** The leader's instrument; the follower's is the symbol map's. */
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  /** The leader's signed quantity when it was last looked at, base units. */
  readonly leaderQuantity: Decimal
  /** Signed, 18 places; exactly 0 when the leader is flat. */
  readonly desired: Decimal
  /** Signed: what this link's own fills left, less what others closed. */
  readonly attributed: Decimal
  /** Closed by other means: no opening until the leader is flat. */
  readonly stopped: boolean
  /** The source's last fill that this state includes. */
  readonly cursor: number
}

export function emptyLinkState(
  of: Pick<LinkState, 'linkId' | 'instrumentId' | 'positionIndex' | 'cursor'>,
): LinkState {
  return { ...of, leaderQuantity: ZERO, desired: ZERO, attributed: ZERO, stopped: false }
}
