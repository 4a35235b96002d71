import type { Decimal } from './decimal.ts'
import type { DecisionId, InstrumentId, IntentId, LinkId, PositionIndex } from './ids.ts'
import type { Reason } from './reason.ts'

export const OUTCOMES = ['copied', 'partly', 'carried', 'forgone', 'skipped', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** pending: wants an order; working: an intent carries it; done: has its outcome. */
export type DecisionStatus = 'pending' | 'working' | 'done'

/** When each hop of a copy was, our clock, ms with fractions; null: not (yet). */
export interface HopTimes {
  /** The venue's clock, ms. */
  readonly leaderFillAt: number
  readonly receivedAt: number
  readonly decidedAt: number
  readonly persistedAt: number | null
  readonly sentAt: number | null
  readonly ackedAt: number | null
  readonly filledAt: number | null
}

/** What one link made of a range of its leader's fills. A flip makes two: a reduction and an increase. */
export interface Decision {
  readonly id: DecisionId
  readonly linkId: LinkId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  /** rebase: no fill of the leader, but a position that its fills did not tell (a gap). */
  readonly part: 'reduce' | 'increase' | 'rebase'
  /** The source's own count of fills, both ends included. */
  readonly firstFill: number
  readonly lastFill: number
  /** Signed change of desired, base units, 18 places. */
  readonly quantity: Decimal
  /** What of it still wants an order: it shrinks as the leader reduces. Signed, base units. */
  readonly wanted: Decimal
  /** Average fill price of the range's part. */
  readonly leaderPrice: Decimal
  /** Our clock, ms; null for reductions, which never expire. */
  readonly validUntil: number | null
  readonly status: DecisionStatus
  readonly outcome: Outcome | null
  readonly reason: Reason | null
  /** The venue's own words, where there are some. */
  readonly detail: string | null
  readonly intentId: IntentId | null
  readonly times: HopTimes
}
