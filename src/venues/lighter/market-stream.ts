import type { InstrumentId } from '../../domain/ids.ts'
import type { MarketListener, Ticker } from '../../ports/venue.ts'
import { attempt, type Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import { type LighterConnections, subscribeFrame } from './connections.ts'
import type { Refusal } from './errors.ts'
import { MARK_AGE_MS } from './limits.ts'
import type { MarketList } from './market-list.ts'
import { type BestPrices, parseBestPrices, parseTickers } from './parse/ticker.ts'
import { TickerChannels } from './ticker-channels.ts'

/** Marks and last prices of all markets for one message: clients may send 200 a minute from one address. */
const CHANNEL = 'market_stats/all'

/** Marks, last and best prices of the watched instruments, for every account of the venue. */
export class LighterMarketStream {
  readonly #connections: LighterConnections
  readonly #markets: MarketList
  readonly #listener: MarketListener
  readonly #socket: ReconnectingSocket
  readonly #channels: TickerChannels
  #watched: ReadonlySet<InstrumentId> = new Set()
  /** The last of `market_stats`. */
  readonly #stats = new Map<InstrumentId, Ticker>()
  /** As this connection has told them: a best price holds until its channel tells another. */
  readonly #best = new Map<InstrumentId, BestPrices>()
  #live = false

  constructor(options: {
    readonly connections: LighterConnections
    readonly markets: MarketList
    readonly listener: MarketListener
    readonly ready: () => Promise<string | null>
  }) {
    const { connections, markets, listener, ready } = options
    this.#connections = connections
    this.#markets = markets
    this.#listener = listener
    this.#socket = connections.socket({
      name: 'lighter market',
      priority: 'read',
      ready,
      listener: {
        connecting: () => listener.stream({ kind: 'connecting' }),
        opened: () => this.#socket.send(subscribeFrame(CHANNEL)),
        data: (frame, topic, isFirst) => this.#data(frame, topic, isFirst),
        refused: refusal => this.#refused(refusal),
        malformed: message => this.#malformed(message),
        lost: message => {
          this.#ended()
          listener.stream({ kind: 'lost', message })
        },
      },
    })
    const { clock, messages } = connections
    this.#channels = new TickerChannels({ clock, markets, messages, send: text => this.#socket.send(text) })
  }

  open(): void {
    this.#socket.open()
  }

  close(): void {
    this.#ended()
    this.#socket.close()
  }

  watch(instruments: ReadonlySet<InstrumentId>): void {
    this.#watched = instruments
    for (const id of [...this.#best.keys()]) if (!instruments.has(id)) this.#best.delete(id)
    this.#channels.watch(instruments)
  }

  #data(frame: Row, topic: string, isFirst: boolean): void {
    if (topic === 'market_stats') this.#statsTold(frame, isFirst)
    else if (topic === 'ticker') this.#bestTold(frame)
  }

  #statsTold(frame: Row, isFirst: boolean): void {
    const receivedAt = this.#connections.clock.now()
    const tickers = attempt<readonly Ticker[]>(() => parseTickers(frame, this.#markets, receivedAt))
    if (isFirst) {
      this.#live = true
      this.#socket.settled()
      this.#listener.stream({ kind: 'live' })
      this.#channels.opened()
    }
    if (!tickers.ok) this.#malformed(tickers.error)
    else
      for (const ticker of tickers.value) {
        if (!this.#watched.has(ticker.instrumentId)) continue
        this.#stats.set(ticker.instrumentId, ticker)
        this.#tell(ticker)
      }
  }

  #bestTold(frame: Row): void {
    const read = attempt(() => parseBestPrices(frame, this.#markets))
    if (!read.ok) {
      // Whose prices have changed nobody knows.
      this.#best.clear()
      this.#malformed(read.error)
      return
    }
    const best = read.value
    const { instrumentId, bid, ask } = best
    this.#channels.answered(instrumentId)
    const former = this.#best.get(instrumentId)
    if (!this.#watched.has(instrumentId)) return
    this.#best.set(instrumentId, best)
    // Frames come for every change of a size too.
    if (former?.bid === bid && former.ask === ask) return
    const stats = this.#stats.get(instrumentId)
    if (stats !== undefined && this.#connections.clock.now() - stats.at <= MARK_AGE_MS) this.#tell(stats)
  }

  /** Dated by its mark: a best price that moves makes no mark younger. */
  #tell(stats: Ticker): void {
    const best = this.#best.get(stats.instrumentId)
    this.#listener.ticker({ ...stats, bid: best?.bid ?? null, ask: best?.ask ?? null })
  }

  /** Once all markets' statistics flow, what is refused is one market's ticker: no reason to lose the marks. */
  #refused({ code, message }: Refusal): void {
    if (!this.#live) {
      this.#socket.drop(`subscription refused: ${code} ${message}`)
      return
    }
    this.#connections.log.warn('ticker_refused', {
      message: `${code} ${message}`,
      action: 'asked for again by itself; until then the last trade stands for the best prices',
    })
    this.#channels.refused()
  }

  #ended(): void {
    this.#live = false
    this.#best.clear()
    this.#channels.ended()
  }

  #malformed(message: string): void {
    this.#connections.log.warn('frame_malformed', { stream: 'lighter market', message })
  }
}
