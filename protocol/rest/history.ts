import { z } from 'zod'
import { HISTORY_KINDS } from '../../src/domain/history.ts'
import { SUMS_BY } from '../../src/domain/history-totals.ts'
import { amountText, instrumentText, pageQuery, preciseTimestamp, timestamp, uuid } from './common.ts'

/** Which rows: orders by when they were made, everything else by when it changed last. */
const filter = {
  accountId: uuid.optional(),
  instrument: instrumentText.optional(),
  /** At or after, ms. */
  from: z.coerce.number().pipe(timestamp).optional(),
  /** Before, ms. */
  to: z.coerce.number().pipe(timestamp).optional(),
}

export const historyQuery = pageQuery.extend(filter)
export const exportQuery = z.strictObject(filter)
export const sumsQuery = z.strictObject({ ...filter, by: z.enum(SUMS_BY).default('day') })
export const accountsQuery = z.strictObject({ accountId: uuid.optional() })
export const syncedQuery = z.strictObject({ accountId: uuid.optional(), from: filter.from, to: filter.to })
export const tieOutQuery = z.strictObject({ accountId: uuid, from: filter.from, to: filter.to })

/** Nothing is missing from `from` to `to`, the venue's clock, ms; null: there is no such stretch. */
export const completeAnswer = z.object({ from: timestamp, to: timestamp }).nullable()
/** The same of a file, in the head of its answer: two times as ISO 8601 in UTC with a slash between them, or `none`. */
export const COMPLETE_HEADER = 'x-lockstep-complete'

/** With the stretch that is complete for every account that was asked for. */
const withComplete = <T extends z.ZodRawShape>(shape: T) => z.object({ ...shape, complete: completeAnswer })

export const historyPage = <T extends z.ZodType>(row: T) =>
  withComplete({ rows: z.array(row), next: z.string().nullable() })

export const historyList = <T extends z.ZodType>(row: T) => withComplete({ rows: z.array(row) })

const side = z.enum(['buy', 'sell'])

export const closedPnlAnswer = z.object({
  accountId: uuid,
  instrument: instrumentText,
  venueOrderId: z.string(),
  /** Of the closing order: a sell closes a long position. */
  side,
  closedQuantity: amountText,
  averageEntryPrice: amountText,
  averageExitPrice: amountText,
  entryNotional: amountText,
  exitNotional: amountText,
  openFee: amountText.nullable(),
  closeFee: amountText.nullable(),
  /** After fees. */
  closedPnl: amountText,
  fillCount: z.int(),
  leverage: amountText.nullable(),
  cause: z.string(),
  createdAt: timestamp,
  at: timestamp,
})

export const pastOrderAnswer = z.object({
  accountId: uuid,
  instrument: instrumentText,
  venueOrderId: z.string(),
  clientOrderId: z.string().nullable(),
  side,
  type: z.enum(['market', 'limit']),
  status: z.enum(['open', 'filled', 'canceled', 'rejected', 'unrecognized', 'forgotten']),
  venueStatus: z.string(),
  quantity: amountText,
  filled: amountText,
  limitPrice: amountText.nullable(),
  averagePrice: amountText.nullable(),
  fee: amountText.nullable(),
  reduceOnly: z.boolean(),
  reason: z.string().nullable(),
  createdAt: timestamp,
  at: timestamp,
})

export const sumAnswer = z.object({
  /** `2026-11-21`, `2026-11`, an instrument or an account. */
  key: z.string(),
  closings: z.int(),
  won: z.int(),
  closedPnl: amountText,
  exitNotional: amountText,
})

export const coverageAnswer = z.object({
  accountId: uuid,
  /** Why nothing is read, and what to do; null: it is read. */
  paused: z.string().nullable(),
  complete: completeAnswer,
  kinds: z.array(z.object({ kind: z.enum(HISTORY_KINDS), complete: completeAnswer })),
})

export const syncedAnswer = z.object({
  accountId: uuid,
  day: z.string(),
  kind: z.enum(HISTORY_KINDS),
  rows: z.int(),
})

const comparison = z.object({
  byLists: amountText.nullable(),
  byWallet: amountText,
  difference: amountText.nullable(),
})

export const tieOutAnswer = z.object({
  day: z.string(),
  /** Everything of the day is here. */
  isComplete: z.boolean(),
  /** Everything is known, and nothing differs. */
  isTied: z.boolean(),
  result: comparison,
  fees: comparison,
  funding: comparison,
  total: comparison,
  otherChange: amountText,
})

const tally = { added: z.int(), updated: z.int(), skipped: z.int() }

export const scheduleAnswer = z.object({
  name: z.string(),
  kinds: z.array(z.enum(HISTORY_KINDS)),
  everyMs: z.int().nullable(),
  cron: z.string().nullable(),
  nextAt: preciseTimestamp.nullable(),
  lastRun: z
    .object({
      ...tally,
      startedAt: preciseTimestamp,
      endedAt: preciseTimestamp,
      accounts: z.int(),
      failed: z.int(),
    })
    .nullable(),
})

export const jobAnswer = z.object({
  id: uuid,
  accountId: uuid,
  kinds: z.array(z.enum(HISTORY_KINDS)),
  since: timestamp,
  until: timestamp,
  status: z.enum(['running', 'done', 'failed']),
  /** Everything after it is here; null: nothing yet. */
  reachedAt: timestamp.nullable(),
  added: z.int(),
  /** Why it failed, or why a running one waits. */
  reason: z.string().nullable(),
  createdAt: preciseTimestamp,
  updatedAt: preciseTimestamp,
})

/** Venues keep two years. */
export const MAXIMUM_DAYS = 730
/** Without days: what is new. With days: whatever is missing since then. */
export const syncBody = z.strictObject({ days: z.int().min(1).max(MAXIMUM_DAYS).optional() }).default({})

export const syncAnswer = z.object({
  ...tally,
  failures: z.array(z.object({ kind: z.enum(HISTORY_KINDS), message: z.string() })),
  /** What goes on by itself; null: all is done. */
  job: jobAnswer.nullable(),
})

export const syncAllAnswer = z.object({
  accounts: z.int(),
  refused: z.array(z.object({ accountId: uuid, message: z.string() })),
})
