import type { InstrumentId } from '../domain/ids.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Result } from '../domain/result.ts'
import type { MarketPrices } from '../logic/entry.ts'
import type { BookLevel, StreamState, Ticker, VenueError, VenueMarket } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { Listeners } from './listeners.ts'
import type { MarketView } from './state.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000
/** Instruments change rarely: new listings, delistings, new lot sizes. */
const INSTRUMENTS_EVERY_MS = 10 * 60_000
/** Prices that trading has asked for go on coming for this long: a leader who comes back must not wait for them. */
const KEPT_AFTER_ASKED_MS = 24 * 60 * 60_000

export interface MarketParts {
  readonly context: EngineContext
  readonly market: VenueMarket
  /** What waited can go on: the list is there, or a price that was unknown or too old. */
  readonly onNews: () => void
  /** Instruments that somebody holds or trades now. */
  readonly held: () => ReadonlySet<InstrumentId>
}

interface SeenTicker {
  readonly ticker: Ticker
  /** Monotonic, ms. */
  readonly seenAt: number
}

/** The public side of one venue and environment: instruments and best prices, shared by all accounts. */
export class MarketSession implements MarketView {
  readonly #context: EngineContext
  readonly #market: VenueMarket
  readonly #instruments = new Map<InstrumentId, Instrument>()
  readonly #tickers = new Map<InstrumentId, SeenTicker>()
  readonly #watched = new Set<InstrumentId>()
  /** When trading last asked for a price, monotonic, ms. */
  readonly #askedAt = new Map<InstrumentId, number>()
  readonly #followers = new Map<InstrumentId, Listeners<Ticker>>()
  readonly #onNews: () => void
  readonly #held: () => ReadonlySet<InstrumentId>
  #failures = 0
  #timer: (() => void) | null = null
  #closed = false

  constructor({ context, market, onNews, held }: MarketParts) {
    this.#context = context
    this.#market = market
    this.#onNews = onNews
    this.#held = held
  }

  open(): void {
    this.#market.open({ ticker: ticker => this.#take(ticker), stream: state => this.#stream(state) })
    void this.#load()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.()
    await this.#market.close()
  }

  instrument(id: InstrumentId): Instrument | null {
    return this.#instruments.get(id) ?? null
  }

  hasInstruments(): boolean {
    return this.#instruments.size > 0
  }

  /** Asking for a price is what subscribes to it. */
  prices(id: InstrumentId): MarketPrices | null {
    this.watch(id)
    const ticker = this.#fresh(id)
    if (ticker === null) return null
    const { mark, last, bid, ask } = ticker
    return { mark, bid: bid ?? last, ask: ask ?? last }
  }

  depth(id: InstrumentId, level: number): Promise<Result<BookLevel, VenueError>> {
    return this.#market.depth(id, level)
  }

  offsetMs(): number {
    return this.knownOffsetMs() ?? 0
  }

  knownOffsetMs(): number | null {
    return this.#market.clockOffsetMs()
  }

  watch(id: InstrumentId): void {
    this.#askedAt.set(id, this.#context.monotonic())
    this.#subscribe(id)
  }

  /**
   * Tells of every ticker, and of the last one at once unless it is too old.
   *
   * @returns what ends it; null: the venue does not list the instrument
   */
  follow(id: InstrumentId, listener: (ticker: Ticker) => void): (() => void) | null {
    if (this.hasInstruments() && !this.#instruments.has(id)) return null
    const followers = this.#followers.get(id) ?? new Listeners<Ticker>(this.#context.ports.log)
    this.#followers.set(id, followers)
    const end = followers.add(listener)
    this.#subscribe(id)
    const last = this.#fresh(id)
    if (last !== null) listener(last)
    return () => {
      end()
      // Whoever comes back soon finds the price still there.
      this.#context.ports.clock.after(this.#context.options.lingerMs, () => this.#unsubscribe([id]))
    }
  }

  #subscribe(id: InstrumentId): void {
    if (this.#watched.has(id)) return
    this.#watched.add(id)
    this.#market.watch([...this.#watched])
  }

  /** Of these, the ones that nobody needs any more. */
  #unsubscribe(ids: Iterable<InstrumentId>): void {
    if (this.#closed) return
    const held = this.#held()
    const askedSince = this.#context.monotonic() - KEPT_AFTER_ASKED_MS
    const gone = [...ids].filter(
      id =>
        this.#watched.has(id) &&
        (this.#followers.get(id)?.size ?? 0) === 0 &&
        (this.#askedAt.get(id) ?? Number.NEGATIVE_INFINITY) < askedSince &&
        !held.has(id),
    )
    for (const id of gone) {
      this.#watched.delete(id)
      this.#tickers.delete(id)
      this.#askedAt.delete(id)
      this.#followers.delete(id)
    }
    if (gone.length > 0) this.#market.watch([...this.#watched])
  }

  #fresh(id: InstrumentId): Ticker | null {
    const seen = this.#tickers.get(id)
    return seen !== undefined && this.#ageOf(seen) <= this.#context.options.marketMaxAgeMs
      ? seen.ticker
      : null
  }

  /** A clock that somebody sets makes no price older or younger. */
  #ageOf({ seenAt }: SeenTicker): number {
    return this.#context.monotonic() - seenAt
  }

  async #load(): Promise<void> {
    const result = await this.#market.instruments()
    if (this.#closed) return
    if (!result.ok) {
      this.#context.ports.log.warn('instruments_unavailable', {
        message: result.error.message,
        action: 'tried again by itself',
      })
      const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10))
      this.#failures += 1
      this.#timer = this.#context.ports.clock.after(
        wait * (0.5 + this.#context.ports.random.next() / 2),
        () => void this.#load(),
      )
      return
    }
    this.#failures = 0
    const first = !this.hasInstruments()
    for (const instrument of result.value) this.#instruments.set(instrument.id, instrument)
    this.#timer = this.#context.ports.clock.after(INSTRUMENTS_EVERY_MS, () => void this.#load())
    if (first) this.#onNews()
    this.#unsubscribe(this.#watched)
  }

  #take(ticker: Ticker): void {
    const former = this.#tickers.get(ticker.instrumentId)
    const { marketMaxAgeMs } = this.#context.options
    const waited = former === undefined || this.#ageOf(former) > marketMaxAgeMs
    this.#tickers.set(ticker.instrumentId, { ticker, seenAt: this.#context.monotonic() })
    if (waited) this.#onNews()
    this.#followers.get(ticker.instrumentId)?.tell(ticker)
  }

  #stream(state: StreamState): void {
    if (state.kind === 'lost') this.#context.ports.log.warn('market_stream_lost', { message: state.message })
  }
}
