import type { Decimal } from '../../../domain/decimal.ts'
import type { InstrumentId } from '../../../domain/ids.ts'
import type { Ticker } from '../../../ports/venue.ts'
import { decimalField, optionalDecimal, type Row } from '../../shared/fields.ts'
import { instrumentField } from './words.ts'

/**
 * The ticker after a frame of `tickers.{symbol}`. A delta names only what changed, so it needs what came
 * before; one without a snapshot is of no use. Throws `Malformed`.
 *
 * @param before the last ticker of a symbol, by the same connection
 * @param receivedAt our clock, ms
 */
export function parseTicker(
  data: Row,
  before: (instrument: InstrumentId) => Ticker | undefined,
  receivedAt: number,
): Ticker | null {
  const instrumentId = instrumentField(data)
  const known = before(instrumentId)
  const last = changed(data, 'lastPrice') ?? known?.last
  const mark = changed(data, 'markPrice') ?? known?.mark
  if (last === undefined || mark === undefined) return null
  return {
    instrumentId,
    last,
    mark,
    bid: optional(data, 'bid1Price', known?.bid),
    ask: optional(data, 'ask1Price', known?.ask),
    change24h: optional(data, 'price24hPcnt', known?.change24h),
    volume24h: optional(data, 'volume24h', known?.volume24h),
    fundingRate: optional(data, 'fundingRate', known?.fundingRate),
    at: receivedAt,
  }
}

function optional(data: Row, field: string, former: Decimal | null | undefined): Decimal | null {
  return field in data ? optionalDecimal(data, field) : (former ?? null)
}

function changed(data: Row, field: string): Decimal | undefined {
  return field in data ? decimalField(data, field) : undefined
}
