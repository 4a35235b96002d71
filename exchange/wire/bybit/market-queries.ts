import { err, ok, type Result } from '../../../src/domain/result.ts'
import { parameterError, unknownSymbol, type VenueFailure } from './codes.ts'
import { bookSides, instrumentRow, tickerRow } from './market-row.ts'
import { pageOf, type Query } from './page.ts'
import type { Venue } from './venue.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>

const INSTRUMENT_PAGE = {
  usual: 500,
  maximum: 1_000,
  placeOf: (row: Record<string, unknown>) => ({ id: String(row['symbol']), at: 0 }),
}
/** Levels of the REST order book: 500 at the venue, as many as the core makes here. */
const BOOK_LEVELS = { usual: 25, maximum: 500 }

export function serverTime(venue: Venue): Answer {
  const now = Math.trunc(venue.now())
  return ok({ timeSecond: String(Math.trunc(now / 1_000)), timeNano: `${now}000000` })
}

export function instrumentsInfo(venue: Venue, query: Query): Answer {
  const { symbol, baseCoin, status } = query
  if (symbol && !venue.exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const rows = [...venue.exchange.instruments.values()]
    .filter(at => (!symbol || at.symbol === symbol) && (!baseCoin || at.base === baseCoin))
    .map(instrumentRow)
    .filter(row => !status || row['status'] === status)
  const page = pageOf(rows, query, INSTRUMENT_PAGE)
  if (!page.ok) return page
  return ok({ category: 'linear', list: page.value.rows, nextPageCursor: page.value.nextCursor })
}

export function tickers(venue: Venue, query: Query): Answer {
  const { symbol } = query
  if (symbol && !venue.exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const symbols = symbol ? [symbol] : [...venue.exchange.instruments.keys()]
  const list = symbols.map(of => {
    // REST rows have no tick direction.
    const { tickDirection: _, ...row } = tickerRow(venue.exchange, of)
    return row
  })
  return ok({ category: 'linear', list })
}

export function orderBook(venue: Venue, query: Query): Answer {
  const { symbol } = query
  if (!symbol) return err(parameterError('symbol is required'))
  if (!venue.exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const levels = query['limit'] ? Number(query['limit']) : BOOK_LEVELS.usual
  if (!Number.isInteger(levels) || levels < 1 || levels > BOOK_LEVELS.maximum)
    return err(parameterError(`limit must be 1 to ${BOOK_LEVELS.maximum}`))
  const { bids, asks } = bookSides(venue.exchange, symbol, levels)
  const now = Math.trunc(venue.now())
  return ok({ s: symbol, b: bids, a: asks, ts: now, u: now, seq: now, cts: now })
}
