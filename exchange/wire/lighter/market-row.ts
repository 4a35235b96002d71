import {
  add,
  type Decimal,
  decimal,
  divide,
  multiply,
  ONE,
  subtract,
  toNumber,
} from '../../../src/domain/decimal.ts'
import type { ExchangeTicker, Level } from '../../core/types.ts'
import { type Market, priceText, sizeText } from './markets.ts'
import { fixed, QUOTE_PLACES, quoteText } from './text.ts'
import type { LighterVenue } from './venue.ts'

type Row = Record<string, unknown>

const PERCENT = decimal('100')
const RATE_PLACES = 4
const MARGIN_TICK = decimal('10000')
/** 2^48 - 1 millionths of the quote: what one order may be worth. */
const ORDER_QUOTE_LIMIT = '281474976.710655'

/** Levels of a book that are told, a side. */
export const BOOK_LEVELS = 100

/** One of orderBooks. */
export function orderBookRow({ index, instrument, sizeDecimals, priceDecimals }: Market): Row {
  return {
    symbol: instrument.symbol,
    market_id: index,
    market_type: 'perp',
    base_asset_id: 0,
    quote_asset_id: 0,
    status: instrument.status === 'trading' ? 'active' : 'inactive',
    taker_fee: percentText(instrument.takerFeeRate),
    is_taker_fee_enabled: true,
    maker_fee: percentText(instrument.makerFeeRate),
    is_maker_fee_enabled: true,
    liquidation_fee: '1.0000',
    min_base_amount: fixed(instrument.minimumQuantity, sizeDecimals),
    min_quote_amount: quoteText(instrument.minimumNotional),
    order_quote_limit: ORDER_QUOTE_LIMIT,
    supported_size_decimals: sizeDecimals,
    supported_price_decimals: priceDecimals,
    supported_quote_decimals: QUOTE_PLACES,
  }
}

/** One of orderBookDetails: amounts of the day are JSON numbers there. */
export function orderBookDetailRow(venue: LighterVenue, market: Market): Row {
  const { instrument, sizeDecimals, priceDecimals } = market
  const ticker = venue.exchange.ticker(instrument.symbol)
  const leastMargin = marginFraction(divide(ONE, instrument.maximumLeverage))
  return {
    ...orderBookRow(market),
    size_decimals: sizeDecimals,
    price_decimals: priceDecimals,
    quote_multiplier: 1,
    default_initial_margin_fraction: Math.max(leastMargin, 1_000),
    min_initial_margin_fraction: leastMargin,
    maintenance_margin_fraction: marginFraction(instrument.maintenanceMarginRate),
    closeout_margin_fraction: marginFraction(divide(instrument.maintenanceMarginRate, decimal('1.5'))),
    last_trade_price: toNumber(ticker.last),
    daily_trades_count: 0,
    ...dailyFigures(ticker),
    open_interest: 0,
    daily_chart: {},
    market_config: MARKET_CONFIG,
    strategy_index: 0,
  }
}

/** What `market_stats` tells of one market. */
export function statsRow(venue: LighterVenue, market: Market): Row {
  const { symbol } = market.instrument
  const ticker = venue.exchange.ticker(symbol)
  const price = (value: Decimal) => priceText(market, value)
  return {
    symbol,
    market_id: market.index,
    index_price: price(ticker.index),
    mark_price: price(ticker.mark),
    mid_price: price(divide(add(ticker.bid, ticker.ask), decimal('2'))),
    best_bid_price: price(ticker.bid),
    best_ask_price: price(ticker.ask),
    open_interest: '0.000000',
    open_interest_limit: '72057594037927936.000000',
    funding_clamp_small: '0.0500',
    funding_clamp_big: '4.0000',
    base_interest_rate: '0.0100',
    last_trade_price: price(ticker.last),
    current_funding_rate: percentText(ticker.fundingRate),
    funding_rate: percentText(ticker.fundingRate),
    funding_timestamp: Math.trunc(venue.wallAt(ticker.nextFundingAt)),
    ...dailyFigures(ticker),
  }
}

export interface LevelText {
  readonly price: string
  readonly size: string
}

export function levelTexts(market: Market, levels: readonly Level[]): readonly LevelText[] {
  return levels.map(({ price, quantity }) => ({
    price: priceText(market, price),
    size: sizeText(market, quantity),
  }))
}

function dailyFigures(ticker: ExchangeTicker): Row {
  const change = divide(subtract(ticker.last, ticker.previous24h), ticker.previous24h)
  return {
    daily_base_token_volume: toNumber(ticker.volume24h),
    daily_quote_token_volume: toNumber(ticker.turnover24h),
    daily_price_low: toNumber(ticker.low24h),
    daily_price_high: toNumber(ticker.high24h),
    daily_price_change: toNumber(multiply(change, PERCENT)),
  }
}

function percentText(rate: Decimal): string {
  return fixed(multiply(rate, PERCENT), RATE_PLACES)
}

/** Hundredths of a percent. */
function marginFraction(rate: Decimal): number {
  return toNumber(multiply(rate, MARGIN_TICK))
}

const MARKET_CONFIG = {
  market_margin_mode: 0,
  insurance_fund_account_index: 281_474_976_710_655,
  liquidation_mode: 0,
  force_reduce_only: false,
  trading_hours: '',
  funding_fee_discounts_enabled: false,
  hidden: false,
  rfq_enabled: false,
}
