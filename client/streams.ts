import { type Cursor, kindOfStream, type StreamName, type StreamPosition } from '../protocol/live.ts'
import { type StreamReader, type StreamView, streamReader } from './stream-reader.ts'

/** A stream is asked for again at most this often; the next heartbeat finds what is missing still. */
const RESYNC_EVERY_MS = 1_000

/** trading: account streams; ticker: prices; pair: hedge pairs. Each is subscribed as a whole. */
export const STREAM_GROUPS = ['trading', 'ticker', 'pair'] as const
export type StreamGroup = (typeof STREAM_GROUPS)[number]

interface StreamEvents {
  changed(view: StreamView): void
  /** Something is missing, and nobody has asked for it just now. */
  missing(stream: StreamName): void
}

/** Everything that one client reads. */
export class Streams {
  readonly #events: StreamEvents
  readonly #readers = new Map<StreamName, StreamReader>()
  readonly #askedAt = new Map<StreamName, number>()

  constructor(events: StreamEvents) {
    this.#events = events
  }

  /** Null: nothing has come of it. */
  view(stream: StreamName): StreamView | null {
    return this.#readers.get(stream)?.view(Date.now()) ?? null
  }

  /** Where each account stream is; tickers and pairs are told anew with every subscription. */
  cursors(): Readonly<Record<StreamName, Cursor>> {
    const cursors: Record<StreamName, Cursor> = {}
    for (const [stream, { cursor }] of this.#readers)
      if (cursor !== null && groupOf(stream) === 'trading') cursors[stream] = cursor
    return cursors
  }

  /** @param raw a frame, perhaps malformed */
  take(raw: unknown): void {
    const stream = nameOf(raw)
    const reader = stream === null ? null : this.#readerOf(stream)
    // What cannot even be named is found by the next heartbeat.
    if (stream === null || reader === null) return
    const taken = reader.take(raw, Date.now())
    if (taken === 'applied') this.#tell(stream)
    if (taken === 'gap') this.#miss(stream)
  }

  place(positions: Readonly<Record<StreamName, StreamPosition>>): void {
    for (const [stream, position] of Object.entries(positions)) {
      if (this.#readerOf(stream)?.place(position, Date.now()) === true) this.#miss(stream)
      this.#tell(stream)
    }
  }

  /** Only these of a group are subscribed now. */
  keep(group: StreamGroup, positions: Readonly<Record<StreamName, StreamPosition>>): void {
    for (const stream of this.#readers.keys())
      if (groupOf(stream) === group && positions[stream] === undefined) this.#readers.delete(stream)
    this.place(positions)
  }

  /** The connection is gone. */
  lose(): void {
    this.#askedAt.clear()
    for (const [stream, reader] of this.#readers) {
      reader.lose()
      this.#tell(stream)
    }
  }

  #miss(stream: StreamName): void {
    const now = Date.now()
    if (now - (this.#askedAt.get(stream) ?? 0) < RESYNC_EVERY_MS) return
    this.#askedAt.set(stream, now)
    this.#events.missing(stream)
  }

  #tell(stream: StreamName): void {
    const view = this.view(stream)
    if (view !== null) this.#events.changed(view)
  }

  #readerOf(stream: StreamName): StreamReader | null {
    const known = this.#readers.get(stream)
    if (known !== undefined) return known
    const reader = streamReader(stream)
    if (reader !== null) this.#readers.set(stream, reader)
    return reader
  }
}

function groupOf(stream: StreamName): StreamGroup {
  const kind = kindOfStream(stream)
  return kind === 'ticker' || kind === 'pair' ? kind : 'trading'
}

/** Of a frame that may be malformed. */
function nameOf(raw: unknown): StreamName | null {
  const isNamed = typeof raw === 'object' && raw !== null && 'stream' in raw
  return isNamed && typeof raw.stream === 'string' ? raw.stream : null
}
