import type { Decimal } from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'
import { assert, must } from '../../src/domain/result.ts'
import { isBetter } from './depth.ts'
import type { ExchangeOrder } from './types.ts'

interface PriceLevel {
  readonly limitPrice: Decimal
  /** A Map keeps the order of arrival and forgets from the middle at no cost. */
  readonly orders: Map<string, ExchangeOrder>
}

/** The accounts' own orders on one side of one symbol, in the priority of a price of theirs, then of time. */
export class RestingOrders {
  readonly #side: Side
  readonly #priceOf: (order: ExchangeOrder) => Decimal
  /** Best first. */
  readonly #levels: PriceLevel[] = []

  /** @param priceOf must not change while an order is here */
  constructor(side: Side, priceOf: (order: ExchangeOrder) => Decimal = limitPriceOf) {
    this.#side = side
    this.#priceOf = priceOf
  }

  get isEmpty(): boolean {
    return this.#levels.length === 0
  }

  add(order: ExchangeOrder): void {
    const limitPrice = this.#priceOf(order)
    const place = this.#placeOf(limitPrice)
    const level = this.#levels[place]
    if (level?.limitPrice === limitPrice) level.orders.set(order.orderId, order)
    else this.#levels.splice(place, 0, { limitPrice, orders: new Map([[order.orderId, order]]) })
  }

  remove(order: ExchangeOrder): void {
    const place = this.#placeOf(this.#priceOf(order))
    const level = must(this.#levels[place], `order ${order.orderId} does not rest`)
    assert(level.orders.delete(order.orderId), `order ${order.orderId} does not rest`)
    if (level.orders.size === 0) this.#levels.splice(place, 1)
  }

  first(): ExchangeOrder | undefined {
    return this.#levels[0]?.orders.values().next().value
  }

  *orders(): Generator<ExchangeOrder> {
    for (const level of this.#levels) yield* level.orders.values()
  }

  /** Where the level with this price is, or belongs. */
  #placeOf(limitPrice: Decimal): number {
    let low = 0
    let high = this.#levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const level = must(this.#levels[middle], 'a level inside the bounds')
      if (isBetter(this.#side, level.limitPrice, limitPrice)) low = middle + 1
      else high = middle
    }
    return low
  }
}

export function limitPriceOf(order: ExchangeOrder): Decimal {
  return must(order.limitPrice, `order ${order.orderId} rests without a limit price`)
}
