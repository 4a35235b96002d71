import type { Decimal } from '../../src/domain/decimal.ts'
import type { PositionIndex } from '../../src/domain/ids.ts'

export type PositionMode = 'one_way' | 'hedge'

/** The price that a trigger watches. */
export type TriggerBy = 'last' | 'mark' | 'index'

/** When a conditional order comes alive. */
export interface Trigger {
  readonly triggerPrice: Decimal
  /** rise: at the trigger price or above it; fall: at it or below. */
  readonly direction: 'rise' | 'fall'
  readonly by: TriggerBy
}

/** full: one of each kind, for the whole position, whatever its size. partial: as many as wanted, each with a quantity. */
export type StopMode = 'full' | 'partial'

export interface StopTarget {
  readonly triggerPrice: Decimal
  readonly by: TriggerBy
  /** Partial mode only: a limit order comes of it; null: a market order. */
  readonly limitPrice: Decimal | null
}

/** What an order brings to its position when it fills. */
export interface AttachedStops {
  readonly mode: StopMode
  readonly takeProfit: StopTarget | null
  readonly stopLoss: StopTarget | null
}

export interface TrailingStop {
  /** Quote per base: how far the price may fall back from its best. */
  readonly distance: Decimal
  /** It follows from here on; null: at once. */
  readonly activationPrice: Decimal | null
}

/** Where a stop is left out it stays as it is; null takes it away. */
export interface TradingStopCommand {
  readonly symbol: string
  readonly positionIndex: PositionIndex
  readonly mode: StopMode
  readonly takeProfit?: StopTarget | null
  readonly stopLoss?: StopTarget | null
  /** Of the whole position, in either mode. */
  readonly trailing?: TrailingStop | null
  /** Partial mode: what each of the two closes. */
  readonly quantity?: Decimal
}

/** Who made an order: `user`, the user's own condition, a stop of a position, or the exchange itself. */
export type OrderOrigin =
  | 'user'
  | 'conditional'
  | 'take_profit'
  | 'partial_take_profit'
  | 'stop_loss'
  | 'partial_stop_loss'
  | 'trailing_stop'
  | 'liquidation'
  | 'adl'
  | 'settlement'

/** What makes an order conditional. It stays on the order after it has triggered. */
export interface OrderCondition extends Trigger {
  readonly closeOnTrigger: boolean
  /** Null on all but trailing stops; the trigger price follows. */
  readonly trailing: TrailingStop | null
  /** Of two partial stops set together: the one's end is the other's. '' for all others. */
  readonly pairedWith: string
  /** The order whose fill brought this stop; '' when set by hand. */
  readonly broughtBy: string
  /** Ms; 0 while it waits. An order cancelled at 0 never came alive. */
  readonly triggeredAt: number
}

/** The whole-position stops that stand now; partial ones are only orders. */
export interface PositionStops {
  readonly takeProfit: StopTarget | null
  readonly stopLoss: StopTarget | null
  readonly trailing: TrailingStop | null
}

/** Null leaves a value as it is. */
export interface OrderChange {
  readonly quantity: Decimal | null
  readonly limitPrice: Decimal | null
  /** Of an order that still waits. */
  readonly triggerPrice?: Decimal | null
  /** Each as in TradingStopCommand: left out it stays, null takes it away. */
  readonly stops?: Partial<AttachedStops>
}
