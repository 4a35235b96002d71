import type { InstrumentId } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { assert, ok, type Result } from '../../domain/result.ts'
import type { MarketListener, VenueError, VenueMarket } from '../../ports/venue.ts'
import { attempt } from '../shared/fields.ts'
import type { BybitConnections } from './connections.ts'
import { INSTRUMENTS_PER_PAGE } from './limits.ts'
import { readPages } from './pages.ts'
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

  clockOffsetMs(): number | null {
    return this.#connections.venueClock.offsetMs()
  }

  async close(): Promise<void> {
    this.#stream?.close()
  }
}
