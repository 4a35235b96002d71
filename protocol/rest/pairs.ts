import { z } from 'zod'
import {
  LEG_NAMES,
  PAIR_DEFAULTS,
  PAIR_MODES,
  PAIR_PAUSES,
  PAIR_PHASES,
  type PairPause,
  QUOTING_DEFAULTS,
  ROUND_OUTCOMES,
} from '../../src/domain/pair.ts'
import { ORIGINS } from '../../src/domain/strategy.ts'
import {
  amountText,
  instrumentText,
  nameText,
  pageQuery,
  positiveText,
  preciseTimestamp,
  symbolText,
  timestamp,
  uuid,
} from './common.ts'
import { tradeAnswer } from './trading.ts'

const DAY_MS = 86_400_000
const MAXIMUM_DEPTH = 50
const basisPoints = z.int().min(0).max(10_000)
const milliseconds = z.int().min(1).max(DAY_MS)
const PAUSES = Object.keys(PAIR_PAUSES) as [PairPause, ...PairPause[]]

/** An account, and a symbol that its venue lists. */
const leg = z.strictObject({ accountId: uuid, symbol: symbolText })

/** A buys at the depth and sells what it bought, over and over. maximumCycles: null: without an end. */
const quotingShape = z.strictObject({
  /** Base units of A. */
  quantity: positiveText,
  depthLevel: z.int().min(1).max(MAXIMUM_DEPTH).default(QUOTING_DEFAULTS.depthLevel),
  makerTimeoutMs: milliseconds.default(QUOTING_DEFAULTS.makerTimeoutMs),
  maximumCycles: z.int().min(1).max(1_000_000).nullable().default(QUOTING_DEFAULTS.maximumCycles),
})

/** The same to add a pair and to change it; a pair keeps its legs. */
export const pairBody = z.strictObject({
  name: nameText,
  a: leg,
  b: leg,
  ratioBps: z.int().min(1).max(1_000_000).default(PAIR_DEFAULTS.ratioBps),
  /** Base units of B. */
  tolerance: positiveText,
  hedgeSlippageBps: basisPoints.default(PAIR_DEFAULTS.hedgeSlippageBps),
  attempts: z.int().min(1).max(100).default(PAIR_DEFAULTS.attempts),
  retryEveryMs: milliseconds.default(PAIR_DEFAULTS.retryEveryMs),
  confirmTimeoutMs: milliseconds.default(PAIR_DEFAULTS.confirmTimeoutMs),
  forceCloseAfterMs: milliseconds.default(PAIR_DEFAULTS.forceCloseAfterMs),
  forceCloseSlippageBps: basisPoints.default(PAIR_DEFAULTS.forceCloseSlippageBps),
  /** Null: B mirrors whatever anybody trades on A. */
  quoting: quotingShape.nullable().default(null),
})

/** Signed, base units, by our count; null: the pair has not begun. */
const legNow = z.object({
  instrument: instrumentText,
  /** What it has held since the pair began. */
  quantity: amountText.nullable(),
  /** All that the account holds there, with what was there before. */
  held: amountText.nullable(),
})

/** How the pair stands. Amounts are base units of B but for leg A's. */
const pairNow = z.object({
  phase: z.enum(PAIR_PHASES),
  pause: z.enum(PAUSES).nullable(),
  /** What a person can do about the pause. */
  action: z.string().nullable(),
  /** The one leg that is being closed; null: both, or none. */
  closingLeg: z.enum(LEG_NAMES).nullable(),
  a: legNow,
  b: legNow,
  /** What B lacks, signed, with what is carried because it is below B's lot. */
  gap: amountText.nullable(),
  /** What of it should be traded, and since when. */
  unhedged: amountText.nullable(),
  unhedgedSince: preciseTimestamp.nullable(),
  /** Hedges in a row that ended short. */
  attempts: z.int(),
  cycles: z.int(),
  rounds: z.int(),
  /** Why A quotes nothing at the moment; null: it does, or there is nothing to quote. */
  waitsFor: z.string().nullable(),
})

/** What config.yaml calls a name or a symbol may be wider than what is taken here. */
const legAnswer = z.object({ accountId: uuid, symbol: z.string() })

export const pairAnswer = pairBody.extend({
  name: z.string(),
  a: legAnswer,
  b: legAnswer,
  id: uuid,
  origin: z.enum(ORIGINS),
  mode: z.enum(PAIR_MODES),
  now: pairNow,
})

/** leg: that one alone; left out: both. dryRun: says what it would close, and closes nothing. */
export const flattenPairBody = z.strictObject({
  leg: z.enum(LEG_NAMES).optional(),
  dryRun: z.boolean().default(false),
})

/** closes: what was, or would be, closed first; what trades meanwhile is closed too. */
export const flattenPairAnswer = z.object({
  dryRun: z.boolean(),
  closes: z.array(
    z.object({
      leg: z.enum(LEG_NAMES),
      accountId: uuid,
      instrument: instrumentText,
      side: z.enum(['buy', 'sell']),
      quantity: amountText,
      /** Null: no price is known; it is closed when there is one. */
      worstPrice: amountText.nullable(),
    }),
  ),
  pair: pairAnswer,
})

const roundLeg = z.object({
  /** Signed. */
  quantity: amountText,
  /** Null: nothing was traded. */
  averagePrice: amountText.nullable(),
})

/** From A's first unhedged trade until B has followed. Times are the venue's clock. */
export const roundAnswer = z.object({
  id: uuid,
  number: z.int(),
  outcome: z.enum(ROUND_OUTCOMES),
  startedAt: preciseTimestamp,
  endedAt: preciseTimestamp.nullable(),
  unhedgedMs: z.number().nullable(),
  /** What B's price lost against A's, basis points of it; negative: it was a gain. */
  costBps: z.number().nullable(),
  a: roundLeg,
  b: roundLeg,
  /** B's orders, oldest first; of very many the last hundred. */
  attempts: z.array(tradeAnswer),
})

export const exposureQuery = pageQuery.extend({
  /** The venue's clock, ms: traded at or after. */
  from: z.coerce.number().pipe(timestamp).optional(),
  /** The venue's clock, ms: traded before. */
  to: z.coerce.number().pipe(timestamp).optional(),
})

/** How the pair stood after one trade on a leg, in the order in which they were counted. Base units. */
export const exposureAnswer = z.object({
  /** The pair's own count of its trades, from 1. */
  number: z.int(),
  /** The venue's clock, ms. */
  at: preciseTimestamp,
  leg: z.enum(LEG_NAMES),
  side: z.enum(['buy', 'sell']),
  quantity: amountText,
  fillPrice: amountText,
  /** Signed: what each leg had held since the pair began. */
  a: amountText,
  b: amountText,
  /** Signed: what B lacked, with what was carried because it was below B's lot. */
  gap: amountText,
})
