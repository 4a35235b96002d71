import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangeInstrument } from '../../core/types.ts'
import { parameterError, unknownSymbol, type VenueFailure } from './codes.ts'
import type { Query } from './page.ts'
import type { Venue } from './venue.ts'

/** The instrument that a query must name. */
export function instrumentNamed(venue: Venue, { symbol }: Query): Result<ExchangeInstrument, VenueFailure> {
  if (!symbol) return err(parameterError('symbol is required'))
  const instrument = venue.exchange.instruments.get(symbol)
  return instrument === undefined ? err(unknownSymbol(symbol)) : ok(instrument)
}

/** The instrument that a query names, or all of them. */
export function instrumentsAsked(
  venue: Venue,
  query: Query,
): Result<readonly ExchangeInstrument[], VenueFailure> {
  if (!query['symbol']) return ok([...venue.exchange.instruments.values()])
  const named = instrumentNamed(venue, query)
  return named.ok ? ok([named.value]) : named
}
