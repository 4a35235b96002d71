/** Lets a limited number of tasks run at once, the others in the order they came. */
export class Turnstile {
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#limit) await new Promise<void>(resolve => this.#waiting.push(resolve))
    else this.#inside += 1
    try {
      return await task()
    } finally {
      // The place goes to the next one directly, so that nobody slips in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#inside -= 1
      else next()
    }
  }
}
