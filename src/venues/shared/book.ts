import type { Decimal } from '../../domain/decimal.ts'
import type { Side } from '../../domain/order.ts'
import { Malformed } from './fields.ts'

/**
 * The price at a depth of one side of a book; orders at one price are one level.
 *
 * Throws `Malformed` where the prices do not begin with the best: a quote at a wrong level is money.
 * @param side buy: the bids
 * @param level 1 is the best
 * @returns null: the side is not that deep
 */
export function priceAtLevel(prices: readonly Decimal[], side: Side, level: number): Decimal | null {
  let depth = 0
  let former: Decimal | null = null
  for (const price of prices) {
    if (former !== null && (side === 'buy' ? price > former : price < former))
      throw new Malformed(`the ${side === 'buy' ? 'bids' : 'asks'} do not begin with the best`)
    if (price !== former) depth += 1
    if (depth === level) return price
    former = price
  }
  return null
}
