import * as z from 'zod/mini'

/** Longer texts come from nobody who means well; it keeps a row from being any size. */
const MAXIMUM_TEXT = 256

const text = z.string().check(z.maxLength(MAXIMUM_TEXT))
/** An amount in plain digits: no exponent, no float on its way. */
const amount = z.string().check(z.maxLength(64), z.regex(/^-?\d+(\.\d+)?$/))
/** Null: unknown, which is never 0. */
const maybeAmount = z.nullable(amount)
/** Since 1970, ms. */
const time = z.number().check(z.nonnegative())

/** Money of one currency, in that currency. */
export const balanceRow = z.object({
  currency: text,
  total: amount,
  available: amount,
  equity: maybeAmount,
  unrealizedPnl: maybeAmount,
  marginUsed: maybeAmount,
})

/** One instrument and side; quantity in base units, >= 0; 0 closes it. */
export const positionRow = z.object({
  instrument: text,
  side: z.enum(['long', 'short']),
  quantity: amount,
  averagePrice: amount,
  markPrice: maybeAmount,
  liquidationPrice: maybeAmount,
  leverage: maybeAmount,
  unrealizedPnl: maybeAmount,
  notional: maybeAmount,
})

/** Quote currency. `curvePoint` continues the account's equity curve; null while the equity is unknown. */
export const pnlRow = z.object({
  realizedToday: amount,
  unrealized: maybeAmount,
  equity: maybeAmount,
  curvePoint: z.nullable(z.object({ at: time, equity: amount })),
})

export const ORDER_STATUSES = ['created', 'open', 'filled', 'canceled', 'rejected'] as const

/** Any order of the account; `origin` says whether Lockstep or somebody else placed it. */
export const orderRow = z.object({
  id: text,
  clientOrderId: z.nullable(text),
  instrument: text,
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit']),
  quantity: amount,
  filled: amount,
  limitPrice: maybeAmount,
  averagePrice: maybeAmount,
  status: z.enum(ORDER_STATUSES),
  reduceOnly: z.boolean(),
  origin: z.enum(['lockstep', 'venue']),
  at: time,
})

/** Prices in quote; `change24h` and `fundingRate` are fractions: 0.01 is one percent. */
export const tickerRow = z.object({
  symbol: text,
  last: amount,
  mark: amount,
  bid: maybeAmount,
  ask: maybeAmount,
  change24h: maybeAmount,
  volume24h: maybeAmount,
  fundingRate: maybeAmount,
  at: time,
})

export const PAIR_PHASES = ['idle', 'quoting', 'exposed', 'hedging', 'paused', 'closing'] as const

/** One leg of a pair: what it has held since the pair began, signed, base units. */
const pairLeg = z.object({ account: text, instrument: text, quantity: maybeAmount })

/** From A's first unhedged trade until B has followed; the venue's clock. `endedAt` and `unhedgedMs` are null while it is open. */
const pairRound = z.object({
  number: z.int().check(z.positive()),
  outcome: z.enum(['open', 'hedged', 'closed']),
  startedAt: time,
  endedAt: z.nullable(time),
  unhedgedMs: z.nullable(z.number()),
  /** What B's price lost against A's, basis points; negative: it was a gain. */
  costBps: z.nullable(z.number()),
  quantityA: amount,
  quantityB: amount,
  /** Orders of B. */
  attempts: z.int().check(z.nonnegative()),
})

/** A hedge pair as it stands; `gap` is what B lacks, signed, and `unhedged` what of it should be traded. Base units of B. */
export const pairRow = z.object({
  pair: text,
  phase: z.enum(PAIR_PHASES),
  /** Why it is paused; null: it is not. */
  pause: z.nullable(text),
  a: pairLeg,
  b: pairLeg,
  gap: maybeAmount,
  unhedged: maybeAmount,
  unhedgedSince: z.nullable(time),
  /** Hedges in a row that ended short. */
  attempts: z.int().check(z.nonnegative()),
  cycles: z.int().check(z.nonnegative()),
  /** The one that is open, or the last one since the server's start. */
  round: z.nullable(pairRound),
})

export type BalanceRow = z.infer<typeof balanceRow>
export type PositionRow = z.infer<typeof positionRow>
export type PnlRow = z.infer<typeof pnlRow>
export type OrderRow = z.infer<typeof orderRow>
export type TickerRow = z.infer<typeof tickerRow>
export type PairRow = z.infer<typeof pairRow>

const DATA = {
  balance: z.array(balanceRow),
  positions: z.array(positionRow),
  pnl: pnlRow,
  orders: z.array(orderRow),
  ticker: tickerRow,
  pair: pairRow,
} as const

/** What a frame of each kind of stream carries. A delta's rows replace the former ones of the same key. */
export type StreamData = { readonly [Kind in keyof typeof DATA]: z.infer<(typeof DATA)[Kind]> }
export type StreamKind = keyof StreamData
export const STREAM_DATA: { readonly [Kind in StreamKind]: z.ZodMiniType<StreamData[Kind]> } = DATA

/** What the rows of a list are told apart by. */
export const ROW_KEYS = {
  balance: (row: BalanceRow): string => row.currency,
  positions: (row: PositionRow): string => `${row.instrument} ${row.side}`,
  orders: (row: OrderRow): string => row.id,
} as const
