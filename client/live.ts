import { io, type Socket } from 'socket.io-client'
import {
  authenticated,
  heartbeat,
  type LiveNotice,
  notice,
  type Refusal,
  type RequestName,
  type RequestPayload,
  refusal,
  revoked,
  type StreamName,
  subscribed,
} from '../protocol/live.ts'
import { Backoff } from './backoff.ts'
import type { StreamView } from './stream-reader.ts'
import { STREAM_GROUPS, type StreamGroup, Streams } from './streams.ts'
import { Tokens } from './tokens.ts'

export interface LiveOptions {
  /** `https://host:port` of the server. */
  readonly url: string
  /** @param isRefused the last one was not taken: do not give the same again */
  token(isRefused: boolean): Promise<string>
  readonly listener: LiveListener
  /** The shortest wait before another try, ms. */
  readonly retryMs?: number
}

/** offline: the connection is gone and is tried again; refused: the server says no, and is asked again later. */
export type LiveStatus = 'online' | 'offline' | 'refused'

export interface LiveListener {
  changed(view: StreamView): void
  status?(status: LiveStatus, reason: string): void
  notice?(notice: LiveNotice): void
  /** A request was not done; what was subscribed before still is. What has to be had again is asked for again. */
  refused?(problem: Refusal): void
  /** Of what was subscribed just now, what cannot be watched. It comes by itself as soon as it can. */
  unwatched?(names: readonly string[]): void
  /** Something was missing and has been asked for. */
  gap?(stream: StreamName): void
}

interface Subscribing {
  readonly request: RequestName
  readonly payload: object
  /** What was subscribed before still is. */
  refused(): void
}

type Trading = Omit<RequestPayload<'subscribe_trading'>, 'cursors'>

const ANSWER_MS = 10_000
/** Between tries after a refusal: the shortest and the longest. */
const DEFAULT_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** Of a subscription: three at once must stay within the server's rate of refused requests. */
const LONGEST_SUBSCRIBE_MS = 60_000

/**
 * One connection to the live gateway, for browsers, React Native and Node. It keeps what is subscribed and where each
 * stream is, so that after any loss it says where to go on.
 */
export class LiveClient {
  readonly #listener: LiveListener
  readonly #socket: Socket
  readonly #tokens: Tokens
  readonly #connecting: Backoff
  readonly #subscribing: Readonly<Record<StreamGroup, Backoff>>
  readonly #streams: Streams
  #trading: Trading | null = null
  #symbols: readonly string[] = []
  #pairs: readonly string[] = []
  #isClosed = false

