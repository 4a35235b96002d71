import type { Balance, Credential, Environment, Equity, KeyPermissions } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { Fill } from '../domain/fill.ts'
import type { AccountId, ClientOrderId, InstrumentId, PositionIndex, VenueOrderId } from '../domain/ids.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Claim, OrderType, Purpose, Side, TimeInForce } from '../domain/order.ts'
import type { Result } from '../domain/result.ts'

/** One venue in one environment. Adapters have one shape; what differs is in `capability`. */
export interface Venue {
  readonly capability: Capability
  readonly environment: Environment
  readonly market: VenueMarket
  account(accountId: AccountId, credential: Credential): VenueAccount
  /** Ends every socket of this venue. */
  close(): Promise<void>
}

/** Why a call did not do what was asked. Every kind says what is certain. */
export type VenueError =
  /** No byte left: late, no budget in time, no route. Nothing happened at the venue. */
  | { readonly kind: 'not_sent'; readonly message: string }
  /** The venue answered no. Nothing was done. `code` and `message` are its own. */
  | {
      readonly kind: 'refused'
      readonly reason: RefusalReason
      readonly code: string
      readonly message: string
    }
  /** Bytes may have left and no answer came. For orders: ask; do not send again. */
  | { readonly kind: 'in_doubt'; readonly message: string }
  /** A read that got no usable answer; asking again is safe. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** An answer that does not have the documented shape. */
  | { readonly kind: 'malformed'; readonly message: string }

/** What the engine must tell apart; everything else is `other`. */
export type RefusalReason =
  | 'rate_limited'
  | 'time_window'
  | 'key'
  | 'address'
  | 'balance'
  | 'reduce_only'
  | 'quantity'
  | 'price'
  | 'symbol'
  | 'position_mode'
  | 'leverage'
  | 'duplicate_id'
  | 'order_unknown'
  | 'not_modified'
  | 'other'

export interface OrderRequest {
  readonly clientOrderId: ClientOrderId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  readonly purpose: Purpose
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Base units. */
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly reduceOnly: boolean
  readonly claim: Claim
}

export interface OrderRef {
  readonly instrumentId: InstrumentId
  readonly clientOrderId: ClientOrderId
  readonly venueOrderId: VenueOrderId | null
  /** Where it is known: a venue that cannot be asked for one id is not searched further back than this. */
  readonly claim?: Claim | null
  /** Where it is known: the order's place in every budget is its questions' too. */
  readonly purpose?: Purpose
}

/** An order to be cancelled: one that is not ours may have only the venue's id. */
export type CancelRef =
  | OrderRef
  | {
      readonly instrumentId: InstrumentId
      readonly clientOrderId: null
      readonly venueOrderId: VenueOrderId
    }

/** Taken for processing; nothing is done yet. */
export interface Taken {
  /** Our clock, ms: when the request left and when the answer came. */
  readonly sentAt: number
  readonly ackedAt: number
}

/** An order taken for processing; not yet on the book. */
export interface Acked extends Taken {
  readonly venueOrderId: VenueOrderId
}

/** What the venue says of one order. `filled` is its own total. */
export interface ExecutionReport {
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  readonly venueOrderId: VenueOrderId
  readonly clientOrderId: ClientOrderId | null
  readonly side: Side
  readonly type: OrderType
  /** created is taken for processing; open is on the book. */
  readonly status: 'created' | 'open' | 'filled' | 'canceled' | 'rejected'
  readonly quantity: Decimal
  readonly filled: Decimal
  readonly limitPrice: Decimal | null
  /** Null while nothing is filled. */
  readonly averagePrice: Decimal | null
  readonly reduceOnly: boolean
  /** The venue's own word for a cancel or refusal. */
  readonly reason: string | null
  /** The venue's clock, ms. */
  readonly at: number
}

/** Not in open orders, not in history, not in executions, as of the venue's `at` (ms). */
export interface Absent {
  readonly absent: true
  readonly at: number
}

export interface PositionReport {
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  /** Signed, base units. */
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  readonly markPrice: Decimal | null
  readonly leverage: Decimal | null
  readonly unrealizedPnl: Decimal | null
  readonly liquidationPrice: Decimal | null
  readonly venueSequence: number
  /** The venue's clock, ms. */
  readonly at: number
}

export interface AccountSnapshot {
  readonly positionMode: 'one_way' | 'hedge'
  readonly positions: readonly PositionReport[]
  readonly openOrders: readonly ExecutionReport[]
  readonly balances: readonly Balance[]
  /** Quote currency, wallet plus open PnL. `at` is our clock. */
  readonly equity: Equity
  /** The venue's clock when the positions were read, ms. */
  readonly at: number
}

