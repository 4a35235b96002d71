import type { Exchange } from '../../../exchange/core/types.ts'
import { add, type Decimal, subtract, ZERO } from '../../domain/decimal.ts'
import { opposite } from '../../domain/order.ts'
import { PASSER_BY, QUOTES } from './world.ts'

/** Of the book, from its best price: a quote is some seconds old at most, and no further away than this. */
const LEVELS = 20

/** Somebody who takes what the pair quotes, with whatever rests at a better price, and nothing beyond it. */
export function meetQuote(exchange: Exchange, now: number): void {
  for (const quote of exchange.openOrders(QUOTES)) {
    const { symbol, side, limitPrice } = quote
    if (limitPrice === null) continue
    const { bids, asks } = exchange.depth(symbol, LEVELS)
    const better = (side === 'buy' ? bids : asks).filter(({ price }) =>
      side === 'buy' ? price > limitPrice : price < limitPrice,
    )
    const before = better.reduce<Decimal>((total, { quantity }) => add(total, quantity), ZERO)
    const quantity = add(before, subtract(quote.quantity, quote.filled))
    const order = {
      symbol,
      side: opposite(side),
      type: 'limit',
      timeInForce: 'ioc',
      quantity,
      limitPrice,
    } as const
    exchange.submit(PASSER_BY, { ...order, postOnly: false, reduceOnly: false, clientOrderId: '' }, now)
  }
}
