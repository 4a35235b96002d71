import { type InstrumentId, symbolOf } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { assert, err, ok, type Result } from '../../domain/result.ts'
import type { BookLevel, MarketListener, VenueError, VenueMarket } from '../../ports/venue.ts'
import { attempt } from '../shared/fields.ts'
import type { BybitConnections } from './connections.ts'
import { BOOK_LEVELS, BOOK_WAIT_MS, INSTRUMENTS_PER_PAGE } from './limits.ts'
import { queryText, readPages } from './pages.ts'
import { parseBookLevel } from './parse/book.ts'
import { parseInstrument } from './parse/instrument.ts'
import { BybitPublicStream } from './public-stream.ts'
import type { BybitRest } from './rest.ts'

/** The public side of Bybit's USDT contracts. */
export class BybitMarket implements VenueMarket {
  readonly #connections: BybitConnections
  readonly #rest: BybitRest
  #stream: BybitPublicStream | null = null
  #watched: ReadonlySet<InstrumentId> = new Set()

  constructor(connections: BybitConnections, rest: BybitRest) {
    this.#connections = connections
    this.#rest = rest
  }

  async instruments(): Promise<Result<readonly Instrument[], VenueError>> {
    const pages = await readPages(this.#rest, {
      path: '/v5/market/instruments-info',
      query: { category: 'linear', limit: INSTRUMENTS_PER_PAGE },
      credential: null,
      windows: [],
      priority: 'read',
      // One odd listing must not take all other markets away: it is left out, and said so.
      parse: row => {
        const parsed = attempt(() => parseInstrument(row))
        if (parsed.ok) return parsed.value
        this.#connections.log.warn('instrument_malformed', {
          symbol: String(row['symbol']).slice(0, 40),
          message: parsed.error,
        })
        return null
      },
    })
    return pages.ok ? ok(pages.value.rows) : pages
  }

  open(listener: MarketListener): void {
    assert(this.#stream === null, 'a market is opened once')
    this.#stream = new BybitPublicStream(this.#connections, listener)
    this.#stream.watch(this.#watched)
    this.#stream.open()
  }

  watch(instruments: readonly InstrumentId[]): void {
    this.#watched = new Set(instruments)
    this.#stream?.watch(this.#watched)
  }

  async depth(instrumentId: InstrumentId, level: number): Promise<Result<BookLevel, VenueError>> {
    if (level > BOOK_LEVELS)
      return err({
        kind: 'refused',
        reason: 'other',
        code: 'lockstep',
        message: `Bybit shows ${BOOK_LEVELS} levels of a book; ask for 1 to ${BOOK_LEVELS}, not for ${level}`,
      })
    const path = '/v5/market/orderbook'
    const query = queryText({ category: 'linear', symbol: symbolOf(instrumentId), limit: level })
    // An opening waits for it: before other reads, never before what closes.
    const asked = { credential: null, windows: [], priority: 'entry', waitMs: BOOK_WAIT_MS } as const
    const answer = await this.#rest.read({ path, query, ...asked })
    if (!answer.ok) return answer
    const { result, answeredAt } = answer.value
    const parsed = attempt(() => parseBookLevel(result, level, answeredAt))
    return parsed.ok ? parsed : err({ kind: 'malformed', message: `${path}: ${parsed.error}` })
  }

  clockOffsetMs(): number | null {
    return this.#connections.venueClock.offsetMs()
  }

  async close(): Promise<void> {
    this.#stream?.close()
  }
}
