import type { Side } from '../../../src/domain/order.ts'
import type { Evidence } from './checker.ts'
import { isQuote, type PairSight } from './pair-sight.ts'

export interface RestingQuote {
  readonly clientOrderId: string
  readonly side: Side
  /** Base units. */
  readonly leaves: bigint
}

/** A pair's own orders that rest on A at the exchange, whatever is known of them here. */
export function restingQuotes(
  { exchange, ledger }: Evidence,
  { pair, a }: PairSight,
): readonly RestingQuote[] {
  return exchange.openOrders(a.account).flatMap(({ clientOrderId, side, quantity, filled }) => {
    const order = clientOrderId === '' ? undefined : ledger.intentOf(clientOrderId)
    return order !== undefined && isQuote(order, pair)
      ? [{ clientOrderId, side, leaves: quantity - filled }]
      : []
  })
}
