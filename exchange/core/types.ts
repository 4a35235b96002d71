import type { Decimal } from '../../src/domain/decimal.ts'
import type { OrderType, Side, TimeInForce } from '../../src/domain/order.ts'
import type { Result } from '../../src/domain/result.ts'

/** The simulated exchange's own nouns. Pure: time is handed in, chance comes from the seed. */
export interface ExchangeInstrument {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tickSize: Decimal
  readonly lotSize: Decimal
  readonly minimumQuantity: Decimal
  readonly minimumNotional: Decimal
  readonly maximumLimitQuantity: Decimal
  readonly maximumMarketQuantity: Decimal
  readonly maximumLeverage: Decimal
  /** Fractions: 0.00055 is 5.5 basis points. */
  readonly takerFeeRate: Decimal
  readonly makerFeeRate: Decimal
  status: 'trading' | 'closed'
}

export interface OrderCommand {
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  /** The client's own id; '' when it gave none. */
  readonly clientOrderId: string
}

/** Why the core said no; the wire turns it into its venue's code and words. */
export type Refusal =
  | 'unknown_account'
  | 'unknown_symbol'
  | 'symbol_closed'
  | 'quantity_step'
  | 'below_minimum_quantity'
  | 'above_maximum_quantity'
  | 'below_minimum_notional'
  | 'price_tick'
  | 'price_band'
  | 'price_missing'
  | 'insufficient_balance'
  | 'reduce_only'
  | 'duplicate_client_order_id'
  | 'order_unknown'
  | 'order_done'
  | 'too_many_open_orders'
  | 'leverage_out_of_range'
  | 'leverage_not_modified'
  | 'not_modified'

/** new: accepted, not yet matched. The states an order report may show. */
export type ExchangeOrderStatus =
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'partially_filled_canceled'
  | 'rejected'

export interface ExchangeOrder {
  readonly account: string
  readonly orderId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  quantity: Decimal
  limitPrice: Decimal | null
  status: ExchangeOrderStatus
  filled: Decimal
  /** Quote: sum of quantity x price. */
  filledNotional: Decimal
  fee: Decimal
  /** Why it was cancelled or rejected: ioc, fok, post_only, reduce_only, user, no_liquidity, admin; '' otherwise. */
  reason: string
  readonly createdAt: number
  updatedAt: number
}

export interface ExchangeExecution {
  readonly account: string
  readonly tradeId: string
  readonly orderId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly orderType: OrderType
  readonly orderQuantity: Decimal
  readonly leaves: Decimal
  readonly quantity: Decimal
  readonly price: Decimal
  readonly markPrice: Decimal
  readonly fee: Decimal
  readonly feeRate: Decimal
  readonly isMaker: boolean
  /** Base units that closed a position. */
  readonly closedSize: Decimal
  /** trade; liquidation, adl, funding come with the whole exchange. */
  readonly kind: 'trade'
  /** Per symbol, grows; the position after it carries it too. */
  readonly sequence: number
  readonly at: number
}

export interface ExchangePosition {
  readonly symbol: string
  /** Signed. */
  quantity: Decimal
  averagePrice: Decimal
  leverage: Decimal
  /** Quote, before fees, since the position opened; kept after it closed, until the next one opens. */
  realizedPnl: Decimal
  /** Quote, before fees, over all positions in the symbol. */
  cumulativeRealizedPnl: Decimal
  sequence: number
  createdAt: number
  updatedAt: number
}

export interface ExchangeWallet {
  readonly currency: string
  /** Deposits, fees and realized PnL. */
  balance: Decimal
  /** balance + unrealized PnL at mark. */
  readonly equity: Decimal
  readonly unrealizedPnl: Decimal
  readonly orderMargin: Decimal
  readonly positionMargin: Decimal
  readonly available: Decimal
}

export interface ExchangeTicker {
  readonly symbol: string
  readonly last: Decimal
  readonly mark: Decimal
  readonly index: Decimal
  readonly bid: Decimal
  readonly bidSize: Decimal
  readonly ask: Decimal
  readonly askSize: Decimal
  readonly previous24h: Decimal
  readonly high24h: Decimal
  readonly low24h: Decimal
  readonly volume24h: Decimal
  readonly turnover24h: Decimal
  readonly at: number
}

