import type { Balance } from '../domain/account.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import type { OrderType, Side } from '../domain/order.ts'
import type { Ticker } from './venue.ts'

/** As the venue last told it: it tells of money, not of marks that move. */
export type BalanceView = Balance

/**
 * A position by the count of its trades, with what only the venue tells. One-way mode has one row per instrument and
 * two-way mode two, so a row replaces the former one of its instrument and side; a turn tells the end of the other
 * side too. Quantity 0: closed.
 */
export interface PositionView {
  readonly instrumentId: InstrumentId
  readonly side: 'long' | 'short'
  /** Base units, >= 0. */
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  readonly markPrice: Decimal | null
  readonly liquidationPrice: Decimal | null
  readonly leverage: Decimal | null
  readonly unrealizedPnl: Decimal | null
  readonly notional: Decimal | null
}

/** Any order of the account, ours or not. */
export interface OrderView {
  readonly id: VenueOrderId
  readonly clientOrderId: ClientOrderId | null
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly type: OrderType
  readonly quantity: Decimal
  readonly filled: Decimal
  readonly limitPrice: Decimal | null
  readonly averagePrice: Decimal | null
  readonly status: 'created' | 'open' | 'filled' | 'canceled' | 'rejected'
  readonly reduceOnly: boolean
  /** lockstep: an intent of ours stands behind it; venue: placed by other means. */
  readonly origin: 'lockstep' | 'venue'
  /** The venue's clock, ms. */
  readonly at: number
}

/** Quote currency. */
export interface PnlView {
  /** Of the trades since midnight UTC that were counted, after fees. */
  readonly realizedToday: Decimal
  /** At mark; null while a mark is unknown. */
  readonly unrealized: Decimal | null
  readonly equity: Decimal | null
  /** Our clock, ms. */
  readonly at: number
}

/** One account as those who watch it see it: absolute values, as they are now. */
export interface AccountView {
  readonly balances: readonly BalanceView[]
  /** Open ones. */
  readonly positions: readonly PositionView[]
  /** Live ones, and the last done ones, oldest first. */
  readonly orders: readonly OrderView[]
  readonly pnl: PnlView
}

/** What changed, in absolute values: a row that is told again replaces the former one. */
export type AccountChange =
  | { readonly kind: 'balances'; readonly rows: readonly BalanceView[] }
  | { readonly kind: 'positions'; readonly rows: readonly PositionView[] }
  | { readonly kind: 'orders'; readonly rows: readonly OrderView[] }
  | { readonly kind: 'pnl'; readonly row: PnlView }
  /** The account was read anew: everything may be different. */
  | { readonly kind: 'replaced' }

/** How far what is seen can be trusted: only `live` is now. */
export type WatchState = 'connecting' | 'syncing' | 'live' | 'degraded' | 'closed'

export interface AccountListener {
  /** After what changed is durable, and after what had to be sent; changes of one event come together. */
  changed(changes: readonly AccountChange[]): void
  state(state: WatchState, message: string): void
}

export interface Watching {
  readonly state: WatchState
  /** Null until the account has been read once. */
  view(): AccountView | null
  /** Harmless to call twice. The session stays for its linger time. */
  end(): void
}

/** The accounts of this server, for those who look on. Looking never delays an order. */
export interface AccountWatch {
  /**
   * Opens the account's session where there is none, and shares the one there is.
   *
   * @param user who looks, for the log: every name holds the session once
   * @returns null: the account is unknown or inactive; one that has no key is closed until it has
   */
  watch(accountId: AccountId, user: string, listener: AccountListener): Watching | null
}

/** The public prices, shared by everybody. */
export interface TickerWatch {
  /**
   * The last ticker is told before this returns, where there is one that is not too old.
   *
   * @returns what ends it, or null: no venue of this server lists the instrument
   */
  watch(instrumentId: InstrumentId, listener: (ticker: Ticker) => void): (() => void) | null
}

/** Tells of every notice after it is durable. @returns what ends it */
export type NoticeWatch = (listener: (notice: Notice) => void) => () => void
