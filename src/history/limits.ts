import type { HistoryKind } from '../domain/history.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Read once more before the covered end: many times what a venue has been seen to be late. */
export const OVERLAP_MS = 5 * MINUTE_MS
/** How far the first cycle of a new account goes back; a back-fill goes farther. */
export const FIRST_MS = 7 * DAY_MS
export const SWEEP_MS = 7 * DAY_MS
/** By night, and by none of the hours at which funding is paid. */
export const SWEEP_AT = '17 4 * * *'
/** The first sweep after a start where sweeps have no time of the day: a server that is started every day has one. */
export const FIRST_SWEEP_AFTER_MS = 60 * MINUTE_MS
/** A timer that waits longer is not kept by every machine. */
export const LONGEST_WAIT_MS = DAY_MS
/** Pages of one window; with more it is halved, so that a kill costs no more than these. */
export const MAXIMUM_PAGES = 200
/** Accounts that are read at once: their requests wait for one budget, and each of them waits in memory. */
export const CONCURRENT_ACCOUNTS = 32
/** Accounts that are swept at once: so many of the requests that wait for the budget are not the cycles'. */
export const CONCURRENT_SWEEPS = 4
export const CONCURRENT_BACKFILLS = 4
/** A list of all open orders says which orders are not over; it is a request of its own, so not in every cycle. */
export const LIST_OPEN_ORDERS_EVERY_MS = 5 * MINUTE_MS
/** Accounts list their open orders by turns: so many, and then as many others so much later. */
export const LISTS_PER_TURN = 100
export const LIST_TURN_MS = 30_000
/** Orders that are asked for by their id after one list: so many, and more while the venue's budget gives answers soon. */
export const ORDERS_ALWAYS_ASKED = 20
export const ORDERS_ASKED_FOR_MS = 5_000
export const MAXIMUM_ORDERS_ASKED = 500
/** Questions after one list that fail; with more, the venue or the store is out of order. */
export const MAXIMUM_FAILED_QUESTIONS = 3
/** Orders that are not over, besides those that are listed as open. */
export const UNFINISHED_LOOKED_THROUGH = 2_000
/** An order that the venue knows nowhere for so long has ended without a trade, and is asked for no more. */
export const FORGOTTEN_AFTER_MS = 60 * MINUTE_MS
/** So often in a row a venue must say that there is nothing where it had rows before that is believed. */
export const EMPTY_ANSWERS_BELIEVED = 3
/** A row may be this much younger than the venue's own clock says it is. */
export const FUTURE_MS = 5_000
/** A report on an account is read about this much after the venue must show it, with what comes meanwhile. */
export const SOON_MS = 2_000
/** A key that was refused: its rights may be mended at the venue, and nobody tells us. */
export const KEY_AGAIN_MS = 10 * MINUTE_MS
/** Longer by as much after every failure in a row. */
export const BACKFILL_RETRY_MS = 5_000
/** Of an account of which nothing is read: so often a back-fill looks whether something is again. */
export const BACKFILL_HOLD_MS = MINUTE_MS
export const MAXIMUM_BACKFILL_RETRIES = 20

/** From its beginning to its next one, or at times by a cron pattern, in UTC. */
export type Rhythm = { readonly everyMs: number } | { readonly cron: string }

export type ScheduleSettings = Rhythm & {
  readonly name: string
  readonly kinds: readonly HistoryKind[]
  /** Reads so far back whether it is covered or not; null: from the covered end. */
  readonly sweepMs: number | null
}

export const DEFAULT_SCHEDULES: readonly ScheduleSettings[] = [
  { name: 'results', kinds: ['closed_pnl', 'orders'], everyMs: 30_000, sweepMs: null },
  { name: 'money', kinds: ['executions', 'wallet'], everyMs: 5 * MINUTE_MS, sweepMs: null },
  {
    name: 'sweep',
    kinds: ['closed_pnl', 'orders', 'executions', 'wallet'],
    cron: SWEEP_AT,
    sweepMs: SWEEP_MS,
  },
]