  constructor({ url, token, listener, retryMs = DEFAULT_RETRY_MS }: LiveOptions) {
    this.#connecting = new Backoff({ shortestMs: retryMs, longestMs: LONGEST_RETRY_MS })
    const subscribing = () => new Backoff({ shortestMs: retryMs, longestMs: LONGEST_SUBSCRIBE_MS })
    this.#subscribing = { trading: subscribing(), ticker: subscribing(), pair: subscribing() }
    this.#listener = listener
    this.#streams = new Streams({
      changed: view => listener.changed(view),
      missing: stream => this.#resync(stream),
    })
    this.#tokens = new Tokens(token, value => this.#authenticate(value))
    this.#socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: retryMs,
      reconnectionDelayMax: LONGEST_RETRY_MS,
      auth: give => void this.#giveToken(give),
    })
    this.#listen()
  }

  /** Replaces what was subscribed of accounts; without `accounts`: all of the user's own, also those to come. */
  subscribeTrading(trading: Trading): void {
    const former = this.#trading
    this.#trading = trading
    this.#subscribeTrading(trading, () => {
      if (this.#trading !== trading) return
      if (former === null) this.#subscribeLater('trading')
      else this.#trading = former
    })
  }

  /** Replaces the tickers: `venue:symbol` each; none ends them. */
  subscribeTickers(symbols: readonly string[]): void {
    const former = this.#symbols
    this.#symbols = symbols
    this.#subscribeTickers(symbols, () => {
      if (this.#symbols !== symbols) return
      if (former.length === 0) this.#subscribeLater('ticker')
      else this.#symbols = former
    })
  }

  /** Replaces the hedge pairs, by id; none ends them. */
  subscribePairs(pairs: readonly string[]): void {
    const former = this.#pairs
    this.#pairs = pairs
    this.#subscribePairs(pairs, () => {
      if (this.#pairs !== pairs) return
      if (former.length === 0) this.#subscribeLater('pair')
      else this.#pairs = former
    })
  }

  unsubscribeTrading(): void {
    this.#trading = null
    this.#subscribe('trading', { request: 'unsubscribe_trading', payload: {}, refused: () => undefined })
  }

  /** Null: it is not subscribed, or nothing of it has come. */
  view(stream: StreamName): StreamView | null {
    return this.#streams.view(stream)
  }

  close(): void {
    this.#isClosed = true
    this.#connecting.stop()
    this.#stopSubscribing()
    this.#tokens.end()
    this.#socket.disconnect()
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('connect', () => this.#connected())
    socket.on('disconnect', reason => this.#lost(reason))
    socket.on('connect_error', error => this.#refusedAtDoor(error))
    socket.on('authenticated', raw => {
      const said = authenticated.safeParse(raw)
      if (said.success) this.#tokens.taken(said.data.expiresInMs)
    })
    socket.on('revoked', raw => {
      const said = revoked.safeParse(raw)
      this.#tokens.refuse()
      this.#listener.status?.('refused', said.success ? said.data.reason : 'The session was ended.')
    })
    socket.on('frame', raw => this.#streams.take(raw))
    socket.on('heartbeat', raw => {
      const said = heartbeat.safeParse(raw)
      if (said.success) this.#streams.place(said.data.streams)
    })
    socket.on('notice', raw => {
      const said = notice.safeParse(raw)
      if (said.success) this.#listener.notice?.(said.data)
    })
  }

  #connected(): void {
    this.#connecting.reset()
    this.#listener.status?.('online', '')
    for (const group of STREAM_GROUPS) this.#subscribeAgain(group)
  }

  #subscribeAgain(group: StreamGroup): void {
    const refused = (): void => this.#subscribeLater(group)
    if (group === 'trading' && this.#trading !== null) this.#subscribeTrading(this.#trading, refused)
    if (group === 'ticker' && this.#symbols.length > 0) this.#subscribeTickers(this.#symbols, refused)
    if (group === 'pair' && this.#pairs.length > 0) this.#subscribePairs(this.#pairs, refused)
  }

  /** What has to be had again is refused now: it may not be later, and without it the app would be blind. */
  #subscribeLater(group: StreamGroup): void {
    if (!this.#isClosed) this.#subscribing[group].again(() => this.#subscribeAgain(group))
  }

  #stopSubscribing(): void {
    for (const group of STREAM_GROUPS) this.#subscribing[group].stop()
  }

  #lost(reason: string): void {
    this.#stopSubscribing()
    this.#tokens.end()
    this.#streams.lose()
    if (this.#isClosed) return
    this.#listener.status?.('offline', reason)
    // Socket.IO comes back by itself, except where the server has closed the socket on purpose.
    if (!this.#socket.active) this.#retryLater()
  }

  #refusedAtDoor(error: Error & { readonly data?: unknown }): void {
    if (this.#socket.active) {
      this.#listener.status?.('offline', error.message)
      return
    }
    this.#tokens.refuse()
    const said = refusal.safeParse({ error: error.data })
    this.#listener.status?.('refused', said.success ? said.data.error.detail : error.message)
    this.#retryLater()
  }

  #retryLater(): void {
    this.#connecting.again(() => this.#socket.connect())
  }

  async #giveToken(give: (auth: { token: string }) => void): Promise<void> {
    const token = await this.#tokens.next()
    if (this.#isClosed) return
    if (token !== null) {
      give({ token })
      return
    }
    this.#socket.disconnect()
    this.#listener.status?.('offline', 'No token is to be had.')
    this.#retryLater()
  }

  #authenticate(token: string): void {
    this.#ask('authenticate', { token }, answer => {
      const said = authenticated.safeParse(answer)
      if (said.success) this.#tokens.taken(said.data.expiresInMs)
      else this.#tokens.notTaken()
    })
  }

  #subscribeTrading(trading: Trading, refused: () => void): void {
    const payload = { ...trading, cursors: this.#streams.cursors() }
    this.#subscribe('trading', { request: 'subscribe_trading', payload, refused })
  }

  #subscribeTickers(symbols: readonly string[], refused: () => void): void {
    const isEnd = symbols.length === 0
    const request = isEnd ? 'unsubscribe_ticker' : 'subscribe_ticker'
    this.#subscribe('ticker', { request, payload: isEnd ? {} : { symbols }, refused })
  }

  #subscribePairs(pairs: readonly string[], refused: () => void): void {
    const isEnd = pairs.length === 0
    const request = isEnd ? 'unsubscribe_pairs' : 'subscribe_pairs'
    this.#subscribe('pair', { request, payload: isEnd ? {} : { pairs }, refused })
  }

  #subscribe(group: StreamGroup, { request, payload, refused }: Subscribing): void {
    this.#subscribing[group].stop()
    this.#ask(request, payload, answer => {
      const said = subscribed.safeParse(answer)
      if (!said.success) {
        refused()
        return
      }
      const { streams, unwatched } = said.data
      this.#subscribing[group].reset()
      this.#streams.keep(group, streams)
      if (unwatched.length > 0) this.#listener.unwatched?.(unwatched)
    })
  }

  #resync(stream: StreamName): void {
    this.#listener.gap?.(stream)
    this.#ask('resync', { stream }, () => undefined)
  }

  #ask(request: RequestName, payload: object, answered: (answer: unknown) => void): void {
    if (!this.#socket.connected) return
    this.#socket.timeout(ANSWER_MS).emit(request, payload, (late: Error | null, answer: unknown) => {
      // A connection that does not answer is no connection: Socket.IO opens another one.
      if (late !== null) this.#socket.io.engine?.close()
      const no = refusal.safeParse(answer)
      if (no.success) this.#listener.refused?.(no.data.error)
      if (late === null) answered(answer)
    })
  }
}
