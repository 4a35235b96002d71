import type { Clock } from '../ports/clock.ts'

interface Window {
  count: number
  /** Monotonic, ms. */
  readonly endsAt: number
}

export type Attempt =
  | { readonly kind: 'allowed' }
  /** `isFirst`: the first one of this window that is. */
  | { readonly kind: 'refused'; readonly retryAfterMs: number; readonly isFirst: boolean }

/**
 * Counts tries per name within windows that begin with the first. Every try counts before it is known whether it is
 * a wrong one, so that many at once are not more than many in a row.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #limit: number
  readonly #windowMs: number
  readonly #maximumNames: number
  /** Oldest window first. */
  readonly #windows = new Map<string, Window>()

  constructor(options: { clock: Clock; limit: number; windowMs: number; maximumNames: number }) {
    this.#clock = options.clock
    this.#limit = options.limit
    this.#windowMs = options.windowMs
    this.#maximumNames = options.maximumNames
  }

  take(name: string): Attempt {
    const now = this.#clock.monotonic()
    const window = this.#windowOf(name, now)
    window.count += 1
    if (window.count <= this.#limit) return { kind: 'allowed' }
    const isFirst = window.count === this.#limit + 1
    return { kind: 'refused', retryAfterMs: Math.ceil(window.endsAt - now), isFirst }
  }

  /** A try that was right after all. */
  giveBack(name: string): void {
    const window = this.#windows.get(name)
    if (window !== undefined) window.count -= 1
  }

  forget(name: string): void {
    this.#windows.delete(name)
  }

  #windowOf(name: string, now: number): Window {
    const known = this.#windows.get(name)
    if (known !== undefined && known.endsAt > now) return known
    this.#windows.delete(name)
    const [oldest] = this.#windows.keys()
    if (oldest !== undefined && this.#windows.size >= this.#maximumNames) this.#windows.delete(oldest)
    const made: Window = { count: 0, endsAt: now + this.#windowMs }
    this.#windows.set(name, made)
    return made
  }
}
