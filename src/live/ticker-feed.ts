import { type StreamState, tickerStream } from '../../protocol/live.ts'
import type { InstrumentId } from '../domain/ids.ts'
import { must } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ticker } from '../ports/venue.ts'
import type { TickerWatch } from '../ports/watch.ts'
import { Conflation } from './conflation.ts'
import type { Feed } from './feed.ts'
import { Room } from './room.ts'
import { tickerRow } from './rows.ts'

export interface TickerFeedParts {
  readonly instrumentId: InstrumentId
  readonly epoch: string
  readonly clock: Clock
}

/** The prices of one instrument, for everybody who looks at it. */
export class TickerFeed implements Feed {
  readonly origin: InstrumentId
  readonly rooms: readonly Room[]
  readonly #room: Room
  readonly #told: Conflation<Ticker>
  #last: Ticker | null = null
  #endWatch: (() => void) | null = null

  constructor({ instrumentId, epoch, clock }: TickerFeedParts) {
    this.origin = instrumentId
    const data = (): unknown => tickerRow(must(this.#last, 'a stream that has begun has a ticker'))
    this.#room = new Room({ name: tickerStream(instrumentId), epoch, heldFrames: 0, clock, data })
    this.rooms = [this.#room]
    this.#told = new Conflation(clock, ticker => this.#room.tell(() => tickerRow(ticker)))
  }

  /** @returns null: no venue of this server lists the instrument */
  static open(tickers: TickerWatch, parts: TickerFeedParts): TickerFeed | null {
    const feed = new TickerFeed(parts)
    feed.#endWatch = tickers.watch(parts.instrumentId, ticker => feed.#take(ticker))
    return feed.#endWatch === null ? null : feed
  }

  get state(): StreamState {
    return this.#last === null ? 'connecting' : 'live'
  }

  together(work: () => void): void {
    work()
  }

  end(): void {
    this.#told.end()
    this.#endWatch?.()
    this.#endWatch = null
  }

  #take(ticker: Ticker): void {
    const isFirst = this.#last === null
    this.#last = ticker
    if (isFirst) this.#room.replace()
    else this.#told.offer(ticker)
  }
}
