/** The newest `limit` items in the order they came, numbered from 1 for ever; older ones fall out. */
export class BoundedLog<T> {
  readonly #limit: number
  readonly #items: T[] = []
  #count = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get count(): number {
    return this.#count
  }

  /** How many fell out so far: the number of the newest of them. */
  get forgotten(): number {
    return this.#count - this.#items.length
  }

  /** @returns the item that fell out to make room, if one did */
  push(item: T): T | undefined {
    const place = this.#count % this.#limit
    const fallen = this.#items[place]
    this.#items[place] = item
    this.#count += 1
    return fallen
  }

  newestFirst(): T[] {
    return this.after(0, this.#limit).reverse()
  }

  /** Items numbered above `number`, oldest first, at most `limit` of them. */
  after(number: number, limit: number): T[] {
    const found: T[] = []
    const first = Math.max(number, this.forgotten)
    const last = Math.min(this.#count, first + limit)
    for (let index = first; index < last; index += 1) {
      const item = this.#items[index % this.#limit]
      if (item !== undefined) found.push(item)
    }
    return found
  }
}
