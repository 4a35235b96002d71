import { type Cursor, frame, kindOfStream, type StreamName, type StreamPosition } from '../protocol/live.ts'
import { STREAM_DATA, type StreamData, type StreamKind } from '../protocol/live-data.ts'
import { MERGE } from './merge.ts'

/** Two heartbeats that did not come: what was last heard is not shown as live any more. */
const STALE_AFTER_MS = 11_000

export interface ViewOf<Kind extends StreamKind> {
  readonly stream: StreamName
  readonly kind: Kind
  /** Null: nothing has come yet. */
  readonly data: StreamData[Kind] | null
  /** Of the last frame that is in the data. */
  readonly cursor: Cursor | null
  /** When it was told; the server's clock, ms. */
  readonly at: number | null
  readonly state: StreamPosition['state']
  /** Too long ago, or not what the venue says now. */
  readonly isStale: boolean
}

/** A stream as it was last heard. */
export type StreamView = { [Kind in StreamKind]: ViewOf<Kind> }[StreamKind]

/** applied: the view changed; old: it was known; gap: something is missing, ask for a snapshot. */
export type Taken = 'applied' | 'old' | 'gap'

/** The absolute state of one stream, made of its frames. Times are of this machine's clock, ms. */
export interface ReaderOf<Kind extends StreamKind> {
  /** Where to go on from when subscribing again; null: there is nothing yet. */
  readonly cursor: Cursor | null
  /** @param raw a frame of this stream, perhaps malformed */
  take(raw: unknown, now: number): Taken
  /** Takes in where the stream is. @returns whether something is missing here */
  place(position: StreamPosition, now: number): boolean
  /** The connection is gone: nothing is live until something is heard again. */
  lose(): void
  view(now: number): ViewOf<Kind>
}

export type StreamReader = { [Kind in StreamKind]: ReaderOf<Kind> }[StreamKind]

/** Null: no stream has such a name. */
export function streamReader(stream: StreamName): StreamReader | null {
  const kind = kindOfStream(stream)
  return kind === null ? null : READERS[kind](stream)
}

class Reader<Kind extends StreamKind> implements ReaderOf<Kind> {
  readonly #stream: StreamName
  readonly #kind: Kind
  #cursor: Cursor | null = null
  #data: StreamData[Kind] | null = null
  #at: number | null = null
  #state: StreamPosition['state'] = 'connecting'
  #heardAt = Number.NEGATIVE_INFINITY

  constructor(stream: StreamName, kind: Kind) {
    this.#stream = stream
    this.#kind = kind
  }

  get cursor(): Cursor | null {
    return this.#cursor
  }

  take(raw: unknown, now: number): Taken {
    const parsed = frame.safeParse(raw)
    const data = parsed.success ? STREAM_DATA[this.#kind].safeParse(parsed.data.data) : null
    if (!parsed.success || data === null || !data.success) return this.#miss()
    const { epoch, seq, prevSeq, kind, at } = parsed.data
    const last = this.#cursor?.epoch === epoch ? this.#cursor.seq : 0
    // The snapshot of what is known already is taken: it may answer a frame that could not be read.
    if (seq < last || (seq === last && kind === 'delta')) return 'old'
    if (kind === 'snapshot') this.#data = data.data
    else if (this.#data === null || prevSeq !== last) return this.#miss()
    else this.#data = MERGE[this.#kind](this.#data, data.data)
    this.#cursor = { epoch, seq }
    this.#at = at
    this.#heardAt = now
    return 'applied'
  }

  place({ epoch, seq, state }: StreamPosition, now: number): boolean {
    this.#state = state
    const isEven = seq === 0 || (this.#cursor?.epoch === epoch && this.#cursor.seq >= seq)
    if (isEven) this.#heardAt = now
    else this.#miss()
    return !isEven
  }

  lose(): void {
    this.#state = 'connecting'
  }

  #miss(): Taken {
    this.#heardAt = Number.NEGATIVE_INFINITY
    return 'gap'
  }

  view(now: number): ViewOf<Kind> {
    const isStale = this.#data === null || this.#state !== 'live' || now - this.#heardAt > STALE_AFTER_MS
    return {
      stream: this.#stream,
      kind: this.#kind,
      data: this.#data,
      cursor: this.#cursor,
      at: this.#at,
      state: this.#state,
      isStale,
    }
  }
}

const READERS: { readonly [Kind in StreamKind]: (stream: StreamName) => ReaderOf<Kind> } = {
  balance: stream => new Reader(stream, 'balance'),
  positions: stream => new Reader(stream, 'positions'),
  pnl: stream => new Reader(stream, 'pnl'),
  orders: stream => new Reader(stream, 'orders'),
  ticker: stream => new Reader(stream, 'ticker'),
  pair: stream => new Reader(stream, 'pair'),
}
