import { ZERO } from '../../../src/domain/decimal.ts'
import type { Subscribers } from '../shared/subscribers.ts'
import { ALL_STATS, type Channel, marketKey } from './channels.ts'
import { BOOK_LEVELS, type LevelText, levelTexts, statsRow } from './market-row.ts'
import { type Market, sizeText } from './markets.ts'
import type { StreamFrame } from './stream-frame.ts'
import { microseconds } from './text.ts'
import type { LighterVenue } from './venue.ts'

interface Sides {
  readonly asks: readonly LevelText[]
  readonly bids: readonly LevelText[]
}
interface Book extends Sides {
  /** Where the chain of updates stands: the next one begins with it. */
  readonly nonce: number
  readonly offset: number
}
interface Kept {
  readonly market: Market
  readonly book: Book
}

/** The public frames. Only what is watched is made, once for all who watch. */
export class MarketFeed {
  readonly #venue: LighterVenue
  readonly #subscribers: Subscribers
  readonly #send: (frame: StreamFrame) => void
  /** By channel: what its watchers know. */
  readonly #books = new Map<string, Kept>()
  /** What the last frame said but for its times. */
  readonly #states = new Map<string, string>()
  #nonce = 1_000
  #height = 0

  constructor(
    venue: LighterVenue,
    watched: { readonly subscribers: Subscribers; readonly send: (frame: StreamFrame) => void },
  ) {
    this.#venue = venue
    this.#subscribers = watched.subscribers
    this.#send = watched.send
  }

  /** The first frame of a subscription: the state that the next update builds on. */
  snapshot(channel: Exclude<Channel, { readonly kind: 'account' }>): string {
    const { key } = channel
    if (channel.kind === 'height') return this.#heightFrame('subscribed')
    if (channel.kind === 'stats') return this.#statsFrame('subscribed', key, channel.market)
    if (channel.name === 'ticker') return this.#tickerFrame('subscribed', channel.market)
    const { book } = this.#books.get(key) ?? this.#keep(key, channel.market)
    return this.#bookFrame('subscribed', key, { ...book, beginNonce: 0 })
  }

  /** Sends what changed on every watched channel. */
  publish(): void {
    this.#height += 1
    this.#forgetUnwatched()
    if (this.#subscribers.has('height')) this.#tell('height', 'height', this.#heightFrame('update'))
    for (const [key, kept] of this.#books) this.#publishBook(key, kept)
    for (const market of this.#venue.markets.all) {
      this.#publishTicker(market)
      this.#publishStats(market)
    }
    if (this.#subscribers.has(ALL_STATS))
      this.#tell('market_stats', ALL_STATS, this.#statsFrame('update', ALL_STATS, null))
  }

  #publishBook(key: string, { market, book: before }: Kept): void {
    const after = this.#sidesOf(market)
    const asks = difference(market, before.asks, after.asks)
    const bids = difference(market, before.bids, after.bids)
    if (asks.length === 0 && bids.length === 0) return
    const { book } = this.#keep(key, market, after, before.offset + 1)
    const change = { ...book, asks, bids, beginNonce: before.nonce }
    this.#tell('order_book', key, this.#bookFrame('update', key, change))
  }

  #publishTicker(market: Market): void {
    const key = marketKey('ticker', market)
    if (!this.#subscribers.has(key)) return
    const { bid, bidSize, ask, askSize } = this.#venue.exchange.ticker(market.instrument.symbol)
    const state = [bid, bidSize, ask, askSize].join(' ')
    if (this.#states.get(key) === state) return
    this.#states.set(key, state)
    this.#tell('ticker', key, this.#tickerFrame('update', market))
  }

  #publishStats(market: Market): void {
    const key = marketKey('market_stats', market)
    if (!this.#subscribers.has(key)) return
    const state = JSON.stringify(statsRow(this.#venue, market))
    if (this.#states.get(key) === state) return
    this.#states.set(key, state)
    this.#tell('market_stats', key, this.#statsFrame('update', key, market))
  }

  #tell(name: string, key: string, text: string): void {
    this.#send({ account: null, name, key, text })
  }

  #keep(key: string, market: Market, sides = this.#sidesOf(market), offset = 1): Kept {
    this.#nonce += 1
    const kept = { market, book: { ...sides, nonce: this.#nonce, offset } }
    this.#books.set(key, kept)
    return kept
  }

  #sidesOf(market: Market): Sides {
    const { asks, bids } = this.#venue.exchange.depth(market.instrument.symbol, BOOK_LEVELS)
    return { asks: levelTexts(market, asks), bids: levelTexts(market, bids) }
  }

  #bookFrame(type: string, key: string, book: Book & { readonly beginNonce: number }): string {
    const { asks, bids, offset, nonce, beginNonce } = book
    const last_updated_at = microseconds(this.#now())
    return JSON.stringify({
      channel: key,
      last_updated_at,
      offset,
      order_book: { code: 0, asks, bids, offset, nonce, last_updated_at, begin_nonce: beginNonce },
      timestamp: this.#now(),
      type: `${type}/order_book`,
    })
  }

  #tickerFrame(type: string, market: Market): string {
    const { asks, bids } = this.#venue.exchange.depth(market.instrument.symbol, 1)
    const [a = NO_LEVEL] = levelTexts(market, asks)
    const [b = NO_LEVEL] = levelTexts(market, bids)
    const last_updated_at = microseconds(this.#now())
    return JSON.stringify({
      channel: marketKey('ticker', market),
      last_updated_at,
      nonce: this.#nonce,
      ticker: { s: market.instrument.symbol, a, b, last_updated_at },
      timestamp: this.#now(),
      type: `${type}/ticker`,
    })
  }

  #statsFrame(type: string, key: string, market: Market | null): string {
    const all = () => this.#venue.markets.all.map(each => [each.index, statsRow(this.#venue, each)])
    const market_stats = market === null ? Object.fromEntries(all()) : statsRow(this.#venue, market)
    return JSON.stringify({
      channel: key,
      market_stats,
      timestamp: this.#now(),
      type: `${type}/market_stats`,
    })
  }

  #heightFrame(type: string): string {
    return JSON.stringify({
      channel: 'height',
      height: this.#height,
      timestamp: this.#now(),
      type: `${type}/height`,
    })
  }

  #forgetUnwatched(): void {
    for (const known of [this.#books, this.#states])
      for (const key of known.keys()) if (!this.#subscribers.has(key)) known.delete(key)
  }

  #now(): number {
    return Math.trunc(this.#venue.now())
  }
}

const NO_LEVEL: LevelText = { price: '', size: '' }

/** Levels to set, with a size of zero for those that are gone. */
function difference(
  market: Market,
  before: readonly LevelText[],
  after: readonly LevelText[],
): readonly LevelText[] {
  const old = new Map(before.map(({ price, size }) => [price, size]))
  const current = new Set(after.map(({ price }) => price))
  const gone = before
    .filter(({ price }) => !current.has(price))
    .map(({ price }) => ({ price, size: sizeText(market, ZERO) }))
  return [...gone, ...after.filter(({ price, size }) => old.get(price) !== size)]
}