/** What happened, in order; the wire turns events into frames. */
export type ExchangeEvent =
  | { readonly kind: 'order'; readonly order: ExchangeOrder }
  | { readonly kind: 'execution'; readonly execution: ExchangeExecution }
  | { readonly kind: 'position'; readonly account: string; readonly position: ExchangePosition }
  | { readonly kind: 'wallet'; readonly account: string }
  | { readonly kind: 'ticker'; readonly symbol: string }

/** Numbered from 1 without a gap; a number above the last one kept pages on (see `audit`). */
export type AuditEntry = AuditFact & { readonly number: number }

/** Everything received, accepted, refused, filled: the judge of every run. */
export type AuditFact =
  | {
      readonly kind: 'received'
      readonly at: number
      readonly account: string
      /** submit, amend, cancel, cancel_all or set_leverage. */
      readonly command: string
      readonly clientOrderId: string
      readonly symbol: string
      readonly side: Side | ''
      readonly quantity: string
      readonly reduceOnly: boolean
    }
  | {
      readonly kind: 'accepted'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
    }
  | {
      readonly kind: 'refused'
      readonly at: number
      readonly account: string
      readonly command: string
      readonly clientOrderId: string
      readonly refusal: Refusal
    }
  | {
      readonly kind: 'filled'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
      readonly tradeId: string
      readonly symbol: string
      readonly side: Side
      readonly quantity: string
      readonly price: string
      readonly positionAfter: string
      readonly sequence: number
    }
  | {
      readonly kind: 'ended'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
      readonly status: ExchangeOrderStatus
      readonly reason: string
    }

/** The next prices of the simulated world. */
export interface PricePath {
  /** The mid price of a symbol at a time (ms), quote per base. Must not depend on how often it is asked. */
  priceAt(symbol: string, at: number): Decimal
}

/** The core as the wires, the simulator and the benches use it. Times are ms of the exchange's own clock. */
export interface Exchange {
  readonly instruments: ReadonlyMap<string, ExchangeInstrument>
  createAccount(account: string, deposit: Decimal): void
  accounts(): readonly string[]
  submit(account: string, command: OrderCommand, at: number): Result<ExchangeOrder, Refusal>
  /** Null leaves a value as it is. */
  amend(
    account: string,
    order: OrderSelector,
    change: { readonly quantity: Decimal | null; readonly limitPrice: Decimal | null },
    at: number,
  ): Result<ExchangeOrder, Refusal>
  cancel(account: string, order: OrderSelector, at: number): Result<ExchangeOrder, Refusal>
  cancelAll(account: string, symbol: string | null, at: number): readonly ExchangeOrder[]
  setLeverage(account: string, symbol: string, leverage: Decimal): Result<void, Refusal>
  /** Moves the world to a time: prices, resting orders that trade, tickers. */
  advance(at: number): void
  /** Liquidity around the mid, best first, without the accounts' own orders. */
  depth(symbol: string, levels: number): { readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  ticker(symbol: string): ExchangeTicker
  wallet(account: string): ExchangeWallet
  position(account: string, symbol: string): ExchangePosition
  /** Of every symbol the account has touched, flat ones too. */
  positions(account: string): readonly ExchangePosition[]
  order(account: string, selector: OrderSelector): ExchangeOrder | null
  openOrders(account: string): readonly ExchangeOrder[]
  /** Done ones, newest first. */
  closedOrders(account: string): readonly ExchangeOrder[]
  /** Newest first. */
  executions(account: string): readonly ExchangeExecution[]
  /**
   * Called in order, after a command has done its work and before it returns, so that a listener may give
   * commands itself. Returns what ends the subscription.
   */
  subscribe(listener: (event: ExchangeEvent) => void): () => void
  /** Entries numbered above `after`, oldest first. */
  audit(after: number, limit: number): readonly AuditEntry[]
  /** Called in the middle of a command: a listener must not give commands. */
  onAudit(listener: (entry: AuditEntry) => void): () => void
}

/** By the venue's id, or by the client's when that is ''. */
export interface OrderSelector {
  readonly symbol: string
  readonly orderId: string
  readonly clientOrderId: string
}

export interface Level {
  readonly price: Decimal
  readonly quantity: Decimal
}
