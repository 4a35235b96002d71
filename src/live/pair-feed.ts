import { pairStream, type StreamState } from '../../protocol/live.ts'
import type { PairId } from '../domain/ids.ts'
import { must } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { PairView, PairWatch, PairWatching } from '../ports/pair-watch.ts'
import type { Feed } from './feed.ts'
import { Room } from './room.ts'
import { pairRow } from './rows.ts'

export interface PairFeedParts {
  readonly pairId: PairId
  readonly epoch: string
  readonly clock: Clock
}

/** One hedge pair, for everybody who looks at it. A delta is the whole of it: it is small, and every change is told. */
export class PairFeed implements Feed {
  readonly origin: PairId
  readonly rooms: readonly Room[]
  readonly #room: Room
  #watching: PairWatching | null = null
  #told: PairView | null = null
  #state: StreamState = 'connecting'

  constructor({ pairId, epoch, clock }: PairFeedParts) {
    this.origin = pairId
    const data = (): unknown => pairRow(must(this.#watching, 'a feed that is open watches').view)
    this.#room = new Room({ name: pairStream(pairId), epoch, heldFrames: 0, clock, data })
    this.rooms = [this.#room]
  }

  /** @returns null: there is no such pair */
  static open(pairs: PairWatch, parts: PairFeedParts): PairFeed | null {
    const feed = new PairFeed(parts)
    const watching = pairs.watch(parts.pairId, () => feed.#changed())
    if (watching === null) return null
    feed.#watching = watching
    feed.#told = watching.view
    feed.#state = watching.state
    feed.#room.replace()
    return feed
  }

  get state(): StreamState {
    return this.#state
  }

  together(work: () => void): void {
    work()
  }

  end(): void {
    this.#watching?.end()
    this.#watching = null
  }

  #changed(): void {
    const watching = this.#watching
    if (watching === null) return
    const { view, state } = watching
    if (view !== this.#told) {
      this.#told = view
      this.#room.tell(() => pairRow(view))
    }
    if (state === this.#state) return
    this.#state = state
    this.#room.tellState(state)
  }
}
