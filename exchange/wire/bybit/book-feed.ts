import type { Subscribers } from '../shared/subscribers.ts'
import { bookSides, type LevelText } from './market-row.ts'
import type { Venue } from './venue.ts'

/** A level 1 book that stands still is sent again after this, with the same update id. */
const REPEAT_MS = 3_000

interface Book {
  readonly bids: readonly LevelText[]
  readonly asks: readonly LevelText[]
}
interface BookState extends Book {
  readonly updateId: number
  readonly sentAt: number
}
interface BookTopic {
  readonly topic: string
  readonly symbol: string
  readonly levels: number
}

/** The frames of one symbol's book at one depth: whole, then what changed. */
export class BookFeed {
  readonly #venue: Venue
  readonly #subscribers: Subscribers
  readonly #books = new Map<string, BookState>()
  #updates = 0

  constructor(venue: Venue, subscribers: Subscribers) {
    this.#venue = venue
    this.#subscribers = subscribers
  }

  /** The state that the next delta of this topic builds on. */
  snapshot(book: BookTopic): string {
    const { topic, symbol, levels } = book
    const known = this.#books.get(topic)
    if (known !== undefined) return this.#frame(book, 'snapshot', known, known.updateId)
    const sides = bookSides(this.#venue.exchange, symbol, levels)
    const updateId = this.#next()
    this.#books.set(topic, { ...sides, updateId, sentAt: this.#now() })
    return this.#frame(book, 'snapshot', sides, updateId)
  }

  publish(book: BookTopic): void {
    const { topic, symbol, levels } = book
    const before = this.#books.get(topic)
    if (before === undefined) return
    const after = bookSides(this.#venue.exchange, symbol, levels)
    const change = { bids: difference(before.bids, after.bids), asks: difference(before.asks, after.asks) }
    const same = change.bids.length === 0 && change.asks.length === 0
    if (same && (levels !== 1 || this.#now() - before.sentAt < REPEAT_MS)) return
    const updateId = same ? before.updateId : this.#next()
    this.#books.set(topic, { ...after, updateId, sentAt: this.#now() })
    const text =
      levels === 1
        ? this.#frame(book, 'snapshot', after, updateId)
        : this.#frame(book, 'delta', change, updateId)
    this.#subscribers.send(topic, text)
  }

  forgetUnwatched(): void {
    for (const topic of this.#books.keys()) if (!this.#subscribers.has(topic)) this.#books.delete(topic)
  }

  #frame({ topic, symbol }: BookTopic, type: string, book: Book, updateId: number): string {
    const data = { s: symbol, b: book.bids, a: book.asks, u: updateId, seq: updateId }
    return JSON.stringify({ topic, type, ts: this.#now(), data, cts: this.#now() })
  }

  #next(): number {
    this.#updates += 1
    return this.#updates
  }

  #now(): number {
    return Math.trunc(this.#venue.now())
  }
}

/** Levels to set, size '0' for those that are gone. */
function difference(before: readonly LevelText[], after: readonly LevelText[]): readonly LevelText[] {
  const old = new Map(before)
  const current = new Map(after)
  const gone = before.filter(([at]) => !current.has(at)).map(([at]): LevelText => [at, '0'])
  return [...gone, ...after.filter(([at, quantity]) => old.get(at) !== quantity)]
}
