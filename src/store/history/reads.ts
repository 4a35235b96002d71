import { HISTORY_KINDS, type HistoryKind } from '../../domain/history.ts'
import type { Cell } from '../codec.ts'
import { select } from '../sql/statements.ts'
import { jobs, LAYOUTS, venueOrders } from './tables.ts'

export type HistoryRead = 'coverage' | 'jobs' | 'unfinished' | `count ${HistoryKind}` | `rows ${HistoryKind}`

export interface HistoryQuestion {
  readonly read: HistoryRead
  readonly values: readonly Cell[]
}

const UNFINISHED = `
  WHERE account_id = ? AND status IN ('open', 'unrecognized') ORDER BY created_at, venue_order_id LIMIT ?`

/** One named statement for each question. */
export const HISTORY_READS: ReadonlyMap<HistoryRead, string> = new Map<HistoryRead, string>([
  ['coverage', 'SELECT account_id, kind, from_at, to_at FROM coverage ORDER BY account_id, kind, from_at'],
  ['jobs', select(jobs, 'ORDER BY id')],
  ['unfinished', select(venueOrders, UNFINISHED)],
  ...HISTORY_KINDS.flatMap(kind => [countOf(kind), rowsOf(kind)]),
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
