import { z } from 'zod'
import { OUTCOMES } from '../../src/domain/decision.ts'
import { ORDER_STATUSES } from '../../src/domain/order.ts'
import {
  amountText,
  instrumentText,
  listOf,
  pageQuery,
  positiveText,
  preciseTimestamp,
  symbolText,
  timestamp,
  uuid,
} from './common.ts'

export const tradesQuery = pageQuery.extend({
  accountId: uuid.optional(),
  instrument: instrumentText.optional(),
  status: listOf(z.enum(ORDER_STATUSES), ORDER_STATUSES.length).optional(),
  /** Made at or after, ms. */
  from: z.coerce.number().pipe(timestamp).optional(),
  /** Made before, ms. */
  to: z.coerce.number().pipe(timestamp).optional(),
})

/** An order of ours and what became of it. */
export const tradeAnswer = z.object({
  id: uuid,
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  accountId: uuid,
  linkId: uuid.nullable(),
  pairId: uuid.nullable(),
  instrument: instrumentText,
  purpose: z.enum(['exit', 'hedge', 'manual', 'entry']),
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit']),
  timeInForce: z.enum(['gtc', 'ioc', 'fok']),
  reduceOnly: z.boolean(),
  quantity: amountText,
  limitPrice: amountText.nullable(),
  filled: amountText,
  averageFillPrice: amountText.nullable(),
  status: z.enum(ORDER_STATUSES),
  reason: z.string().nullable(),
  createdAt: preciseTimestamp,
  updatedAt: preciseTimestamp,
})

export const manualTradeBody = z.strictObject({
  accountId: uuid,
  symbol: symbolText,
  side: z.enum(['buy', 'sell']),
  quantity: positiveText,
  /** Null: at market. */
  limitPrice: positiveText.nullable().default(null),
  reduceOnly: z.boolean().default(false),
})

export const manualTradeAnswer = z.object({ id: uuid, clientOrderId: z.string() })

export const flattenAnswer = z.object({
  /** How many orders that close were made. */
  orders: z.int(),
  /** What could not be closed, or is not certain to be; empty: the account is flat. */
  left: z.array(
    z.object({ instrument: instrumentText.nullable(), quantity: amountText, message: z.string() }),
  ),
})

export const outcomesQuery = pageQuery.extend({
  accountId: uuid.optional(),
  linkId: uuid.optional(),
  outcome: listOf(z.enum(OUTCOMES), OUTCOMES.length).optional(),
})

/** What one follower made of a range of its leader's fills. */
export const outcomeAnswer = z.object({
  id: uuid,
  linkId: uuid,
  /** Null, as is the strategy: the link was removed since. */
  accountId: uuid.nullable(),
  strategyId: uuid.nullable(),
  instrument: instrumentText,
  part: z.enum(['reduce', 'increase', 'rebase']),
  firstFill: z.int(),
  lastFill: z.int(),
  quantity: amountText,
  leaderPrice: amountText,
  status: z.enum(['pending', 'working', 'done']),
  outcome: z.enum(OUTCOMES).nullable(),
  reason: z.string().nullable(),
  /** What the reason means and what to do about it. */
  explanation: z.string().nullable(),
  /** The venue's own words. */
  detail: z.string().nullable(),
  tradeId: uuid.nullable(),
  times: z.object({
    leaderFillAt: preciseTimestamp,
    receivedAt: preciseTimestamp,
    decidedAt: preciseTimestamp,
    persistedAt: preciseTimestamp.nullable(),
    sentAt: preciseTimestamp.nullable(),
    ackedAt: preciseTimestamp.nullable(),
    filledAt: preciseTimestamp.nullable(),
  }),
})
