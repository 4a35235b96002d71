import { type InstrumentId, symbolOf } from '../../domain/ids.ts'
import type { MarketListener, Ticker } from '../../ports/venue.ts'
import { attempt, optionalText, parseObject, type Row, rowField } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { BybitConnections } from './connections.ts'
import { TOPICS_PER_FRAME } from './limits.ts'
import { parseTicker } from './parse/ticker.ts'

const PING = JSON.stringify({ op: 'ping' })
const TICKERS = 'tickers.'

/** Tickers of the watched instruments, for every account of the venue. */
export class BybitPublicStream {
  readonly #connections: BybitConnections
  readonly #listener: MarketListener
  readonly #socket: ReconnectingSocket
  #watched: ReadonlySet<InstrumentId> = new Set()
  /** What this connection has shown: deltas name only what changed. */
  readonly #tickers = new Map<InstrumentId, Ticker>()
  #connected = false

  constructor(connections: BybitConnections, listener: MarketListener) {
    this.#connections = connections
    this.#listener = listener
    this.#socket = connections.socket({
      name: 'bybit public',
      url: connections.urls.publicStream,
      priority: 'read',
      login: false,
      pingFrame: PING,
      listener: {
        connecting: () => listener.stream({ kind: 'connecting' }),
        opened: () => this.#opened(),
        frame: text => this.#frame(text),
        lost: message => {
          this.#ended()
          listener.stream({ kind: 'lost', message })
        },
      },
    })
  }

  open(): void {
    this.#socket.open()
  }

  close(): void {
    this.#ended()
    this.#socket.close()
  }

  watch(instruments: ReadonlySet<InstrumentId>): void {
    const gone = [...this.#watched].filter(instrument => !instruments.has(instrument))
    const added = [...instruments].filter(instrument => !this.#watched.has(instrument))
    this.#watched = new Set(instruments)
    for (const instrument of gone) this.#tickers.delete(instrument)
    if (!this.#connected) return
    this.#ask('unsubscribe', gone)
    this.#ask('subscribe', added)
  }

  #opened(): void {
    this.#connected = true
    this.#socket.settled()
    this.#ask('subscribe', [...this.#watched])
    // Nothing to log in to: whether a ticker flows shows in its own age.
    this.#listener.stream({ kind: 'live' })
  }

  #ended(): void {
    this.#connected = false
    this.#tickers.clear()
  }

  #ask(op: 'subscribe' | 'unsubscribe', instruments: readonly InstrumentId[]): void {
    for (let first = 0; first < instruments.length; first += TOPICS_PER_FRAME) {
      const topics = instruments.slice(first, first + TOPICS_PER_FRAME)
      const args = topics.map(instrument => `${TICKERS}${symbolOf(instrument)}`)
      this.#socket.send(JSON.stringify({ op, args }))
    }
  }

  #frame(text: string): void {
    const receivedAt = this.#connections.clock.now()
    const outcome = attempt(() => {
      const frame = parseObject(text)
      const topic = optionalText(frame, 'topic')
      if (topic === null) this.#control(frame)
      else if (topic.startsWith(TICKERS)) this.#ticker(rowField(frame, 'data'), receivedAt)
    })
    if (!outcome.ok)
      this.#connections.log.warn('frame_malformed', { stream: 'public', message: outcome.error })
  }

  #ticker(data: Row, receivedAt: number): void {
    const ticker = parseTicker(data, instrument => this.#tickers.get(instrument), receivedAt)
    // A frame may still be on its way when its instrument is no longer watched.
    if (ticker === null || !this.#watched.has(ticker.instrumentId)) return
    this.#tickers.set(ticker.instrumentId, ticker)
    this.#listener.ticker(ticker)
  }

  #control(frame: Row): void {
    // The public stream answers a ping with op "ping" and ret_msg "pong".
    if (frame['op'] === 'pong' || frame['ret_msg'] === 'pong') this.#socket.pong()
    else if (frame['op'] === 'subscribe' && frame['success'] !== true)
      this.#connections.log.warn('subscription_refused', { message: optionalText(frame, 'ret_msg') })
  }
}
