import type { ExchangeEvent } from './types.ts'

type Listener = (event: ExchangeEvent) => void

/**
 * Events wait until the command that made them is done, and are heard before it returns. So a listener
 * always finds the exchange at rest, and may itself give commands: their events queue behind.
 */
export class EventQueue {
  readonly #listeners = new Set<Listener>()
  #waiting: ExchangeEvent[] = []
  #draining = false

  /** False spares the copies that nobody would hear. */
  get heard(): boolean {
    return this.#listeners.size > 0
  }

  push(event: ExchangeEvent): void {
    if (this.heard) this.#waiting.push(event)
  }

  drain(): void {
    if (this.#draining) return
    this.#draining = true
    try {
      // The array grows while listeners give commands; an iterator sees what is appended.
      for (const event of this.#waiting) for (const listener of this.#listeners) listener(event)
    } finally {
      this.#waiting = []
      this.#draining = false
    }
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
