import type { Cancel, Clock } from '../ports/clock.ts'
import { LIMITS } from './limits.ts'

/** Lets the first value through at once, and of those that follow too fast only the last, when its time has come. */
export class Conflation<T> {
  readonly #clock: Clock
  readonly #emit: (value: T) => void
  #waiting: { readonly value: T } | null = null
  #cancel: Cancel | null = null

  constructor(clock: Clock, emit: (value: T) => void) {
    this.#clock = clock
    this.#emit = emit
  }

  offer(value: T): void {
    if (this.#cancel !== null) {
      this.#waiting = { value }
      return
    }
    this.#cancel = this.#clock.after(LIMITS.conflateMs, () => this.#due())
    this.#emit(value)
  }

  /** What waits is not told any more. */
  clear(): void {
    this.#waiting = null
  }

  end(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#waiting = null
  }

  #due(): void {
    this.#cancel = null
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting !== null) this.offer(waiting.value)
  }
}
