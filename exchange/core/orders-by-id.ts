import type { ExchangeOrder } from './types.ts'

const NOTHING: readonly ExchangeOrder[] = []

/**
 * Orders in the order they came. Most holdings never have one of most kinds, and an empty Map costs more
 * than all figures of a holding together: this one is made when the first order comes.
 */
export class OrdersById {
  #orders: Map<string, ExchangeOrder> | null = null

  get size(): number {
    return this.#orders === null ? 0 : this.#orders.size
  }

  has(orderId: string): boolean {
    return this.#orders?.has(orderId) ?? false
  }

  add(order: ExchangeOrder): void {
    this.#orders ??= new Map()
    this.#orders.set(order.orderId, order)
  }

  /** @returns whether it was there */
  delete({ orderId }: ExchangeOrder): boolean {
    return this.#orders?.delete(orderId) ?? false
  }

  /** Orders may leave while they are gone through. */
  values(): Iterable<ExchangeOrder> {
    return this.#orders === null ? NOTHING : this.#orders.values()
  }
}
