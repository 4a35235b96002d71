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
    bid: 'bid1Price' in data ? optionalDecimal(data, 'bid1Price') : (known?.bid ?? null),
    ask: 'ask1Price' in data ? optionalDecimal(data, 'ask1Price') : (known?.ask ?? null),
    at: receivedAt,
  }
}

function changed(data: Row, field: string): Decimal | undefined {
  return field in data ? decimalField(data, field) : undefined
}
