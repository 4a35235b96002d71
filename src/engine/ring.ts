/** A set that forgets its oldest members: what was seen lately, within a limit. */
export class Ring<T> {
  readonly #limit: number
  readonly #members = new Set<T>()

  constructor(limit: number) {
    this.#limit = limit
  }

  has(member: T): boolean {
    return this.#members.has(member)
  }

  /** @returns the member that was forgotten for it, if any */
  add(member: T): T | undefined {
    this.#members.add(member)
    if (this.#members.size <= this.#limit) return undefined
    for (const oldest of this.#members) {
      this.#members.delete(oldest)
      return oldest
    }
    return undefined
  }
}
