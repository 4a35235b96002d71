import type { Decimal } from '../../../domain/decimal.ts'
import type { BookLevel } from '../../../ports/venue.ts'
import { priceAtLevel } from '../../shared/book.ts'
import { decimalField, listField, Malformed, type Row } from '../../shared/fields.ts'

/**
 * One depth of a book of `/v5/market/orderbook`. Throws `Malformed`.
 *
 * @param receivedAt our clock, ms
 */
export function parseBookLevel(result: Row, level: number, receivedAt: number): BookLevel {
  return {
    bid: priceAtLevel(pricesOf(result, 'b'), 'buy', level),
    ask: priceAtLevel(pricesOf(result, 'a'), 'sell', level),
    at: receivedAt,
  }
}

/** A level is `[price, size]`. */
function pricesOf(result: Row, field: 'b' | 'a'): readonly Decimal[] {
  return listField(result, field).map(level => {
    if (!Array.isArray(level)) throw new Malformed(`${field} has a level that is no list`)
    return decimalField({ price: level[0] }, 'price')
  })
}
