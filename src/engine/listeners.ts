import type { Log } from '../ports/observe.ts'

/** Those who look on. One that throws is a bug of its own: it is logged, and neither trading nor the others notice. */
export class Listeners<News> {
  readonly #log: Log
  readonly #listeners = new Set<{ readonly hear: (news: News) => void }>()

  constructor(log: Log) {
    this.#log = log
  }

  get size(): number {
    return this.#listeners.size
  }

  /** @returns what ends it; ending it twice is harmless */
  add(hear: (news: News) => void): () => void {
    const listener = { hear }
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  tell(news: News): void {
    for (const { hear } of this.#listeners) {
      try {
        hear(news)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        this.#log.error('listener_failed', { message, action: 'report it; the others were told' })
      }
    }
  }
}
