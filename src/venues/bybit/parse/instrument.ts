import { ONE, ZERO } from '../../../domain/decimal.ts'
import { instrumentId } from '../../../domain/ids.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import { decimalField, optionalDecimal, type Row, rowField, textField } from '../../shared/fields.ts'

const QUOTE = 'USDT'

/**
 * A row of market/instruments-info, category linear. Throws `Malformed`.
 *
 * @returns null for contracts that are not settled in USDT: their positions are not in our snapshots
 */
export function parseInstrument(row: Row): Instrument | null {
  if (textField(row, 'settleCoin') !== QUOTE) return null
  const symbol = textField(row, 'symbol')
  const lot = rowField(row, 'lotSizeFilter')
  const maximumLimitQuantity = decimalField(lot, 'maxOrderQty')
  return {
    id: instrumentId('bybit', symbol),
    venue: 'bybit',
    symbol,
    base: textField(row, 'baseCoin'),
    quote: textField(row, 'quoteCoin'),
    status: textField(row, 'status') === 'Trading' ? 'trading' : 'closed',
    tickSize: decimalField(rowField(row, 'priceFilter'), 'tickSize'),
    lotSize: decimalField(lot, 'qtyStep'),
    minimumQuantity: decimalField(lot, 'minOrderQty'),
    minimumNotional: optionalDecimal(lot, 'minNotionalValue') ?? ZERO,
    maximumLimitQuantity,
    maximumMarketQuantity: optionalDecimal(lot, 'maxMktOrderQty') ?? maximumLimitQuantity,
    contractSize: ONE,
    maximumLeverage: decimalField(rowField(row, 'leverageFilter'), 'maxLeverage'),
  }
}
