import { z } from 'zod'
import { DEFAULT_MAX_AGE_MS, DEFAULT_RATIO, MODES, ORIGINS } from '../../src/domain/strategy.ts'
import { amountText, instrumentText, nameText, positiveText, symbolText, uuid } from './common.ts'

const DAY_MS = 86_400_000
const MAXIMUM_SYMBOLS = 500
const basisPoints = z.int().min(0).max(10_000)
const inverse = z.boolean().default(false)
const symbols = z.array(symbolText).max(MAXIMUM_SYMBOLS)

export const sizingShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ratio'), inverse, ratio: positiveText.default(DEFAULT_RATIO) }),
  z.strictObject({ kind: z.literal('equity_ratio'), inverse, ratio: positiveText.default(DEFAULT_RATIO) }),
  z.strictObject({ kind: z.literal('fixed_notional'), inverse, notional: positiveText }),
  z.strictObject({ kind: z.literal('fixed_quantity'), inverse, quantity: positiveText }),
])

export const entryShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('market') }),
  z.strictObject({ kind: z.literal('limit') }),
  z.strictObject({
    kind: z.literal('limit_follow'),
    discountBps: basisPoints,
    maximumOpenOrders: z.int().min(1).max(100).default(1),
  }),
  z.strictObject({ kind: z.literal('marketable_limit'), slippageBps: basisPoints }),
])

export const leverageShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('follow') }),
  z.strictObject({ kind: z.literal('fixed'), leverage: positiveText }),
  z.strictObject({ kind: z.literal('capped'), leverage: positiveText }),
])

/** Null: no limit of that kind. */
export const limitsShape = z.strictObject({
  killSwitch: z.boolean().default(false),
  maximumLeverage: positiveText.nullable().default(null),
  maximumOrderNotional: positiveText.nullable().default(null),
  maximumSymbolNotional: positiveText.nullable().default(null),
  maximumTotalNotional: positiveText.nullable().default(null),
  maximumOrdersPerMinute: z.int().min(1).max(100_000).nullable().default(null),
  allowedSymbols: symbols.nullable().default(null),
  deniedSymbols: symbols.default([]),
  allowedSides: z
    .array(z.enum(['buy', 'sell']))
    .max(2)
    .nullable()
    .default(null),
  priceCollarBps: basisPoints.nullable().default(null),
})

/** The leader's instrument -> the follower's, where they differ. */
const symbolMap = z
  .record(instrumentText, instrumentText)
  .refine(map => Object.keys(map).length <= MAXIMUM_SYMBOLS, `at most ${MAXIMUM_SYMBOLS} symbols`)

const settings = {
  sizing: sizingShape,
  entry: entryShape,
  leverage: leverageShape,
  limits: limitsShape,
  symbolMap,
  maxAgeMs: z.int().min(1).max(DAY_MS),
  maxDriftBps: basisPoints.nullable(),
}

export const strategyAnswer = z.object({
  id: uuid,
  name: z.string(),
  origin: z.enum(ORIGINS),
  sourceId: uuid,
  mode: z.enum(MODES),
  ...settings,
})

export const strategyBody = z.strictObject({
  name: nameText,
  sourceId: uuid,
  mode: z.enum(MODES).default('on'),
  sizing: sizingShape.prefault({ kind: 'ratio' }),
  entry: entryShape.prefault({ kind: 'market' }),
  leverage: leverageShape.prefault({ kind: 'follow' }),
  limits: limitsShape.prefault({}),
  symbolMap: symbolMap.default({}),
  maxAgeMs: settings.maxAgeMs.default(DEFAULT_MAX_AGE_MS),
  maxDriftBps: settings.maxDriftBps.default(null),
})

/** What is left out stays; `limits` is replaced whole. It counts from the next fill on. */
export const strategyChange = z.strictObject({ name: nameText, ...settings }).partial()

/** off freezes what is held; close_only still takes reductions. Sticky until somebody resumes. */
export const pauseBody = z.strictObject({ mode: z.enum(['close_only', 'off']).default('off') })

export const linkAnswer = z.object({
  id: uuid,
  origin: z.enum(ORIGINS),
  strategyId: uuid,
  accountId: uuid,
  mode: z.enum(MODES),
  /** Null: the strategy's. */
  sizing: sizingShape.nullable(),
})

export const linkBody = z.strictObject({
  accountId: uuid,
  mode: z.enum(MODES).default('on'),
  sizing: sizingShape.nullable().default(null),
})

export const linkChange = z.strictObject({ sizing: sizingShape.nullable() })

/** abandon: what the link still holds stays with the account, as its owner's own. */
export const removeLinkQuery = z.strictObject({ abandon: z.enum(['true', 'false']).default('false') })

/** What the leader's last trades would have been for a new link. */
export const previewAnswer = z.object({
  rows: z.array(
    z.object({
      at: z.number(),
      instrument: instrumentText,
      leaderQuantity: amountText,
      fillPrice: amountText,
      /** Signed, base units, as the venue would take it. */
      quantity: amountText,
      /** Null: it would be copied. */
      reason: z.string().nullable(),
    }),
  ),
})
