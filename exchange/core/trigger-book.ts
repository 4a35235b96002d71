import { type Decimal, ZERO } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { RestingOrders } from './resting.ts'
import type { OrderCondition, TriggerBy } from './stop.ts'
import type { ExchangeOrder } from './types.ts'

export type TriggerPrices = Readonly<Record<TriggerBy, Decimal>>

/**
 * The orders of one symbol that wait, so that asking whether one has triggered costs the same for one
 * and for thousands. Trailing stops are few, and move: they are looked at one by one.
 */
export class TriggerBook {
  readonly #ladders: Readonly<Record<TriggerBy, Record<'rise' | 'fall', RestingOrders>>> = {
    last: ladders(),
    mark: ladders(),
    index: ladders(),
  }
  readonly #trailing = new Set<ExchangeOrder>()
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  add(order: ExchangeOrder): void {
    const { by, direction, trailing } = conditionOf(order)
    this.#count += 1
    if (trailing === null) this.#ladders[by][direction].add(order)
    else this.#trailing.add(order)
  }

  remove(order: ExchangeOrder): void {
    const { by, direction, trailing } = conditionOf(order)
    this.#count -= 1
    if (trailing === null) this.#ladders[by][direction].remove(order)
    else this.#trailing.delete(order)
  }

  trailing(): Iterable<ExchangeOrder> {
    return this.#trailing
  }

  /** The first one whose trigger is reached, or undefined. */
  reached(prices: TriggerPrices): ExchangeOrder | undefined {
    for (const by of ['last', 'mark', 'index'] as const) {
      for (const direction of ['rise', 'fall'] as const) {
        const order = this.#ladders[by][direction].first()
        if (order !== undefined && isReached(conditionOf(order), prices)) return order
      }
    }
    for (const order of this.#trailing) if (isReached(conditionOf(order), prices)) return order
    return undefined
  }
}

/** A trailing stop that is not active yet has no trigger price. */
export function isReached(condition: OrderCondition, prices: TriggerPrices): boolean {
  const { triggerPrice, direction, by } = condition
  if (triggerPrice === ZERO) return false
  return direction === 'rise' ? prices[by] >= triggerPrice : prices[by] <= triggerPrice
}

export function conditionOf(order: ExchangeOrder): OrderCondition {
  return must(order.condition, `order ${order.orderId} waits without a condition`)
}

/** A price that falls reaches the highest trigger first: the order of bids; one that rises that of asks. */
function ladders(): Record<'rise' | 'fall', RestingOrders> {
  const triggerPriceOf = (order: ExchangeOrder) => conditionOf(order).triggerPrice
  return { rise: new RestingOrders('sell', triggerPriceOf), fall: new RestingOrders('buy', triggerPriceOf) }
}
