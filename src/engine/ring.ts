export interface RingLimits {
  readonly maximum: number
  readonly keepMs: number
}

/** A set that forgets: what was seen lately, within a number and an age. */
export class Ring<T> {
  readonly #limits: RingLimits
  /** When each came, oldest first. */
  readonly #members = new Map<T, number>()

  constructor(limits: RingLimits) {
    this.#limits = limits
  }

  has(member: T): boolean {
    return this.#members.has(member)
  }

  /**
   * @param at our clock, ms
   * @returns the members that were forgotten for it
   */
  add(member: T, at: number): readonly T[] {
    this.#members.delete(member)
    this.#members.set(member, at)
    const forgotten: T[] = []
    for (const [oldest, since] of this.#members) {
      if (this.#members.size <= this.#limits.maximum && at - since <= this.#limits.keepMs) break
      this.#members.delete(oldest)
      forgotten.push(oldest)
    }
    return forgotten
  }
}
