import type { Decimal } from '../domain/decimal.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import type { DecisionId } from '../domain/ids.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { LinkState } from '../domain/link-state.ts'
import type { Order, OrderType, Purpose, Side, TimeInForce } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { EntryStyle, Mode } from '../domain/strategy.ts'
import type { MarketPrices } from './entry.ts'
import type { Proposal, RiskVerdict } from './risk.ts'

/** One link's place on one account and instrument, as far as a plan must know it. */
export interface HoldingView {
  readonly instrument: Instrument
  /** The stricter of link and strategy: it may have changed since an increase began to wait. */
  readonly mode: Mode
  readonly state: LinkState
  /** The venue's signed position by our count, base units. */
  readonly position: Decimal
  /** Live orders, and done ones whose trades are still on their way. */
  readonly orders: readonly Order[]
  /** Decisions that want an order, oldest first. */
  readonly pending: readonly Decision[]
  readonly entry: EntryStyle
  readonly maxDriftBps: number | null
  readonly maximumOpenOrdersReached: boolean
  /** Null: unknown or too old; openings wait. */
  readonly market: MarketPrices | null
  /** The account can take an order now: session live, clock known, no backing off. */
  readonly canSend: boolean
  /** No opening of this holding is backing off; exits do not ask. */
  readonly canOpen: boolean
  /** Leverage stands as wanted on the venue; openings wait until it does. */
  readonly leverageSet: boolean
  readonly assess: (proposal: Proposal) => RiskVerdict
  /** Our clock, ms. */
  readonly now: number
}

export interface OrderDraft {
  readonly purpose: Purpose
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly reduceOnly: boolean
  readonly collarPrice: Decimal | null
  readonly validUntil: number | null
  /** Smaller than wanted, because the venue takes no larger order: the rest is forgone. */
  readonly isCut: boolean
  /** The decisions that it carries out. */
  readonly decisions: readonly DecisionId[]
}

/** Gives decisions their outcome. */
export type Settle = (decisions: readonly Decision[], outcome: Outcome, reason: Reason) => void
