import * as z from 'zod/mini'
import type { StreamKind } from './live-data.ts'

/** Limits that both ends know; the server's own are in src/live/limits.ts. */
export const LIVE_LIMITS = {
  /** A larger message ends the connection. */
  messageBytes: 64 * 1_024,
  accountsPerSubscribe: 50,
  symbolsPerSubscribe: 200,
  pairsPerSubscribe: 50,
  tokenLength: 4_096,
  heartbeatMs: 5_000,
  /** What is done of an account's orders stays in view up to this many; those that are live always do. */
  doneOrders: 200,
} as const

export const TRADING_TYPES = ['balance', 'positions', 'pnl', 'orders'] as const
export type TradingType = (typeof TRADING_TYPES)[number]

const name = z.string().check(z.minLength(1), z.maxLength(128))
/** `{account}:{balance|positions|pnl|orders}`, `{pair}:pair` or `{venue}:{symbol}:ticker`. */
export type StreamName = string

export function accountStream(accountId: string, type: TradingType): StreamName {
  return `${accountId}:${type}`
}

export function tickerStream(instrument: string): StreamName {
  return `${instrument}:ticker`
}

export function pairStream(pairId: string): StreamName {
  return `${pairId}:pair`
}

/** Null: no stream has such a name. */
export function kindOfStream(stream: StreamName): StreamKind | null {
  const last = stream.slice(stream.lastIndexOf(':') + 1)
  if (last === 'ticker' || last === 'pair') return last
  return TRADING_TYPES.find(type => type === last) ?? null
}

/** How far a reader of a stream has come. The sequence counts within its epoch, from 1. */
export const cursor = z.strictObject({ epoch: name, seq: z.int().check(z.nonnegative()) })
export type Cursor = z.infer<typeof cursor>

const token = z.string().check(z.minLength(1), z.maxLength(LIVE_LIMITS.tokenLength))

/** What the client says as it connects. */
export const handshake = z.object({ token })

/** What the client asks, by event; each is answered by an acknowledgement. */
export const REQUESTS = {
  /** Another token of the same user, before the present one expires. */
  authenticate: z.strictObject({ token }),
  /** Replaces the account streams of this socket. Without accounts: all that are, or become, the user's own. */
  subscribe_trading: z.strictObject({
    types: z.array(z.enum(TRADING_TYPES)).check(z.minLength(1), z.maxLength(TRADING_TYPES.length)),
    accounts: z.optional(z.array(name).check(z.minLength(1), z.maxLength(LIVE_LIMITS.accountsPerSubscribe))),
    /** By stream: what the client has already. */
    cursors: z.optional(z.record(name, cursor)),
  }),
  /** Replaces the tickers of this socket: `venue:symbol` each. */
  subscribe_ticker: z.strictObject({
    symbols: z.array(name).check(z.minLength(1), z.maxLength(LIVE_LIMITS.symbolsPerSubscribe)),
  }),
  /** Replaces the pairs of this socket, by id. */
  subscribe_pairs: z.strictObject({
    pairs: z.array(name).check(z.minLength(1), z.maxLength(LIVE_LIMITS.pairsPerSubscribe)),
  }),
  unsubscribe_trading: z.optional(z.strictObject({})),
  unsubscribe_ticker: z.optional(z.strictObject({})),
  unsubscribe_pairs: z.optional(z.strictObject({})),
  /** A snapshot of one stream that is subscribed; it touches no other. */
  resync: z.strictObject({ stream: name }),
} as const
export type RequestName = keyof typeof REQUESTS
export type RequestPayload<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]>

export const STREAM_STATES = ['connecting', 'syncing', 'live', 'degraded', 'closed'] as const

/** Where a stream is; seq 0: it has no data yet. Only in the state `live` is what it says true now. */
export const streamPosition = z.object({
  epoch: name,
  seq: z.int().check(z.nonnegative()),
  state: z.enum(STREAM_STATES),
})
export type StreamPosition = z.infer<typeof streamPosition>
export type StreamState = StreamPosition['state']

/** Of everything that the socket has subscribed, every 5 s; of some of it at once when their state changes. */
export const heartbeat = z.object({ streams: z.record(z.string(), streamPosition) })
export type Heartbeat = z.infer<typeof heartbeat>

/**
 * A subscription that was taken. `unwatched` names what cannot be watched now, and why makes no difference: unknown, of
 * somebody else, inactive. What can be watched later joins by itself: its frames come, and heartbeats name it.
 */
export const subscribed = z.object({
  streams: z.record(z.string(), streamPosition),
  unwatched: z._default(z.array(z.string()), []),
})

/** prevSeq is null with a snapshot, which needs nothing before it. Its data is STREAM_DATA of its kind. */
export const frame = z.object({
  stream: name,
  epoch: name,
  seq: z.int().check(z.positive()),
  prevSeq: z.nullable(z.int().check(z.nonnegative())),
  kind: z.enum(['snapshot', 'delta']),
  /** The server's clock, ms. */
  at: z.number(),
  data: z.unknown(),
})
export type Frame = z.infer<typeof frame>

/** What a person must know, with what to do about it. */
export const notice = z.object({
  id: z.string(),
  code: z.string(),
  level: z.enum(['info', 'warning', 'critical']),
  account: z.nullable(z.string()),
  instrument: z.nullable(z.string()),
  text: z.string(),
  action: z.string(),
  /** What programs go by; amounts as text. Null: nothing beside the text. */
  details: z.nullable(z.record(z.string(), z.nullable(z.union([z.string(), z.number()])))),
  recovers: z.nullable(z.string()),
  at: z.number(),
  acknowledgedAt: z.nullable(z.number()),
})
export type LiveNotice = z.infer<typeof notice>

/** After the handshake and after each `authenticate`: when the token ends, so that the next one can come before. */
export const authenticated = z.object({ expiresInMs: z.nullable(z.number()) })
export type Authenticated = z.infer<typeof authenticated>

/** The last thing that a socket hears before it is closed. */
export const revoked = z.object({ code: z.string(), reason: z.string() })
export type Revoked = z.infer<typeof revoked>

/** Every acknowledgement is what was asked for, or a problem (problem.ts) whose code may be newer than this client. */
export const refusal = z.object({
  error: z.object({ code: z.string(), title: z.string(), status: z.number(), detail: z.string() }),
})
export type Refusal = z.infer<typeof refusal>['error']
