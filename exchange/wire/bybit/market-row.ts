import {
  type Decimal,
  divide,
  formatDecimal,
  fromUnits,
  multiply,
  subtract,
  truncateToStep,
  ZERO,
} from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import { seedOf } from '../../core/noise.ts'
import type { Exchange, ExchangeInstrument, Level } from '../../core/types.ts'
import { placesOf, stepped, timeText } from './text.ts'
import type { Venue } from './venue.ts'

/** A limit price may be at most this many ticks; the venue names such a bound per symbol. */
const MAXIMUM_PRICE_TICKS = 19_999_998n
const MILLIONTH = fromUnits(10n ** 12n)
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** The largest rate either way per settlement. */
const FUNDING_CAP = '0.005'
/** Quote: shown, not enforced. */
export const RISK_LIMIT_VALUE = '2000000'
const LAUNCH_TIME = '1585526400000'

/** docs/v5/enum.mdx, status. */
const STATUS: Record<ExchangeInstrument['status'], string> = {
  trading: 'Trading',
  delivering: 'Delivering',
  closed: 'Closed',
}

/** A row of /v5/market/instruments-info. */
export function instrumentRow(instrument: ExchangeInstrument): Record<string, unknown> {
  const { tickSize, lotSize } = instrument
  const maximumQuantity = stepped(instrument.maximumLimitQuantity, lotSize)
  return {
    symbol: instrument.symbol,
    contractType: 'LinearPerpetual',
    status: STATUS[instrument.status],
    baseCoin: instrument.base,
    quoteCoin: instrument.quote,
    launchTime: LAUNCH_TIME,
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(placesOf(tickSize)),
    leverageFilter: {
      minLeverage: '1',
      maxLeverage: formatDecimal(instrument.maximumLeverage),
      leverageStep: '0.01',
    },
    priceFilter: {
      minPrice: formatDecimal(tickSize),
      maxPrice: formatDecimal(fromUnits(tickSize * MAXIMUM_PRICE_TICKS)),
      tickSize: formatDecimal(tickSize),
    },
    lotSizeFilter: {
      maxOrderQty: maximumQuantity,
      minOrderQty: stepped(instrument.minimumQuantity, lotSize),
      qtyStep: formatDecimal(lotSize),
      postOnlyMaxOrderQty: maximumQuantity,
      maxMktOrderQty: stepped(instrument.maximumMarketQuantity, lotSize),
      minNotionalValue: formatDecimal(instrument.minimumNotional),
    },
    unifiedMarginTrade: true,
    fundingInterval: instrument.fundingIntervalMs / MINUTE_MS,
    settleCoin: instrument.quote,
    symbolId: symbolId(instrument.symbol),
    symbolType: '',
    copyTrading: 'none',
    upperFundingRate: FUNDING_CAP,
    lowerFundingRate: `-${FUNDING_CAP}`,
    riskParameters: { priceLimitRatioX: '0.05', priceLimitRatioY: '0.1' },
    isPreListing: false,
    preListingInfo: null,
    displayName: '',
  }
}

/** Any number will do that stays the same. */
function symbolId(symbol: string): number {
  return seedOf(0, symbol) % 100_000
}

/** The data of a `tickers` frame: texts only, so that a delta is a comparison. */
export function tickerRow(venue: Venue, symbol: string): Record<string, string> {
  const { exchange } = venue
  const ticker = exchange.ticker(symbol)
  const { tickSize, lotSize, fundingIntervalMs } = must(exchange.instruments.get(symbol), symbol)
  const openInterest = venue.openInterest.of(symbol)
  const hourAgo = exchange.priceAt(symbol, venue.worldAt(venue.now() - HOUR_MS))
  return {
    symbol,
    tickDirection: ticker.last < ticker.previous24h ? 'MinusTick' : 'PlusTick',
    price24hPcnt: formatDecimal(change(ticker.previous24h, ticker.last)),
    lastPrice: stepped(ticker.last, tickSize),
    prevPrice24h: stepped(ticker.previous24h, tickSize),
    highPrice24h: stepped(ticker.high24h, tickSize),
    lowPrice24h: stepped(ticker.low24h, tickSize),
    prevPrice1h: stepped(hourAgo, tickSize),
    markPrice: stepped(ticker.mark, tickSize),
    indexPrice: stepped(ticker.index, tickSize),
    openInterest: stepped(openInterest, lotSize),
    openInterestValue: formatDecimal(multiply(openInterest, ticker.mark)),
    turnover24h: formatDecimal(ticker.turnover24h),
    volume24h: formatDecimal(ticker.volume24h),
    nextFundingTime: timeText(venue.wallAt(ticker.nextFundingAt)),
    fundingRate: formatDecimal(ticker.fundingRate),
    bid1Price: stepped(ticker.bid, tickSize),
    bid1Size: stepped(ticker.bidSize, lotSize),
    ask1Price: stepped(ticker.ask, tickSize),
    ask1Size: stepped(ticker.askSize, lotSize),
    fundingIntervalHour: String(fundingIntervalMs / HOUR_MS),
  }
}

/** A row of /v5/market/tickers: without tick direction, with what only futures and new listings fill. */
export function tickerAnswerRow(venue: Venue, symbol: string): Record<string, string> {
  const { tickDirection: _, ...row } = tickerRow(venue, symbol)
  return { ...row, fundingCap: FUNDING_CAP, ...NO_DELIVERY }
}

const NO_DELIVERY = {
  predictedDeliveryPrice: '',
  basis: '',
  basisRate: '',
  basisRateYear: '',
  deliveryFeeRate: '',
  deliveryTime: '0',
  preOpenPrice: '',
  preQty: '',
  curPreListingPhase: '',
}

export type LevelText = readonly [price: string, quantity: string]

/** Price and size texts, best first, as every order book message has them. */
export function bookSides(
  exchange: Exchange,
  symbol: string,
  levels: number,
): { readonly bids: readonly LevelText[]; readonly asks: readonly LevelText[] } {
  const { tickSize, lotSize } = must(exchange.instruments.get(symbol), symbol)
  const text = (level: Level): LevelText => [stepped(level.price, tickSize), stepped(level.quantity, lotSize)]
  const { bids, asks } = exchange.depth(symbol, levels)
  return { bids: bids.map(text), asks: asks.map(text) }
}

/** A fraction at six places, as the venue shows it. */
function change(from: Decimal, to: Decimal): Decimal {
  if (from === ZERO) return ZERO
  return truncateToStep(divide(subtract(to, from), from), MILLIONTH)
}
