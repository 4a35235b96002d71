import type { AccountId } from '../../../domain/ids.ts'
import type { VenueReport } from '../../../ports/venue.ts'
import { asRow, attempt, listField, type Row, textField } from '../../shared/fields.ts'
import { parseExecution } from './execution.ts'
import { parseOrder } from './order.ts'
import { parsePosition } from './position.ts'
import { parseBalances } from './wallet.ts'
import { isUsdtContract } from './words.ts'

export interface PrivateFrame {
  /** In the frame's order. */
  readonly reports: readonly VenueReport[]
  /** Rows that are none of our business: funding, and contracts that do not settle in USDT. */
  readonly ignored: number
}

type RowParser = (row: Row, accountId: AccountId) => VenueReport | null

const PARSERS: ReadonlyMap<string, RowParser> = new Map<string, RowParser>([
  ['order', linear(row => ({ kind: 'order', report: parseOrder(row) }))],
  ['execution', linear(fillReport)],
  ['position', linear(row => ({ kind: 'position', position: parsePosition(row, 'entryPrice') }))],
  ['wallet', row => ({ kind: 'balance', balances: parseBalances(row) })],
])

/**
 * The reports of one frame of the private stream. A row that cannot be read becomes a `malformed` report,
 * and the others of its frame still come.
 */
export function parsePrivateFrame(frame: Row, topic: string, accountId: AccountId): PrivateFrame {
  // `order` and `order.linear` are the same topic, of all categories and of one.
  const parser = PARSERS.get(topic.split('.', 1)[0] ?? '')
  if (parser === undefined)
    return { reports: [malformed(topic, 'a topic that nobody asked for')], ignored: 0 }
  const rows = attempt(() => listField(frame, 'data'))
  if (!rows.ok) return { reports: [malformed(topic, rows.error)], ignored: 0 }
  const reports: VenueReport[] = []
  for (const value of rows.value) {
    const parsed = attempt(() => parser(asRow(value, 'a row'), accountId))
    if (!parsed.ok) reports.push(malformed(topic, parsed.error))
    else if (parsed.value !== null) reports.push(parsed.value)
  }
  return { reports, ignored: rows.value.length - reports.length }
}

export function malformed(topic: string, message: string): VenueReport {
  return { kind: 'malformed', topic, message }
}

function linear(parse: RowParser): RowParser {
  return (row, accountId) =>
    textField(row, 'category') === 'linear' && isUsdtContract(row) ? parse(row, accountId) : null
}

function fillReport(row: Row, accountId: AccountId): VenueReport | null {
  const fill = parseExecution(row, accountId)
  return fill === null ? null : { kind: 'fill', fill }
}
