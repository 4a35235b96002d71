import { type Decimal, decimal, divide, ONE } from '../../src/domain/decimal.ts'
import type { ExchangeInstrument } from './types.ts'

type Row = readonly [
  base: string,
  tickSize: string,
  lotSize: string,
  maximumLimitQuantity: string,
  maximumMarketQuantity: string,
  maximumLeverage: string,
]

/** Shaped like Bybit's linear USDT perpetuals: steps and maxima as its instruments-info shows them. */
const ROWS: readonly Row[] = [
  ['BTC', '0.1', '0.001', '1190', '119', '100'],
  ['ETH', '0.01', '0.01', '7240', '724', '100'],
  ['SOL', '0.01', '0.1', '79770', '16470', '100'],
  ['XRP', '0.0001', '0.1', '2628040', '525610', '75'],
  ['BNB', '0.1', '0.01', '4000', '800', '75'],
  ['DOGE', '0.00001', '1', '11640080', '2328020', '75'],
]

export const DEFAULT_INSTRUMENTS: readonly ExchangeInstrument[] = ROWS.map(instrument)

/** Where the seeded world's prices start, quote per base. */
export const DEFAULT_BASE_PRICES: ReadonlyMap<string, Decimal> = new Map([
  ['BTCUSDT', decimal('60000')],
  ['ETHUSDT', decimal('3000')],
  ['SOLUSDT', decimal('150')],
  ['XRPUSDT', decimal('0.6')],
  ['BNBUSDT', decimal('550')],
  ['DOGEUSDT', decimal('0.12')],
])

function instrument(row: Row): ExchangeInstrument {
  const [base, tickSize, lotSize, maximumLimitQuantity, maximumMarketQuantity, maximumLeverage] = row
  return {
    symbol: `${base}USDT`,
    base,
    quote: 'USDT',
    tickSize: decimal(tickSize),
    contractSize: ONE,
    lotSize: decimal(lotSize),
    minimumQuantity: decimal(lotSize),
    minimumNotional: decimal('5'),
    maximumLimitQuantity: decimal(maximumLimitQuantity),
    maximumMarketQuantity: decimal(maximumMarketQuantity),
    maximumLeverage: decimal(maximumLeverage),
    takerFeeRate: decimal('0.00055'),
    makerFeeRate: decimal('0.0002'),
    // Half of what the highest leverage leaves, as in the first risk tier of Bybit's symbols.
    maintenanceMarginRate: divide(decimal('0.5'), decimal(maximumLeverage)),
    fundingIntervalMs: 8 * 3_600_000,
    status: 'trading',
  }
}

type LighterRow = readonly [
  symbol: string,
  tickSize: string,
  lotSize: string,
  minimum: string,
  leverage: string,
]

/** Shaped like Lighter's first perpetuals, in the order of their market numbers. */
const LIGHTER_ROWS: readonly LighterRow[] = [
  ['ETH', '0.01', '0.0001', '0.005', '50'],
  ['BTC', '0.1', '0.00001', '0.0002', '50'],
  ['SOL', '0.001', '0.001', '0.05', '25'],
]

export const LIGHTER_INSTRUMENTS: readonly ExchangeInstrument[] = LIGHTER_ROWS.map(
  ([symbol, tickSize, lotSize, minimumQuantity, maximumLeverage]) => ({
    symbol,
    base: symbol,
    quote: 'USDC',
    tickSize: decimal(tickSize),
    contractSize: ONE,
    lotSize: decimal(lotSize),
    minimumQuantity: decimal(minimumQuantity),
    minimumNotional: decimal('10'),
    maximumLimitQuantity: decimal('1000000'),
    maximumMarketQuantity: decimal('1000000'),
    maximumLeverage: decimal(maximumLeverage),
    // Of premium accounts, in recorded trades: 196 and 28 millionths.
    takerFeeRate: decimal('0.000196'),
    makerFeeRate: decimal('0.000028'),
    maintenanceMarginRate: divide(decimal('0.6'), decimal(maximumLeverage)),
    fundingIntervalMs: 3_600_000,
    status: 'trading',
  }),
)

/** Where the seeded world's prices start, quote per base. */
export const LIGHTER_BASE_PRICES: ReadonlyMap<string, Decimal> = new Map([
  ['ETH', decimal('3000')],
  ['BTC', decimal('60000')],
  ['SOL', decimal('150')],
])
