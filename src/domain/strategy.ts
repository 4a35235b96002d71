import type { Decimal } from './decimal.ts'
import type { AccountId, InstrumentId, LinkId, SourceId, StrategyId } from './ids.ts'
import type { Side } from './order.ts'

/** on copies; close-only takes reductions only; off freezes what is held while the leader is still tracked. */
export const MODES = ['on', 'close_only', 'off'] as const
export type Mode = (typeof MODES)[number]

/** How much of a leader's increase a follower takes. `inverse` turns the side round. */
export type Sizing = { readonly inverse: boolean } & (
  | { readonly kind: 'ratio'; readonly ratio: Decimal }
  /** follower equity / leader equity x ratio */
  | { readonly kind: 'equity_ratio'; readonly ratio: Decimal }
  /** Quote per leader ORDER, however many fills it has. */
  | { readonly kind: 'fixed_notional'; readonly notional: Decimal }
  /** Base units per leader ORDER, however many fills it has. */
  | { readonly kind: 'fixed_quantity'; readonly quantity: Decimal }
)

export type EntryStyle =
  | { readonly kind: 'market' }
  /** Rests at the leader's price. */
  | { readonly kind: 'limit' }
  /** Rests better than the leader's price: below for a buy, above for a sell. */
  | { readonly kind: 'limit_follow'; readonly discountBps: number; readonly maximumOpenOrders: number }
  /** IOC at most this much worse than the leader's price. */
  | { readonly kind: 'marketable_limit'; readonly slippageBps: number }

export type LeverageRule =
  | { readonly kind: 'follow' }
  | { readonly kind: 'fixed'; readonly leverage: Decimal }
  /** The leader's, at most this. */
  | { readonly kind: 'capped'; readonly leverage: Decimal }

/** Null means no limit of that kind. The tightest of system, strategy and account holds. */
export interface RiskLimits {
  readonly killSwitch: boolean
  /** Total notional / equity. */
  readonly maximumLeverage: Decimal | null
  readonly maximumOrderNotional: Decimal | null
  readonly maximumSymbolNotional: Decimal | null
  readonly maximumTotalNotional: Decimal | null
  readonly maximumOrdersPerMinute: number | null
  readonly allowedSymbols: readonly string[] | null
  readonly deniedSymbols: readonly string[]
  readonly allowedSides: readonly Side[] | null
  /** How far from the mark an order may cost, basis points. It does not depend on the strategy's code. */
  readonly priceCollarBps: number | null
}

export const NO_LIMITS: RiskLimits = {
  killSwitch: false,
  maximumLeverage: null,
  maximumOrderNotional: null,
  maximumSymbolNotional: null,
  maximumTotalNotional: null,
  maximumOrdersPerMinute: null,
  allowedSymbols: null,
  deniedSymbols: [],
  allowedSides: null,
  priceCollarBps: null,
}

/** Who set a row up: config.yaml, or people through the API. Removed: in force no more, kept because history names it. */
export const ORIGINS = ['file', 'api', 'removed'] as const
export type Origin = (typeof ORIGINS)[number]

/** An account's trades that others follow. */
export interface Source {
  readonly id: SourceId
  readonly origin: Origin
  readonly name: string
  readonly accountId: AccountId
}

export interface Strategy {
  readonly id: StrategyId
  readonly origin: Origin
  readonly name: string
  readonly sourceId: SourceId
  readonly mode: Mode
  readonly sizing: Sizing
  readonly entry: EntryStyle
  readonly leverage: LeverageRule
  readonly limits: RiskLimits
  /** The leader's instrument -> the follower's, where they differ. */
  readonly symbolMap: ReadonlyMap<InstrumentId, InstrumentId>
  /** An increase older than this when it would be sent is forgone. */
  readonly maxAgeMs: number
  /** A market further than this from the leader's price is forgone; null: any. */
  readonly maxDriftBps: number | null
}

/** One account's following of one strategy. */
export interface Link {
  readonly id: LinkId
  readonly origin: Origin
  readonly strategyId: StrategyId
  readonly accountId: AccountId
  readonly mode: Mode
  /** Null: the strategy's. */
  readonly sizing: Sizing | null
  /** The source's last fill when the link began: what came before is not its business. */
  readonly startSequence: number
}

export const DEFAULT_RATIO = '0.1'
export const DEFAULT_MAXIMUM_LEVERAGE = '1'
export const DEFAULT_MAX_AGE_MS = 60_000

/** The stricter of two modes. */
export function strictestMode(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) >= MODES.indexOf(b) ? a : b
}
