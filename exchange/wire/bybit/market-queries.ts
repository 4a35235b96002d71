import {
  basisPoints,
  type Decimal,
  formatDecimal,
  fromUnits,
  truncateToStep,
} from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangeInstrument } from '../../core/types.ts'
import { parameterError, type VenueFailure } from './codes.ts'
import { bookSides, instrumentRow, RISK_LIMIT_VALUE, tickerAnswerRow } from './market-row.ts'
import { instrumentNamed, instrumentsAsked } from './named.ts'
import type { InterestSample } from './open-interest.ts'
import { limitOf, pageOf, type Query, timesOf } from './page.ts'
import { sideText, stepped } from './text.ts'
import type { Venue } from './venue.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>

const INSTRUMENT_PAGE = {
  usual: 500,
  maximum: 1_000,
  placeOf: (row: Record<string, unknown>) => ({ id: String(row['symbol']), at: 0 }),
}
/** Levels of the REST order book: 500 at the venue, as many as the core makes here. */
const BOOK_LEVELS = { usual: 25, maximum: 500 }
const TRADES = { usual: 500, maximum: 1_000 }
const OPEN_INTEREST_PAGE = {
  usual: 50,
  maximum: 200,
  placeOf: ({ at }: InterestSample) => ({ id: String(at), at }),
}
const INTEREST_INTERVALS_MS: Readonly<Record<string, number>> = {
  '5min': 300_000,
  '15min': 900_000,
  '30min': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
}

/** Without a band a price may fall to nothing, or double. */
const EVERYTHING_BPS = 10_000

export function serverTime(venue: Venue): Answer {
  const now = Math.trunc(venue.now())
  return ok({ timeSecond: String(Math.trunc(now / 1_000)), timeNano: `${now}000000` })
}

export function instrumentsInfo(venue: Venue, query: Query): Answer {
  const { baseCoin, status } = query
  // docs/v5/market/instrument.mdx: "By default returns only Trading symbols".
  const wanted = status || 'Trading'
  const asked = instrumentsAsked(venue, query)
  if (!asked.ok) return asked
  const rows = asked.value
    .filter(at => !baseCoin || at.base === baseCoin)
    .map(instrumentRow)
    .filter(row => row['status'] === wanted)
  const page = pageOf(rows, query, INSTRUMENT_PAGE)
  if (!page.ok) return page
  return ok({ category: 'linear', list: page.value.rows, nextPageCursor: page.value.nextCursor })
}

export function tickers(venue: Venue, query: Query): Answer {
  const asked = instrumentsAsked(venue, query)
  if (!asked.ok) return asked
  return ok({ category: 'linear', list: asked.value.map(({ symbol }) => tickerAnswerRow(venue, symbol)) })
}

export function orderBook(venue: Venue, query: Query): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const levels = limitOf(query, BOOK_LEVELS)
  if (!levels.ok) return levels
  const { symbol } = instrument.value
  const { bids, asks } = bookSides(venue.exchange, symbol, levels.value)
  const now = Math.trunc(venue.now())
  return ok({ s: symbol, b: bids, a: asks, ts: now, u: now, seq: now, cts: now })
}

export function recentTrades(venue: Venue, query: Query): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const limit = limitOf(query, TRADES)
  if (!limit.ok) return limit
  const { symbol, tickSize, lotSize } = instrument.value
  const list = venue.tape.recent(symbol, limit.value).map(trade => ({
    execId: trade.tradeId,
    symbol,
    price: stepped(trade.price, tickSize),
    size: stepped(trade.quantity, lotSize),
    side: sideText(trade.side),
    time: String(trade.at),
    isBlockTrade: false,
    isRPITrade: false,
    seq: String(trade.sequence),
  }))
  return ok({ category: 'linear', list })
}

export function openInterest(venue: Venue, query: Query): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const intervalMs = INTEREST_INTERVALS_MS[query['intervalTime'] ?? '']
  if (intervalMs === undefined)
    return err(parameterError(`intervalTime must be ${Object.keys(INTEREST_INTERVALS_MS).join(', ')}`))
  const times = timesOf(query, 'startTime', 'endTime')
  if (!times.ok) return times
  const { from, to } = times.value
  const { symbol, lotSize } = instrument.value
  const rows = venue.openInterest
    .history(symbol, intervalMs)
    .filter(({ at }) => (from === null || at >= from) && (to === null || at <= to))
  const page = pageOf(rows, query, OPEN_INTEREST_PAGE)
  if (!page.ok) return page
  const list = page.value.rows.map(({ at, held }) => ({
    openInterest: stepped(held, lotSize),
    singleOpenInterest: formatDecimal(fromUnits(held / 2n)),
    timestamp: String(at),
  }))
  return ok({ symbol, category: 'linear', list, nextPageCursor: page.value.nextCursor })
}

/** One tier per symbol: the one that the core's margin goes by. */
export function riskLimit(venue: Venue, query: Query): Answer {
  const asked = instrumentsAsked(venue, query)
  if (!asked.ok) return asked
  const list = asked.value.map(instrument => ({
    id: 1,
    symbol: instrument.symbol,
    riskLimitValue: RISK_LIMIT_VALUE,
    maintenanceMargin: Number(formatDecimal(instrument.maintenanceMarginRate)),
    initialMargin: 1 / Number(formatDecimal(instrument.maximumLeverage)),
    isLowestRisk: 1,
    maxLeverage: formatDecimal(instrument.maximumLeverage),
    mmDeduction: '0',
  }))
  return ok({ category: 'linear', list, nextPageCursor: '' })
}

export function priceLimit(venue: Venue, query: Query): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const { symbol } = instrument.value
  const mark = venue.exchange.mark(symbol)
  const reach = basisPoints(mark, venue.exchange.rules.priceBandBps ?? EVERYTHING_BPS)
  return ok({
    symbol,
    buyLmt: tickText(instrument.value, fromUnits(mark + reach)),
    sellLmt: tickText(instrument.value, fromUnits(mark - reach)),
    ts: String(Math.trunc(venue.now())),
  })
}

/** Accounts here take no sides for show: a short for every long. */
export function longShortRatio(venue: Venue, query: Query): Answer {
  const instrument = instrumentNamed(venue, query)
  if (!instrument.ok) return instrument
  const row = { symbol: instrument.value.symbol, buyRatio: '0.5', sellRatio: '0.5' }
  return ok({ list: [{ ...row, timestamp: String(Math.trunc(venue.now())) }], nextPageCursor: '' })
}

/** The insurance fund as the exchange's own books have it. */
export function insurance(venue: Venue): Answer {
  const symbols = [...venue.exchange.instruments.keys()].join(',')
  const balance = formatDecimal(venue.exchange.ledger().insurance)
  const list = [{ coin: 'USDT', symbols, balance, value: balance }]
  return ok({ updatedTime: String(Math.trunc(venue.now())), list })
}

/** Nobody is about to be deleveraged. The documents write the time one way in their table, another in their example. */
export function adlAlert(venue: Venue): Answer {
  const now = String(Math.trunc(venue.now()))
  return ok({ updateTime: now, updatedTime: now, list: [] })
}

function tickText({ tickSize }: ExchangeInstrument, value: Decimal): string {
  return stepped(truncateToStep(value, tickSize), tickSize)
}
