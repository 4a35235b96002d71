import type { HistoryKind } from '../domain/history.ts'
import type { Clock } from '../ports/clock.ts'
import { KEY_AGAIN_MS } from './limits.ts'

interface Refusal {
  readonly kind: HistoryKind
  /** The venue's. */
  readonly message: string
  /** When it is tried again, our clock, monotonic, ms. */
  readonly againAt: number
}

/** What somebody has to do about a key that the venue does not take. */
export const KEY_ACTION =
  'Give the account one that it takes, or see to the rights and addresses of this one at the venue: it is tried again every ten minutes.'

/** Whether the venue takes an account's key, as far as its answers have said. */
export class KeyStanding {
  readonly #clock: Clock
  readonly #judged: (refusal: string | null) => void
  #refusal: Refusal | null = null
  /** That it is taken was told. */
  #isTold = false

  /** @param judged told of every refusal in the venue's words, and once with null when it takes the key */
  constructor(clock: Clock, judged: (refusal: string | null) => void) {
    this.#clock = clock
    this.#judged = judged
  }

  /** What somebody has to do; null: nothing. */
  get problem(): string | null {
    return this.#refusal === null
      ? null
      : `The venue does not take the key: ${this.#refusal.message}. ${KEY_ACTION}`
  }

  /** It was refused, and is not to be tried again yet. */
  get rests(): boolean {
    return this.#refusal !== null && this.#clock.monotonic() < this.#refusal.againAt
  }

  /** Somebody has seen to it: it need not rest any more. */
  tryAgain(): void {
    if (this.#refusal !== null) this.#refusal = { ...this.#refusal, againAt: this.#clock.monotonic() }
  }

  /** It is another one. */
  renew(): void {
    this.#refusal = null
    this.#isTold = false
  }

  refused(kind: HistoryKind, message: string): void {
    this.#refusal = { kind, message, againAt: this.#clock.monotonic() + KEY_AGAIN_MS }
    this.#isTold = false
    this.#judged(message)
  }

  /** Where one kind alone was refused, the others do not say that it is well again. */
  taken(kind: HistoryKind): void {
    if (this.#isTold || kind !== (this.#refusal?.kind ?? kind)) return
    this.#refusal = null
    this.#isTold = true
    this.#judged(null)
  }
}
