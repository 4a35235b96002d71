import type { EngineObserver } from '../../engine/context.ts'
import { type CopyEvent, copyEvent, countsText } from './events.ts'

/** Events that the board can still show. */
const KEPT_EVENTS = 500

/** What happened so far, for whoever shows it. */
export class Story {
  /** Newest first. */
  readonly events: CopyEvent[] = []
  /** By outcome. */
  readonly counts = new Map<string, number>()
  readonly #tell: (event: CopyEvent) => void
  #names: ReadonlyMap<string, string> = new Map()

  /** @param tell hears each event, once, when it is durable */
  constructor(tell: (event: CopyEvent) => void) {
    this.#tell = tell
  }

  readonly observer: EngineObserver = {
    decided: (decision, order, accountId) => {
      const account = this.#names.get(accountId) ?? accountId
      const event = copyEvent(decision, order, { account, at: Date.now() })
      this.events.unshift(event)
      if (this.events.length > KEPT_EVENTS) this.events.pop()
      this.counts.set(event.outcome, (this.counts.get(event.outcome) ?? 0) + 1)
      this.#tell(event)
    },
  }

  /** The accounts' names by their ids, known once the engine is made. */
  name(names: ReadonlyMap<string, string>): void {
    this.#names = names
  }

  summary(): string {
    return this.counts.size === 0 ? 'Nothing was copied yet' : countsText(this.counts)
  }
}
