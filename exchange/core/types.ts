import type { Decimal } from '../../src/domain/decimal.ts'
import type { PositionIndex } from '../../src/domain/ids.ts'
import type { OrderType, Side, TimeInForce } from '../../src/domain/order.ts'
import type { Result } from '../../src/domain/result.ts'
import type { AuditEntry, ExchangeOrderStatus } from './audit-fact.ts'
import type { ExchangeInstrument } from './instrument.ts'
import type {
  ClosedPnl,
  ExchangeLedger,
  ExecutionKind,
  FundingPayment,
  MarginMode,
  PositionRisk,
  Transaction,
} from './records.ts'
import type { Refusal } from './refusal.ts'
import type { VenueRules } from './rules.ts'
import type {
  AttachedStops,
  OrderChange,
  OrderCondition,
  OrderOrigin,
  PositionMode,
  PositionStops,
  TradingStopCommand,
  Trigger,
} from './stop.ts'

export type { AuditEntry, ExchangeOrderStatus } from './audit-fact.ts'
export type { ExchangeInstrument } from './instrument.ts'
export type { Refusal } from './refusal.ts'

/** The simulated exchange's own nouns. Pure: time is handed in, chance comes from the seed. */
export interface OrderCommand {
  readonly symbol: string
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** 0 with reduceOnly and closeOnTrigger: all of the position. */
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  /** The client's own id; '' when it gave none. */
  readonly clientOrderId: string
  /** 0 if left out: one-way mode. In hedge mode 1 is the long position, 2 the short one. */
  readonly positionIndex?: PositionIndex
  /** The order waits for it. */
  readonly trigger?: Trigger
  /** Closes, never opens, when it comes alive. */
  readonly closeOnTrigger?: boolean
  readonly stops?: AttachedStops
}

export interface ExchangeOrder {
  readonly account: string
  readonly orderId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly positionIndex: PositionIndex
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  readonly origin: OrderOrigin
  /** Null for an order that never waited. */
  condition: OrderCondition | null
  stops: AttachedStops | null
  quantity: Decimal
  limitPrice: Decimal | null
  status: ExchangeOrderStatus
  filled: Decimal
  /** Quote: what was filled, each fill at its price. */
  filledNotional: Decimal
  fee: Decimal
  /** Quote, after both fees: of what it has closed so far. */
  closedPnl: Decimal
  /**
   * Why it was cancelled or rejected: ioc, fok, post_only, reduce_only, user, no_liquidity, admin,
   * insufficient_balance, position_closed, paired_stop, liquidation, adl, delisted, disconnect, invalid;
   * '' otherwise.
   */
  reason: string
  readonly createdAt: number
  updatedAt: number
}

export interface ExchangeExecution {
  readonly account: string
  readonly tradeId: string
  /** '' for funding. */
  readonly orderId: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly positionIndex: PositionIndex
  /** Of the order; for funding of the position. */
  readonly side: Side
  readonly orderType: OrderType
  readonly origin: OrderOrigin
  readonly orderQuantity: Decimal
  /** Of its order. */
  readonly limitPrice: Decimal | null
  readonly leaves: Decimal
  readonly quantity: Decimal
  readonly price: Decimal
  readonly markPrice: Decimal
  /** Positive is paid; for funding the payment itself. */
  readonly fee: Decimal
  /** For funding as the position's side sees it: a short's is the market's negated. */
  readonly feeRate: Decimal
  readonly isMaker: boolean
  /** Contracts that closed a position. */
  readonly closedSize: Decimal
  /** All but `funding` move a position. */
  readonly kind: ExecutionKind
  /** Quote, before the fee. */
  readonly realizedPnl: Decimal
  /** Quote: the wallet's balance after it. */
  readonly balanceAfter: Decimal
  /** Signed. */
  readonly positionAfter: Decimal
  /** Per symbol, grows; the position after it carries it too. */
  readonly sequence: number
  readonly at: number
}

export interface ExchangePosition {
  readonly symbol: string
  readonly positionIndex: PositionIndex
  /** Signed. */
  quantity: Decimal
  averagePrice: Decimal
  leverage: Decimal
  /** Quote, before fees, since the position opened; kept after it closed, until the next one opens. */
  realizedPnl: Decimal
  /** Quote, before fees, over all positions in the symbol. */
  cumulativeRealizedPnl: Decimal
  /** Quote, trading fees and funding paid, over the same times as the two before. */
  fees: Decimal
  cumulativeFees: Decimal
  /** Null when none stands. */
  stops: PositionStops | null
  sequence: number
  createdAt: number
  updatedAt: number
}

export interface ExchangeWallet {
  readonly currency: string
  /** Deposits, fees, funding and realized PnL. */
  balance: Decimal
  /** balance + unrealized PnL at mark. */
  readonly equity: Decimal
  readonly unrealizedPnl: Decimal
  /** After fees and funding, of all that was ever held. */
  readonly realizedPnl: Decimal
  readonly orderMargin: Decimal
  readonly positionMargin: Decimal
  readonly maintenanceMargin: Decimal
  /** What margins leave of the equity; in isolated margin of the balance. */
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
  /** The rate as it would be if it were paid now. */
  readonly fundingRate: Decimal
  readonly nextFundingAt: number
  readonly at: number
}

