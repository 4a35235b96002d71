/** One thing after the other, in the order in which it was asked for; who asks for what waits already joins it. */
export class Turns<T> {
  #last: Promise<unknown> = Promise.resolve()
  readonly #waiting = new Map<string, Promise<T>>()

  /**
   * @param task must not reject
   * @param gate what its turn waits for when it is there; it can be joined until it is through
   */
  run(name: string, task: () => Promise<T>, gate: Gate | null = null): Promise<T> {
    const known = this.#waiting.get(name)
    if (known !== undefined) return known
    const begun = () => {
      // Whoever comes now wants what happens from now on, which this one may have passed already.
      this.#waiting.delete(name)
      return task()
    }
    const turn = this.#last.then(() => (gate === null ? begun() : gate.through(begun)))
    this.#waiting.set(name, turn)
    this.#last = turn
    return turn
  }
}

/** At most so many at once; the others wait in the order in which they came. */
export class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** For an end: whoever waits goes through, and finds that there is nothing to do any more. */
  open(): void {
    this.#free = Number.POSITIVE_INFINITY
    for (const next of this.#waiting.splice(0)) next()
  }

  async through<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
