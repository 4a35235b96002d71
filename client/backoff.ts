/** Tries again after waits that grow, spread by half so that not all come at once. */
export class Backoff {
  readonly #shortestMs: number
  readonly #longestMs: number
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ shortestMs, longestMs }: { readonly shortestMs: number; readonly longestMs: number }) {
    this.#shortestMs = shortestMs
    this.#longestMs = longestMs
  }

  /** In place of the try that waits, if any. */
  again(work: () => void): void {
    const waitMs = Math.min(this.#longestMs, this.#shortestMs * 2 ** this.#tries)
    this.#tries += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(work, waitMs * (0.5 + Math.random() / 2))
  }

  /** It went well: the next wait is the shortest again. */
  reset(): void {
    this.stop()
    this.#tries = 0
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
