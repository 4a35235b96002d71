/** How long before its end a token is replaced, and how soon after a failure it is tried again. */
const RENEW_BEFORE_MS = 60_000
const RENEW_AGAIN_MS = 5_000
/** Timers of more than 24 days run at once; one that is replaced daily harms nobody. */
const LONGEST_MS = 24 * 3_600_000

/** Where tokens come from, and when the next one is due. */
export class Tokens {
  readonly #source: (isRefused: boolean) => Promise<string>
  readonly #renewed: (token: string) => void
  #isRefused = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param renewed gets a new token before the present one ends */
  constructor(source: (isRefused: boolean) => Promise<string>, renewed: (token: string) => void) {
    this.#source = source
    this.#renewed = renewed
  }

  /** Null: the source has none to give. */
  async next(): Promise<string | null> {
    try {
      return await this.#source(this.#isRefused)
    } catch {
      return null
    }
  }

  /** @param expiresInMs null: never */
  taken(expiresInMs: number | null): void {
    this.#isRefused = false
    if (expiresInMs === null) this.end()
    else this.#renewIn(Math.max(expiresInMs - RENEW_BEFORE_MS, expiresInMs / 2))
  }

  /** The present one is worth nothing. */
  refuse(): void {
    this.#isRefused = true
  }

  /** A renewal failed: the present one may still be good for a while. */
  notTaken(): void {
    this.#isRefused = true
    this.#renewIn(RENEW_AGAIN_MS)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #renewIn(delayMs: number): void {
    this.end()
    this.#timer = setTimeout(() => void this.#renew(), Math.min(delayMs, LONGEST_MS))
  }

  async #renew(): Promise<void> {
    const token = await this.next()
    if (token === null) this.notTaken()
    else this.#renewed(token)
  }
}
