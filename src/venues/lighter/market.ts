import type { Decimal } from '../../domain/decimal.ts'
import type { InstrumentId } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { assert, err, ok, type Result } from '../../domain/result.ts'
import type { BookLevel, MarketListener, Ticker, VenueError, VenueMarket } from '../../ports/venue.ts'
import { asRow, attempt, listField, type Row } from '../shared/fields.ts'
import type { LighterConnections } from './connections.ts'
import { refusedHere } from './errors.ts'
import { BOOK_ORDERS, BOOK_WAIT_MS, MARK_AGE_MS } from './limits.ts'
import type { LighterMarketEntry, MarketList } from './market-list.ts'
import { LighterMarketStream } from './market-stream.ts'
import { parseBookLevel } from './parse/book.ts'
import { parseMarket } from './parse/market.ts'
import type { LighterRest } from './rest.ts'

/** The public side of Lighter's perpetual contracts. */
export class LighterMarket implements VenueMarket {
  readonly #connections: LighterConnections
  readonly #rest: LighterRest
  readonly #markets: MarketList
  readonly #tickers = new Map<InstrumentId, Ticker>()
  #reading: Promise<Result<readonly Instrument[], VenueError>> | null = null
  #stream: LighterMarketStream | null = null
  #watched: ReadonlySet<InstrumentId> = new Set()

  constructor(connections: LighterConnections, rest: LighterRest, markets: MarketList) {
    this.#connections = connections
    this.#rest = rest
    this.#markets = markets
  }

  /** Several callers at once share one request. */
  instruments(): Promise<Result<readonly Instrument[], VenueError>> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  /** Why nothing can be named yet; null once the list of markets was read. */
  async obstacle(): Promise<string | null> {
    if (this.#markets.isKnown()) return null
    const read = await this.instruments()
    return read.ok ? null : `the list of markets is not known yet: ${read.error.message}`
  }

  /** Null: not known, or too old. */
  markPrice(instrumentId: InstrumentId): Decimal | null {
    const ticker = this.#tickers.get(instrumentId)
    return ticker !== undefined && this.#connections.clock.now() - ticker.at <= MARK_AGE_MS
      ? ticker.mark
      : null
  }

  open(listener: MarketListener): void {
    assert(this.#stream === null, 'a market is opened once')
    this.#stream = new LighterMarketStream({
      connections: this.#connections,
      markets: this.#markets,
      ready: () => this.obstacle(),
      listener: {
        ticker: ticker => {
          this.#tickers.set(ticker.instrumentId, ticker)
          listener.ticker(ticker)
        },
        stream: state => listener.stream(state),
      },
    })
    this.#stream.watch(this.#watched)
    this.#stream.open()
  }

  watch(instruments: readonly InstrumentId[]): void {
    this.#watched = new Set(instruments)
    this.#stream?.watch(this.#watched)
  }

  /** All orders that the venue shows, because as many as there are may stand at one price. */
  async depth(instrumentId: InstrumentId, level: number): Promise<Result<BookLevel, VenueError>> {
    const levels = `Lighter shows ${BOOK_ORDERS} orders of a side`
    if (level > BOOK_ORDERS)
      return err(refusedHere('other', `${levels}; ask for level 1 to ${BOOK_ORDERS}, not for ${level}`))
    const obstacle = await this.obstacle()
    if (obstacle !== null) return err({ kind: 'unavailable', message: obstacle })
    const entry = this.#markets.ofInstrument(instrumentId)
    if (entry === undefined) return err(refusedHere('symbol', `Lighter has no market ${instrumentId}`))
    const path = '/api/v1/orderBookOrders'
    const query = { market_id: entry.marketIndex, limit: BOOK_ORDERS }
    // An opening waits for it: before other reads, never before what closes.
    const asked = { token: null, windows: [], priority: 'entry', waitMs: BOOK_WAIT_MS } as const
    const answer = await this.#rest.read({ path, query, ...asked })
    if (!answer.ok) return answer
    const receivedAt = this.#connections.clock.now()
    const read = attempt(() => parseBookLevel(answer.value, { level, orders: BOOK_ORDERS, receivedAt }))
    if (!read.ok) return err({ kind: 'malformed', message: `${path}: ${read.error}` })
    if (!read.value.hidden) return ok(read.value.level)
    return err({ kind: 'unavailable', message: `${levels}, and level ${level} is behind them` })
  }

  clockOffsetMs(): number | null {
    return this.#connections.venueClock.offsetMs()
  }

  async close(): Promise<void> {
    this.#stream?.close()
  }

  async #read(): Promise<Result<readonly Instrument[], VenueError>> {
    const path = '/api/v1/orderBookDetails'
    const answer = await this.#rest.read({ path, query: {}, token: null, windows: [], priority: 'read' })
    if (!answer.ok) return answer
    const rows = attempt(() =>
      listField(answer.value, 'order_book_details').map(row => asRow(row, 'a market')),
    )
    if (!rows.ok) return err({ kind: 'malformed', message: `${path}: ${rows.error}` })
    const entries = rows.value.flatMap(row => this.#entry(row))
    this.#markets.take(entries)
    return ok(entries.map(({ instrument }) => instrument))
  }

  /** One odd listing must not take all other markets away: it is left out, and said so. */
  #entry(row: Row): readonly LighterMarketEntry[] {
    const parsed = attempt(() => parseMarket(row))
    if (parsed.ok) return parsed.value === null ? [] : [parsed.value]
    this.#connections.log.warn('instrument_malformed', {
      symbol: String(row['symbol']).slice(0, 40),
      message: parsed.error,
    })
    return []
  }
}
