import type { Decimal } from '../../src/domain/decimal.ts'

/** Every quantity, lot, minimum and maximum of it is in contracts; prices are quote per base unit. */
export interface ExchangeInstrument {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tickSize: Decimal
  /** Base units in one contract: 1 at Bybit, whose quantities are base units; 0.01 for OKX's BTC-USDT-SWAP (ctVal). */
  readonly contractSize: Decimal
  readonly lotSize: Decimal
  readonly minimumQuantity: Decimal
  readonly minimumNotional: Decimal
  readonly maximumLimitQuantity: Decimal
  readonly maximumMarketQuantity: Decimal
  readonly maximumLeverage: Decimal
  /** Fractions: 0.00055 is 5.5 basis points. */
  readonly takerFeeRate: Decimal
  readonly makerFeeRate: Decimal
  /** Fraction of a position's value at mark that its account must keep. */
  readonly maintenanceMarginRate: Decimal
  readonly fundingIntervalMs: number
  /** delivering: its positions are settled already, and it is about to close. */
  status: 'trading' | 'delivering' | 'closed'
}
