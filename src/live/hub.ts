import type { Cursor, StreamName, StreamPosition } from '../../protocol/live.ts'
import type { AccountId, InstrumentId, PairId } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { PairWatch } from '../ports/pair-watch.ts'
import type { Random } from '../ports/random.ts'
import type { AccountWatch, TickerWatch } from '../ports/watch.ts'
import { AccountFeed } from './account-feed.ts'
import type { Feed } from './feed.ts'
import { PairFeed } from './pair-feed.ts'
import type { Room, Subscriber } from './room.ts'
import { TickerFeed } from './ticker-feed.ts'

export interface HubParts {
  readonly accounts: AccountWatch
  readonly pairs: PairWatch
  readonly tickers: TickerWatch
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** Streams of one origin that a subscriber asks for, each with the place to go on from; null: a snapshot. */
export type Wanted = (
  | { readonly accountId: AccountId; readonly instrumentId?: never; readonly pairId?: never }
  | { readonly instrumentId: InstrumentId; readonly accountId?: never; readonly pairId?: never }
  | { readonly pairId: PairId; readonly accountId?: never; readonly instrumentId?: never }
) & { readonly streams: ReadonlyMap<StreamName, Cursor | null> }

const EPOCH_BYTES = 6

/** All streams of this process. A feed begins with its first reader and ends with its last. */
export class Hub {
  readonly #parts: HubParts
  readonly #feeds = new Map<Feed['origin'], Feed>()
  readonly #streams = new Map<StreamName, { readonly feed: Feed; readonly room: Room }>()
  readonly #start: string
  #opened = 0

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#start = Buffer.from(parts.random.bytes(EPOCH_BYTES)).toString('base64url')
  }

  /**
   * Joins what is known. What is newer than each cursor, or a snapshot, is sent before this returns, except where there
   * is no data yet.
   *
   * @returns what was joined
   */
  join<Each extends Wanted>(subscriber: Subscriber, wanted: readonly Each[]): readonly Each[] {
    return wanted.filter(each => {
      const feed = this.#feedOf(each)
      feed?.together(() => this.#joinRooms(subscriber, each))
      return feed !== null
    })
  }

  /** @returns how many still read it */
  leave(subscriber: Subscriber, name: StreamName): number {
    const stream = this.#streams.get(name)
    if (stream === undefined) return 0
    stream.room.leave(subscriber)
    this.#endIfUnread(stream.feed)
    return stream.room.size
  }

  /** The accounts of a pair's legs; null: there is no such pair. */
  accountsOf(pairId: PairId): readonly AccountId[] | null {
    const view = this.#parts.pairs.view(pairId)
    return view === null ? null : [view.pair.a.accountId, view.pair.b.accountId]
  }

  resync(subscriber: Subscriber, name: StreamName): void {
    const stream = this.#streams.get(name)
    stream?.feed.together(() => stream.room.resync(subscriber))
  }

  /** Null: nobody reads it. */
  position(name: StreamName): StreamPosition | null {
    const stream = this.#streams.get(name)
    return stream === undefined ? null : stream.room.position(stream.feed.state)
  }

  get size(): number {
    return this.#feeds.size
  }

  #joinRooms(subscriber: Subscriber, { streams }: Wanted): void {
    for (const [name, cursor] of streams) this.#streams.get(name)?.room.join(subscriber, cursor)
  }

  #feedOf(wanted: Wanted): Feed | null {
    const known = this.#feeds.get(originOf(wanted))
    if (known !== undefined) return known
    const { clock, log } = this.#parts
    // Sequences begin anew with every feed, so its epoch must be new too.
    this.#opened += 1
    const parts = { epoch: `${this.#start}-${this.#opened}`, clock }
    const feed = this.#open(wanted, parts)
    if (feed === null) return null
    this.#feeds.set(feed.origin, feed)
    for (const room of feed.rooms) this.#streams.set(room.name, { feed, room })
    log.info('live_feed_opened', { of: feed.origin, epoch: parts.epoch, state: feed.state })
    return feed
  }

  #open(wanted: Wanted, parts: { readonly epoch: string; readonly clock: Clock }): Feed | null {
    const { accounts, pairs, tickers } = this.#parts
    if (wanted.accountId !== undefined)
      return AccountFeed.open(accounts, { ...parts, accountId: wanted.accountId })
    if (wanted.pairId !== undefined) return PairFeed.open(pairs, { ...parts, pairId: wanted.pairId })
    return TickerFeed.open(tickers, { ...parts, instrumentId: wanted.instrumentId })
  }

  #endIfUnread(feed: Feed): void {
    if (this.#feeds.get(feed.origin) !== feed || feed.rooms.some(room => room.size > 0)) return
    this.#feeds.delete(feed.origin)
    for (const room of feed.rooms) this.#streams.delete(room.name)
    feed.end()
    this.#parts.log.info('live_feed_ended', { of: feed.origin, reason: 'no subscriber left' })
  }
}

function originOf(wanted: Wanted): Feed['origin'] {
  if (wanted.accountId !== undefined) return wanted.accountId
  return wanted.pairId === undefined ? wanted.instrumentId : wanted.pairId
}
