import type { InstrumentId } from '../../domain/ids.ts'
import type { MarketListener, Ticker } from '../../ports/venue.ts'
import { attempt, type Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import { type LighterConnections, subscribeFrame } from './connections.ts'
import type { MarketList } from './market-list.ts'
import { parseTickers } from './parse/ticker.ts'

/** One message for all markets: clients may send 200 a minute from one address. */
const CHANNEL = 'market_stats/all'

/** Marks and last prices of the watched instruments, for every account of the venue. */
export class LighterMarketStream {
  readonly #connections: LighterConnections
  readonly #markets: MarketList
  readonly #listener: MarketListener
  readonly #socket: ReconnectingSocket
  #watched: ReadonlySet<InstrumentId> = new Set()

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
        refused: ({ code, message }) => this.#socket.drop(`subscription refused: ${code} ${message}`),
        malformed: message => this.#malformed(message),
        lost: message => listener.stream({ kind: 'lost', message }),
      },
    })
  }

  open(): void {
    this.#socket.open()
  }

  close(): void {
    this.#socket.close()
  }

  watch(instruments: ReadonlySet<InstrumentId>): void {
    this.#watched = instruments
  }

  #data(frame: Row, topic: string, isFirst: boolean): void {
    if (topic !== 'market_stats') return
    const receivedAt = this.#connections.clock.now()
    const tickers = attempt<readonly Ticker[]>(() => parseTickers(frame, this.#markets, receivedAt))
    if (isFirst) {
      this.#socket.settled()
      this.#listener.stream({ kind: 'live' })
    }
    if (!tickers.ok) this.#malformed(tickers.error)
    else
      for (const ticker of tickers.value)
        if (this.#watched.has(ticker.instrumentId)) this.#listener.ticker(ticker)
  }

  #malformed(message: string): void {
    this.#connections.log.warn('frame_malformed', { stream: 'lighter market', message })
  }
}
