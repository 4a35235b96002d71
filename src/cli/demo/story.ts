import type { EngineObserver } from '../../engine/context.ts'
import { type CopyEvent, copyEvent, countsText } from './events.ts'
import { type HedgeEvent, hedgeEvent } from './hedge-events.ts'

/** Events that the board can still show. */
const KEPT_EVENTS = 500

/** Hears each event, once, when it is durable. */
export interface Listener {
  copied(event: CopyEvent): void
  hedged(event: HedgeEvent): void
}

/** What happened so far, for whoever shows it. */
export class Story {
  /** Newest first. */
  readonly events: CopyEvent[] = []
  /** By outcome. */
  readonly counts = new Map<string, number>()
  /** Rounds of the pair that are over. */
  rounds = 0
  lastRound: HedgeEvent | null = null
  readonly #listener: Listener
  #names: ReadonlyMap<string, string> = new Map()

  constructor(listener: Listener) {
    this.#listener = listener
  }

  readonly observer: EngineObserver = {
    decided: (decision, order, accountId) => {
      const account = this.#names.get(accountId) ?? accountId
      const event = copyEvent(decision, order, { account, at: Date.now() })
      this.events.unshift(event)
      if (this.events.length > KEPT_EVENTS) this.events.pop()
      this.counts.set(event.outcome, (this.counts.get(event.outcome) ?? 0) + 1)
      this.#listener.copied(event)
    },
    hedged: (round, pair) => {
      this.rounds += 1
      this.lastRound = hedgeEvent(round, pair, Date.now())
      this.#listener.hedged(this.lastRound)
    },
  }

  /** The accounts' names by their ids, known once the engine is made. */
  name(names: ReadonlyMap<string, string>): void {
    this.#names = names
  }

  /** What the board shows of it. */
  seen(): Pick<Story, 'events' | 'counts' | 'lastRound'> {
    const { events, counts, lastRound } = this
    return { events, counts, lastRound }
  }

  summary(): string {
    const copied = this.counts.size === 0 ? 'Nothing was copied yet' : countsText(this.counts)
    return this.rounds === 0 ? copied : `${copied} · ${this.rounds} rounds hedged`
  }
}
