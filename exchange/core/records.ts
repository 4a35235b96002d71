import type { Decimal } from '../../src/domain/decimal.ts'
import type { PositionIndex } from '../../src/domain/ids.ts'
import type { OrderType, Side } from '../../src/domain/order.ts'

/**
 * trade: a meeting in the book. liquidation, adl: taken over. settlement: closed because the symbol was delisted.
 * funding: no trade at all, its quantity is the position's.
 */
export type ExecutionKind = 'trade' | 'liquidation' | 'adl' | 'settlement' | 'funding'

/** cross: the whole account stands for every position. isolated: each position stands on its own margin. */
export type MarginMode = 'cross' | 'isolated'

/** What one order closed, over all of its fills so far; or one of its fills, by the venue's rules. */
export interface ClosedPnl {
  readonly account: string
  /** Counts the account's rows; no venue tells it. */
  readonly number: number
  readonly symbol: string
  readonly positionIndex: PositionIndex
  readonly orderId: string
  /** Of the closing order. */
  readonly side: Side
  readonly orderType: OrderType
  readonly orderQuantity: Decimal
  readonly limitPrice: Decimal | null
  readonly kind: ExecutionKind
  readonly leverage: Decimal
  closedSize: Decimal
  /** Quote: what was closed at its average entry price, and at its exit prices. */
  entryNotional: Decimal
  exitNotional: Decimal
  /** Quote: of opening what was closed, and of closing it. */
  openFee: Decimal
  closeFee: Decimal
  /** Quote, after both fees. */
  closedPnl: Decimal
  fillCount: number
  readonly createdAt: number
  updatedAt: number
}

/** One change of a wallet. */
export interface Transaction {
  readonly id: string
  readonly kind: ExecutionKind | 'deposit' | 'withdrawal' | 'insurance'
  /** '' where no symbol is concerned; then side, quantity, price and position say nothing either. */
  readonly symbol: string
  readonly side: Side | null
  readonly orderId: string
  readonly clientOrderId: string
  readonly tradeId: string
  readonly quantity: Decimal
  readonly price: Decimal
  /** Signed, after it. */
  readonly positionAfter: Decimal
  /** Quote: positive is paid. */
  readonly fee: Decimal
  readonly feeRate: Decimal
  /** Quote: positive is received. */
  readonly funding: Decimal
  /** Quote: realized PnL or the amount moved, without fee and funding. */
  readonly cashFlow: Decimal
  /** cashFlow + funding - fee. */
  readonly change: Decimal
  readonly balanceAfter: Decimal
  readonly at: number
}

/** What a position means for its account now, all others as they are; in isolated margin they do not count. */
export interface PositionRisk {
  /** Quote. */
  readonly initialMargin: Decimal
  readonly maintenanceMargin: Decimal
  /** Where the account, or the position that stands alone, falls below maintenance; null where no price above 0 does it. */
  readonly liquidationPrice: Decimal | null
  /** Where nothing is left; null as above. */
  readonly bankruptcyPrice: Decimal | null
  /** 0 flat, 1 to 5 by the position's own leveraged return. */
  readonly adlRank: number
}

/** Where all money and all positions are. Sums of accounts' equity + this = 0, but for the last digits. */
export interface ExchangeLedger {
  /** Quote, all of it: accounts' deposits, and the insurance fund's first filling. */
  readonly deposits: Decimal
  readonly withdrawals: Decimal
  readonly fees: Decimal
  /** Received from accounts minus paid to them. */
  readonly funding: Decimal
  /** Below 0 when an account owed more than there was, because its own stop met a gap in the price. */
  readonly insurance: Decimal
  /** The other side of every trade with the world's liquidity, by symbol: contracts, and quote. */
  readonly world: ReadonlyMap<string, { readonly quantity: Decimal; readonly cash: Decimal }>
}

export interface FundingPayment {
  readonly at: number
  /** Fraction of a position's value at mark; positive: longs pay shorts. */
  readonly rate: Decimal
}