/** At least once, possibly out of order. */
export type VenueReport =
  | { readonly kind: 'order'; readonly report: ExecutionReport }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'position'; readonly position: PositionReport }
  /** Without unrealised PnL where the venue leaves it out. */
  | { readonly kind: 'balance'; readonly balances: readonly Balance[] }
  /** A frame that could not be read: counted, logged, never guessed. */
  | { readonly kind: 'malformed'; readonly topic: string; readonly message: string }

export type StreamState =
  | { readonly kind: 'connecting' }
  /** Authenticated and subscribed: reports flow from now on; what came before must be fetched. */
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly message: string }
  /** The venue refuses the key: not tried again until the credential changes. */
  | { readonly kind: 'refused'; readonly error: VenueError }

export interface AccountListener {
  /** One call for what came together, in its order, with our clock at arrival (ms). */
  reports(reports: readonly VenueReport[], receivedAt: number): void
  stream(state: StreamState): void
  /**
   * Whether trades are shared out by the size of their orders; absent: they are. Where a venue tells that size apart
   * from the trade, a trade waits for it only then; otherwise its order counts as big as the trade.
   */
  needsOrderQuantity?(): boolean
}

/** Where to go on reading executions: all with a venue time at or after it, oldest first. */
export interface ExecutionQuery {
  /** The venue's clock, ms. */
  readonly since: number
  readonly instrumentId?: InstrumentId
  readonly venueOrderId?: VenueOrderId
  /** Of the order whose trades are missing, as in OrderRef. */
  readonly purpose?: Purpose
}

/** One credential's live state at its venue. Commands never retry; the engine decides. */
export interface VenueAccount {
  readonly accountId: AccountId
  /** Opens the private streams and keeps them open, with full jitter between tries, until `close`. */
  open(listener: AccountListener): void
  close(): Promise<void>
  /** A pong within two heartbeats, on an authenticated stream. */
  isAlive(): boolean
  /** What a claim needs: the way and the venue's clock now. Synchronous. `not_sent` when either is unknown. */
  stamp(leaseEpoch: number): Result<Claim, VenueError>
  /**
   * How long an order for this purpose would wait for the venue's request budget, ms; 0: it can go at once.
   * While it waits no intent is made, so that what comes in the meantime becomes one order.
   */
  budgetWaitMs(purpose: Purpose): number
  /** Sends once by the claim's route within its deadline. On `in_doubt`, ask; do not send again. */
  submit(order: OrderRequest): Promise<Result<Acked, VenueError>>
  /** Taken for processing. `order_unknown` is evidence of nothing but this query. */
  cancel(order: CancelRef, purpose: Purpose): Promise<Result<Taken, VenueError>>
  /** Looks in open orders, order history and executions; `absent` says as of when. */
  find(order: OrderRef): Promise<Result<ExecutionReport | Absent, VenueError>>
  snapshot(): Promise<Result<AccountSnapshot, VenueError>>
  /** Every execution that matches, all pages. */
  executions(query: ExecutionQuery): Promise<Result<readonly Fill[], VenueError>>
  /** `not_modified` counts as done. */
  setLeverage(instrumentId: InstrumentId, leverage: Decimal): Promise<Result<void, VenueError>>
  permissions(): Promise<Result<KeyPermissions, VenueError>>
}

/** The best prices of one instrument; null where the venue does not say. */
export interface Ticker {
  readonly instrumentId: InstrumentId
  readonly last: Decimal
  readonly mark: Decimal
  readonly bid: Decimal | null
  readonly ask: Decimal | null
  /** A fraction of the last price 24 hours ago: 0.01 is one percent. */
  readonly change24h: Decimal | null
  /** Base units. */
  readonly volume24h: Decimal | null
  /** A fraction of the notional, per funding interval. */
  readonly fundingRate: Decimal | null
  /** Our clock at arrival, ms. */
  readonly at: number
}

export interface MarketListener {
  ticker(ticker: Ticker): void
  stream(state: StreamState): void
}

/** The limit prices at one depth of a book; null on a side that is not that deep. */
export interface BookLevel {
  readonly bid: Decimal | null
  readonly ask: Decimal | null
  /** Our clock at arrival, ms. */
  readonly at: number
}

/** The public side: one per venue and environment, shared by all accounts. */
export interface VenueMarket {
  instruments(): Promise<Result<readonly Instrument[], VenueError>>
  open(listener: MarketListener): void
  /** Replaces the set of instruments whose tickers flow. */
  watch(instruments: readonly InstrumentId[]): void
  /**
   * Asks for the book as it is now, own orders included.
   *
   * @param level 1 is the best price; orders at one price are one level
   * @returns `refused` for a level beyond what the venue shows
   */
  depth(instrumentId: InstrumentId, level: number): Promise<Result<BookLevel, VenueError>>
  /** The venue's clock minus ours, ms; null until measured. */
  clockOffsetMs(): number | null
  close(): Promise<void>
}
