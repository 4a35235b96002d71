import { io, type Socket } from 'socket.io-client'
import {
  authenticated,
  type Cursor,
  heartbeat,
  kindOfStream,
  type LiveNotice,
  notice,
  type Refusal,
  type RequestName,
  type RequestPayload,
  refusal,
  revoked,
  type StreamName,
  type StreamPosition,
} from '../protocol/live.ts'
import { type StreamReader, type StreamView, streamReader } from './stream-reader.ts'
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
  /** A request was not done; what was subscribed before still is. */
  refused?(problem: Refusal): void
  /** Something was missing and has been asked for. */
  gap?(stream: StreamName): void
}

type Subscribing = Exclude<RequestName, 'authenticate' | 'resync'>
type Trading = Omit<RequestPayload<'subscribe_trading'>, 'cursors'>

const ANSWER_MS = 10_000
/** Between tries after a refusal: the shortest and the longest, spread by half so that not all come at once. */
const DEFAULT_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** A stream is asked for again at most this often; the next heartbeat finds what is missing still. */
const RESYNC_EVERY_MS = 1_000

/**
 * One connection to the live gateway, for browsers, React Native and Node. It keeps what is subscribed and where each
 * stream is, so that after any loss it says where to go on.
 */
export class LiveClient {
  readonly #listener: LiveListener
  readonly #socket: Socket
  readonly #tokens: Tokens
  readonly #retryMs: number
  readonly #readers = new Map<StreamName, StreamReader>()
  readonly #askedAt = new Map<StreamName, number>()
  #trading: Trading | null = null
  #symbols: readonly string[] = []
  #tries = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor({ url, token, listener, retryMs = DEFAULT_RETRY_MS }: LiveOptions) {
    this.#retryMs = retryMs
    this.#listener = listener
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

  /** Replaces what was subscribed of accounts; without `accounts`: all of the user's own. */
  subscribeTrading(trading: Trading): void {
    const former = this.#trading
    this.#trading = trading
    this.#subscribeTrading(trading, () => {
      this.#trading = former
    })
  }

  /** Replaces the tickers: `venue:symbol` each; none ends them. */
  subscribeTickers(symbols: readonly string[]): void {
    const former = this.#symbols
    this.#symbols = symbols
    this.#subscribeTickers(symbols, () => {
      this.#symbols = former
    })
  }

  unsubscribeTrading(): void {
    this.#trading = null
    this.#subscribe('unsubscribe_trading', {}, () => undefined)
  }

  /** Null: it is not subscribed, or nothing of it has come. */
  view(stream: StreamName): StreamView | null {
    return this.#readers.get(stream)?.view(Date.now()) ?? null
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
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
    socket.on('frame', raw => this.#take(raw))
    socket.on('heartbeat', raw => {
      const said = heartbeat.safeParse(raw)
      if (said.success) this.#place(said.data.streams)
    })
    socket.on('notice', raw => {
      const said = notice.safeParse(raw)
      if (said.success) this.#listener.notice?.(said.data)
    })
  }

  #connected(): void {
    this.#tries = 0
    this.#listener.status?.('online', '')
    if (this.#trading !== null) this.#subscribeTrading(this.#trading, () => undefined)
    if (this.#symbols.length > 0) this.#subscribeTickers(this.#symbols, () => undefined)
  }

  #lost(reason: string): void {
    this.#tokens.end()
    this.#askedAt.clear()
    for (const reader of this.#readers.values()) reader.lose()
    for (const stream of this.#readers.keys()) this.#tell(stream)
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
    const longest = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2 ** this.#tries)
    this.#tries += 1
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#socket.connect(), longest * (0.5 + Math.random() / 2))
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
    const cursors: Record<StreamName, Cursor> = {}
    for (const [stream, { cursor }] of this.#readers)
      if (cursor !== null && !isTicker(stream)) cursors[stream] = cursor
    this.#subscribe('subscribe_trading', { ...trading, cursors }, refused)
  }

  #subscribeTickers(symbols: readonly string[], refused: () => void): void {
    if (symbols.length > 0) this.#subscribe('subscribe_ticker', { symbols }, refused)
    else this.#subscribe('unsubscribe_ticker', {}, refused)
  }

  /** What is not in the answer is not subscribed any more. */
  #subscribe(request: Subscribing, payload: object, refused: () => void): void {
    this.#ask(request, payload, answer => {
      const said = heartbeat.safeParse(answer)
      if (!said.success) {
        refused()
        return
      }
      for (const stream of this.#readers.keys()) {
        const isOfKind = isTicker(stream) === request.endsWith('ticker')
        if (isOfKind && said.data.streams[stream] === undefined) this.#readers.delete(stream)
      }
      this.#place(said.data.streams)
    })
  }

  #take(raw: unknown): void {
    // What cannot even be named is found by the next heartbeat.
    const stream = nameOf(raw)
    const reader = stream === null ? null : this.#readerOf(stream)
    if (stream === null || reader === null) return
    const taken = reader.take(raw, Date.now())
    if (taken === 'applied') this.#tell(stream)
    if (taken === 'gap') this.#resync(stream)
  }

  #place(streams: Readonly<Record<StreamName, StreamPosition>>): void {
    for (const [stream, position] of Object.entries(streams)) {
      const reader = this.#readerOf(stream)
      if (reader === null) continue
      const isBehind = reader.place(position, Date.now())
      if (isBehind) this.#resync(stream)
      this.#tell(stream)
    }
  }

  #resync(stream: StreamName): void {
    const now = Date.now()
    if (now - (this.#askedAt.get(stream) ?? 0) < RESYNC_EVERY_MS) return
    this.#askedAt.set(stream, now)
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

  #readerOf(stream: StreamName): StreamReader | null {
    const known = this.#readers.get(stream)
    if (known !== undefined) return known
    const reader = streamReader(stream)
    if (reader !== null) this.#readers.set(stream, reader)
    return reader
  }

  #tell(stream: StreamName): void {
    const view = this.view(stream)
    if (view !== null) this.#listener.changed(view)
  }
}

function isTicker(stream: StreamName): boolean {
  return kindOfStream(stream) === 'ticker'
}

/** Of a frame that may be malformed. */
function nameOf(raw: unknown): StreamName | null {
  const isNamed = typeof raw === 'object' && raw !== null && 'stream' in raw
  return isNamed && typeof raw.stream === 'string' ? raw.stream : null
}
