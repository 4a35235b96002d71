import { HISTORY_KINDS, type HistoryKind } from '../../domain/history.ts'
import type { ClosedPnlSum, DayTotals, SumsBy } from '../../domain/history-totals.ts'
import type { DayCount, HistoryFilter, HistoryPageQuery, HistorySpan } from '../../ports/history-store.ts'
import type { Cell } from '../codec.ts'
import { select } from '../sql/statements.ts'
import type { PlacedCells } from './paging.ts'
import { jobs, LAYOUTS, venueOrders } from './tables.ts'

export type HistoryRead =
  | 'coverage'
  | 'jobs'
  | 'unfinished'
  | 'sums'
  | `${'count' | 'rows' | 'page' | 'days' | 'span'} ${HistoryKind}`

const DAY_MS = 24 * 3_600_000

/** What takes more than one statement, or adds rows up. */
export type HistoryAsk =
  | { readonly ask: 'page'; readonly query: HistoryPageQuery<HistoryKind> }
  | { readonly ask: 'sums'; readonly filter: HistoryFilter; readonly by: SumsBy }
  | { readonly ask: 'totals'; readonly span: Omit<HistorySpan, 'kind'>; readonly currency: string }
  | { readonly ask: 'dayCounts'; readonly filter: Omit<HistoryFilter, 'instrumentId'> }

/** What each of them is answered by. */
export interface HistoryFound {
  readonly page: readonly PlacedCells[]
  readonly sums: readonly ClosedPnlSum[]
  readonly totals: readonly DayTotals[]
  readonly dayCounts: readonly DayCount[]
}

export interface HistoryQuestion {
  readonly read: HistoryRead
  readonly values: readonly Cell[]
}

const UNFINISHED = `
  WHERE account_id = ? AND status IN ('open', 'unrecognized') ORDER BY created_at, venue_order_id LIMIT ?`

const SUMMED = 'WHERE account_id = ?1 AND at >= ?2 AND at < ?3 AND (?4 IS NULL OR instrument_id = ?4)'

/** One named statement for each question. */
export const HISTORY_READS: ReadonlyMap<HistoryRead, string> = new Map<HistoryRead, string>([
  ['coverage', 'SELECT account_id, kind, from_at, to_at FROM coverage ORDER BY account_id, kind, from_at'],
  ['jobs', select(jobs, 'ORDER BY id')],
  ['sums', `SELECT at, instrument_id, closed_pnl, exit_notional FROM closed_pnl ${SUMMED}`],
  ['unfinished', select(venueOrders, UNFINISHED)],
  ...HISTORY_KINDS.flatMap(kind => [countOf(kind), rowsOf(kind), pageOf(kind), daysOf(kind), spanOf(kind)]),
])

function countOf(kind: HistoryKind): [HistoryRead, string] {
  const { name, time } = LAYOUTS[kind]
  const where = `WHERE account_id = ? AND ${time} >= ? AND ${time} < ?`
  return [`count ${kind}`, `SELECT COUNT(*) FROM ${name} ${where}`]
}

function rowsOf(kind: HistoryKind): [HistoryRead, string] {
  const layout = LAYOUTS[kind]
  const { time, key } = layout
  const order = [time, ...key].join(', ')
  const rest = `WHERE account_id = ? AND ${time} >= ? AND ${time} < ? ORDER BY ${order} LIMIT ?`
  return [`rows ${kind}`, select(layout, rest)]
}

/** Behind a place of one account, newest first: its time, and of that time the numbers below its own. */
function pageOf(kind: HistoryKind): [HistoryRead, string] {
  const { name, time, columns } = LAYOUTS[kind]
  const where = `WHERE account_id = ?1 AND ${time} >= ?2 AND ${time} <= ?3 AND (${time} < ?3 OR rowid < ?4)`
  const rest = `AND (?5 IS NULL OR instrument_id = ?5) ORDER BY ${time} DESC, rowid DESC LIMIT ?6`
  return [`page ${kind}`, `SELECT ${time}, rowid, ${columns.join(', ')} FROM ${name} ${where} ${rest}`]
}

function daysOf(kind: HistoryKind): [HistoryRead, string] {
  const { name, time } = LAYOUTS[kind]
  const where = `WHERE account_id = ? AND ${time} >= ? AND ${time} < ?`
  return [`days ${kind}`, `SELECT ${time} / ${DAY_MS} AS day, COUNT(*) FROM ${name} ${where} GROUP BY 1`]
}

/** All of a span, for adding up: rows pass one by one, and only their sums stay. */
function spanOf(kind: HistoryKind): [HistoryRead, string] {
  const layout = LAYOUTS[kind]
  const { time } = layout
  return [`span ${kind}`, select(layout, `WHERE account_id = ? AND ${time} >= ? AND ${time} < ?`)]
}
