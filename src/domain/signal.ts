import type { Decimal } from './decimal.ts'
import type { InstrumentId, SignalId, SourceId } from './ids.ts'
import type { Side } from './order.ts'

/** What a signal wants of its source's book. A quantity is in base units, > 0; a notional in quote. */
export type SignalAction =
  | { readonly kind: 'trade'; readonly side: Side; readonly size: SignalSize }
  /** What the book shall hold after it, signed, base units; 0 closes. */
  | { readonly kind: 'target'; readonly quantity: Decimal }

export type SignalSize =
  | { readonly kind: 'quantity'; readonly quantity: Decimal }
  | { readonly kind: 'notional'; readonly notional: Decimal }

/** One message of a source that is no venue account, durable before it is answered (I11). */
export interface Signal {
  readonly id: SignalId
  readonly sourceId: SourceId
  /** The sender's own: with the source it is unique, so that a replay acts once. */
  readonly externalId: string
  /** SHA-256 of what it said, hex: the same id with another body is refused. */
  readonly digest: string
  readonly instrumentId: InstrumentId
  readonly action: SignalAction
  /** The sender's price, quote; null: the mark when it came. */
  readonly signalPrice: Decimal | null
  /** The sender's clock, ms. */
  readonly at: number
  /** Our clock, ms. */
  readonly receivedAt: number
  /** pending: not yet in the book; applied: its trade is the source's; refused: why is in `reason`. */
  readonly status: 'pending' | 'applied' | 'refused'
  readonly reason: string | null
}
