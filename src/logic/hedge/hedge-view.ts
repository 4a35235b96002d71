import type { Decimal } from '../../domain/decimal.ts'
import type { Instrument } from '../../domain/instrument.ts'
import type { Order } from '../../domain/order.ts'
import type { LegName, Pair, PairState } from '../../domain/pair.ts'
import type { MarketPrices } from '../entry.ts'
import type { OrderDraft } from '../holding-view.ts'
import type { Proposal, RiskVerdict } from '../risk.ts'

/** One leg, as far as a plan must know it. */
export interface LegView {
  readonly instrument: Instrument
  /** Signed, base units: what it has held since the pair began. */
  readonly position: Decimal
  /** Signed, base units: all that the account holds there, whoever traded it. */
  readonly held: Decimal
  /** The pair's own: live ones, and done ones whose trades are still on their way. */
  readonly orders: readonly Order[]
  /** Null: unknown or too old. */
  readonly market: MarketPrices | null
  /** The account's session is live, and its market trades as far as is known. */
  readonly isLive: boolean
  /** Live, and no hedge or quote of this leg is backing off. */
  readonly canSend: boolean
  /** The session is live, and no close of this leg is backing off. */
  readonly canClose: boolean
  /** Size, base units: the venue has refused a close of so little; 0: it has not. */
  readonly unclosable: Decimal
  readonly assess: (proposal: Proposal) => RiskVerdict
}

/** The limit prices at the pair's depth; null on a side that is not so deep. */
export interface QuoteLevel {
  readonly bid: Decimal | null
  readonly ask: Decimal | null
}

export interface HedgeView {
  readonly pair: Pair
  readonly state: PairState
  readonly a: LegView
  readonly b: LegView
  /** Read just now; null: to be asked for before quoting. */
  readonly level: QuoteLevel | null
  /** For how long more than B's lot has been unhedged, ms; null: hedged when it was last looked at. */
  readonly unhedgedMs: number | null
  /** For how long this process has been up, ms. */
  readonly upMs: number
  /** Its settings were compared with its markets, or it had begun to hedge before: orders may be sent. */
  readonly isFitted: boolean
  /** For how long an order of A has rested, ms. */
  readonly quoteAgeMs: (order: Order) => number
  /** For how long an order of B has been in doubt, ms; null: it is not. */
  readonly doubtAgeMs: (order: Order) => number | null
  /** Since when the cancel of an order has been asked for, ms; null: not yet. */
  readonly cancelAgeMs: (order: Order) => number | null
  /** Our clock, ms. */
  readonly now: number
}

export interface LegOrder {
  readonly leg: LegName
  readonly draft: OrderDraft
}

export interface HedgePlan {
  readonly state: PairState
  /** A's own resting orders. */
  readonly cancels: readonly Order[]
  readonly orders: readonly LegOrder[]
  /** The book at the pair's depth is to be read: a quote waits for it. */
  readonly wantsLevel: boolean
  /** What a quote waits for, in words for people; null: nothing, or there is nothing to quote. */
  readonly waitsFor: string | null
  /** Our clock, ms; null: nothing waits. */
  readonly wakeAt: number | null
}
