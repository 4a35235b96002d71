import type { InstrumentId } from '../domain/ids.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketPrices } from '../logic/entry.ts'
import type { StreamState, Ticker, VenueMarket } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import type { MarketView } from './state.ts'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000
/** Instruments change rarely: new listings, delistings, new lot sizes. */
const INSTRUMENTS_EVERY_MS = 10 * 60_000

/** The public side of one venue and environment: instruments and best prices, shared by all accounts. */
export class MarketSession implements MarketView {
  readonly #context: EngineContext
  readonly #market: VenueMarket
  readonly #instruments = new Map<InstrumentId, Instrument>()
  readonly #tickers = new Map<InstrumentId, Ticker>()
  readonly #watched = new Set<InstrumentId>()
  readonly #onNews: () => void
  #failures = 0
  #timer: (() => void) | null = null
  #closed = false

  /** @param onNews what waited can go on: the list is there, or a price that was unknown or too old */
  constructor(context: EngineContext, market: VenueMarket, onNews: () => void) {
    this.#context = context
    this.#market = market
    this.#onNews = onNews
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
    const ticker = this.#tickers.get(id)
    if (ticker === undefined || this.#context.now() - ticker.at > this.#context.options.marketMaxAgeMs)
      return null
    const { mark, last, bid, ask } = ticker
    return { mark, bid: bid ?? last, ask: ask ?? last }
  }

  offsetMs(): number {
    return this.knownOffsetMs() ?? 0
  }

  knownOffsetMs(): number | null {
    return this.#market.clockOffsetMs()
  }

  watch(id: InstrumentId): void {
    if (this.#watched.has(id)) return
    this.#watched.add(id)
    this.#market.watch([...this.#watched])
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
  }

  #take(ticker: Ticker): void {
    const former = this.#tickers.get(ticker.instrumentId)
    const { marketMaxAgeMs } = this.#context.options
    const waited = former === undefined || ticker.at - former.at > marketMaxAgeMs
    this.#tickers.set(ticker.instrumentId, ticker)
    if (waited) this.#onNews()
  }

  #stream(state: StreamState): void {
    if (state.kind === 'lost') this.#context.ports.log.warn('market_stream_lost', { message: state.message })
  }
}
