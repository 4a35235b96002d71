import type { Decimal } from '../../../domain/decimal.ts'
import type { BookLevel } from '../../../ports/venue.ts'
import { priceAtLevel } from '../../shared/book.ts'
import { asRow, decimalField, type Row } from '../../shared/fields.ts'
import { rowsByMarket } from './words.ts'

/** `hidden`: the answer was full before it reached the level, so that nobody can say what is there. */
export type ShownLevel = { readonly hidden: false; readonly level: BookLevel } | { readonly hidden: true }

/**
 * One depth of a book of `orderBookOrders`, which has orders, not levels. Throws `Malformed`.
 *
 * @param asked.orders how many orders a side were asked for; `total_asks` and `total_bids` count only what is shown
 * @param asked.receivedAt our clock, ms
 */
export function parseBookLevel(
  answer: Row,
  asked: { readonly level: number; readonly orders: number; readonly receivedAt: number },
): ShownLevel {
  const { level, orders, receivedAt } = asked
  const [bids, asks] = [pricesOf(answer, 'bids'), pricesOf(answer, 'asks')]
  const bid = priceAtLevel(bids, 'buy', level)
  const ask = priceAtLevel(asks, 'sell', level)
  if ((bid === null && bids.length >= orders) || (ask === null && asks.length >= orders))
    return { hidden: true }
  return { hidden: false, level: { bid, ask, at: receivedAt } }
}

function pricesOf(answer: Row, field: 'bids' | 'asks'): readonly Decimal[] {
  return rowsByMarket(answer, field).map(row => decimalField(asRow(row, 'an order'), 'price'))
}