/** What happened, in order; the wire turns events into frames. */
export type ExchangeEvent =
  | { readonly kind: 'order'; readonly order: ExchangeOrder }
  | { readonly kind: 'execution'; readonly execution: ExchangeExecution }
  | { readonly kind: 'position'; readonly account: string; readonly position: ExchangePosition }
  | { readonly kind: 'wallet'; readonly account: string }
  | { readonly kind: 'ticker'; readonly symbol: string }

/** The next prices of the simulated world. */
export interface PricePath {
  /** The mid price of a symbol at a time (ms), quote per base. Must not depend on how often it is asked. */
  priceAt(symbol: string, at: number): Decimal
}

/** The core as the wires, the simulator and the benches use it. Times are ms of the exchange's own clock. */
export interface Exchange extends ExchangeRecords, ExchangeAdministration {
  readonly instruments: ReadonlyMap<string, ExchangeInstrument>
  readonly rules: VenueRules
  submit(account: string, command: OrderCommand, at: number): Result<ExchangeOrder, Refusal>
  amend(
    account: string,
    order: OrderSelector,
    change: OrderChange,
    at: number,
  ): Result<ExchangeOrder, Refusal>
  cancel(account: string, order: OrderSelector, at: number): Result<ExchangeOrder, Refusal>
  /** Waiting ones too. */
  cancelAll(account: string, symbol: string | null, at: number): readonly ExchangeOrder[]
  setLeverage(account: string, symbol: string, leverage: Decimal): Result<void, Refusal>
  /** Of one symbol, or of every symbol that has no position and no orders. */
  switchPositionMode(account: string, symbol: string | null, mode: PositionMode): Result<void, Refusal>
  /** Of the whole account, while it has no position and no order. */
  switchMarginMode(account: string, mode: MarginMode): Result<void, Refusal>
  setTradingStop(account: string, command: TradingStopCommand, at: number): Result<void, Refusal>
  /** Cancels everything of the account when the time comes; null calls it off. */
  cancelAllAfter(account: string, deadlineAt: number | null, at: number): Result<void, Refusal>
  /** Moves the world to a time: prices, resting and waiting orders, funding, liquidation, tickers. */
  advance(at: number): void
  /** Liquidity around the mid, best first, without the accounts' own orders. */
  depth(symbol: string, levels: number): { readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  ticker(symbol: string): ExchangeTicker
  /** The ticker's mark, for those who need no more of it. */
  mark(symbol: string): Decimal
  /** The mid of any time, past or to come: what candles are made of. */
  priceAt(symbol: string, at: number): Decimal
  /** Payments up to now, newest first. */
  fundingPayments(symbol: string, before: number, limit: number): readonly FundingPayment[]
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

/** What an account can ask. Lists are bounded: the newest are kept. */
export interface ExchangeRecords {
  wallet(account: string): ExchangeWallet
  marginMode(account: string): MarginMode
  positionMode(account: string, symbol: string): PositionMode
  /** Index 0 if left out. */
  position(account: string, symbol: string, positionIndex?: PositionIndex): ExchangePosition
  /** Of every symbol and index the account has touched, flat ones too. */
  positions(account: string): readonly ExchangePosition[]
  risk(account: string, symbol: string, positionIndex?: PositionIndex): PositionRisk
  order(account: string, selector: OrderSelector): ExchangeOrder | null
  /** Waiting ones too. */
  openOrders(account: string): readonly ExchangeOrder[]
  /** Done ones, newest first. */
  closedOrders(account: string): readonly ExchangeOrder[]
  /** Newest first. */
  executions(account: string): readonly ExchangeExecution[]
  /** One row per closing order, that which closed last first. */
  closedPnl(account: string): readonly ClosedPnl[]
  /** Newest first. */
  transactions(account: string): readonly Transaction[]
}

/** What only the exchange itself does, or the one who runs it. */
export interface ExchangeAdministration {
  createAccount(account: string, deposit: Decimal): void
  accounts(): readonly string[]
  readonly maintenance: boolean
  /** While on, every command of an account is refused and the world stands still. */
  setMaintenance(on: boolean): void
  /** A symbol that stops trading has its orders cancelled and its positions settled at the mean of its last half hour. */
  setSymbolStatus(symbol: string, status: ExchangeInstrument['status'], at: number): void
  /** Quote; negative withdraws, at most what is available. */
  transfer(account: string, amount: Decimal, at: number): Result<void, Refusal>
  /** As if the account had fallen below maintenance. */
  liquidate(account: string, at: number): void
  /** As if an opposite account had gone bankrupt: closes up to `quantity` at mark. */
  deleverage(account: string, position: PositionAddress, quantity: Decimal, at: number): void
  ledger(): ExchangeLedger
}

export interface PositionAddress {
  readonly symbol: string
  readonly positionIndex: PositionIndex
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
