import { must } from '../../../src/domain/result.ts'
import type { ExchangeExecution } from '../../core/types.ts'
import { bookSides, type LevelText, tickerRow } from './market-row.ts'
import type { Subscribers } from './subscribers.ts'
import { oppositeText, sideText, stepped } from './text.ts'
import type { Venue } from './venue.ts'

export type PublicTopic =
  | { readonly kind: 'tickers'; readonly symbol: string }
  | { readonly kind: 'orderbook'; readonly symbol: string; readonly levels: number }
  | { readonly kind: 'publicTrade'; readonly symbol: string }

/** Level 1 is sent whole each time, deeper books as deltas (docs/v5/websocket/public/orderbook.mdx). */
const BOOK_LEVELS: ReadonlySet<number> = new Set([1, 50])
/** A level 1 book that stands still is sent again after this, with the same update id. */
const BOOK_REPEAT_MS = 3_000

export function parsePublicTopic(topic: string): PublicTopic | null {
  const [kind, ...rest] = topic.split('.')
  if (kind === 'orderbook' && rest.length === 2 && BOOK_LEVELS.has(Number(rest[0])))
    return { kind, levels: Number(rest[0]), symbol: rest[1] ?? '' }
  if ((kind === 'tickers' || kind === 'publicTrade') && rest.length === 1)
    return { kind, symbol: rest[0] ?? '' }
  return null
}

interface Book {
  readonly bids: readonly LevelText[]
  readonly asks: readonly LevelText[]
}
interface BookState extends Book {
  readonly updateId: number
  readonly sentAt: number
}

/** The public frames. Only topics that somebody watches cost anything, once each, whoever many watch. */
export class MarketFeed {
  readonly #venue: Venue
  readonly #subscribers: Subscribers
  readonly #tickers = new Map<string, Readonly<Record<string, string>>>()
  readonly #books = new Map<string, BookState>()
  #sequence = 0

  constructor(venue: Venue, subscribers: Subscribers) {
    this.#venue = venue
    this.#subscribers = subscribers
  }

  /** The first frame of a new subscription: the state that the next delta of this topic builds on. */
  snapshot(topic: string): string | null {
    const parsed = parsePublicTopic(topic)
    if (parsed === null || parsed.kind === 'publicTrade') return null
    if (parsed.kind === 'tickers') {
      const row = this.#tickers.get(topic) ?? tickerRow(this.#venue.exchange, parsed.symbol)
      this.#tickers.set(topic, row)
      return this.#tickerFrame(topic, 'snapshot', row)
    }
    const known = this.#books.get(topic)
    if (known !== undefined) return this.#bookFrame(topic, 'snapshot', known, known.updateId)
    const book = bookSides(this.#venue.exchange, parsed.symbol, parsed.levels)
    const updateId = this.#next()
    this.#books.set(topic, { ...book, updateId, sentAt: this.#now() })
    return this.#bookFrame(topic, 'snapshot', book, updateId)
  }

  /** Sends what changed on every watched topic. */
  publish(): void {
    for (const topic of this.#tickers.keys()) if (!this.#subscribers.has(topic)) this.#tickers.delete(topic)
    for (const topic of this.#books.keys()) if (!this.#subscribers.has(topic)) this.#books.delete(topic)
    for (const topic of this.#subscribers.names()) {
      const parsed = parsePublicTopic(topic)
      if (parsed?.kind === 'tickers') this.#publishTicker(topic, parsed.symbol)
      if (parsed?.kind === 'orderbook') this.#publishBook(topic, parsed.symbol, parsed.levels)
    }
  }

  /** Every execution of an account is a trade with the market around it. */
  traded(execution: ExchangeExecution): void {
    const topic = `publicTrade.${execution.symbol}`
    if (!this.#subscribers.has(topic)) return
    const at = must(this.#venue.exchange.instruments.get(execution.symbol), execution.symbol)
    const row = {
      T: Math.trunc(this.#venue.wallAt(execution.at)),
      s: execution.symbol,
      S: execution.isMaker ? oppositeText(execution.side) : sideText(execution.side),
      v: stepped(execution.quantity, at.lotSize),
      p: stepped(execution.price, at.tickSize),
      L: 'ZeroPlusTick',
      i: execution.tradeId,
      BT: false,
      seq: execution.sequence,
    }
    const frame = { topic, type: 'snapshot', ts: this.#now(), data: [row] }
    this.#subscribers.send(topic, JSON.stringify(frame))
  }

  #publishTicker(topic: string, symbol: string): void {
    const before = this.#tickers.get(topic)
    if (before === undefined) return
    const row = tickerRow(this.#venue.exchange, symbol)
    const changed = Object.entries(row).filter(([name, value]) => before[name] !== value)
    if (changed.length === 0) return
    this.#tickers.set(topic, row)
    const delta = { symbol, ...Object.fromEntries(changed) }
    this.#subscribers.send(topic, this.#tickerFrame(topic, 'delta', delta))
  }

  #publishBook(topic: string, symbol: string, levels: number): void {
    const before = this.#books.get(topic)
    if (before === undefined) return
    const book = bookSides(this.#venue.exchange, symbol, levels)
    const change = { bids: difference(before.bids, book.bids), asks: difference(before.asks, book.asks) }
    const same = change.bids.length === 0 && change.asks.length === 0
    if (same && (levels !== 1 || this.#now() - before.sentAt < BOOK_REPEAT_MS)) return
    const updateId = same ? before.updateId : this.#next()
    this.#books.set(topic, { ...book, updateId, sentAt: this.#now() })
    const text =
      levels === 1
        ? this.#bookFrame(topic, 'snapshot', book, updateId)
        : this.#bookFrame(topic, 'delta', change, updateId)
    this.#subscribers.send(topic, text)
  }

  #tickerFrame(topic: string, type: string, data: Readonly<Record<string, string>>): string {
    return JSON.stringify({ topic, type, data, cs: this.#next(), ts: this.#now() })
  }

  #bookFrame(topic: string, type: string, book: Book, updateId: number): string {
    const symbol = topic.slice(topic.lastIndexOf('.') + 1)
    const data = { s: symbol, b: book.bids, a: book.asks, u: updateId, seq: updateId }
    return JSON.stringify({ topic, type, ts: this.#now(), data, cts: this.#now() })
  }

  #next(): number {
    this.#sequence += 1
    return this.#sequence
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
