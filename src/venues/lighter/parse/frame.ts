import type { Balance } from '../../../domain/account.ts'
import { err, ok, type Result } from '../../../domain/result.ts'
import type { ExecutionReport, PositionReport, VenueReport } from '../../../ports/venue.ts'
import { asRow, attempt, integerField, type Row, rowField } from '../../shared/fields.ts'
import { type PositionMoment, parsePosition, parseStats } from './account.ts'
import { parseOrder } from './order.ts'
import { parseTrade, type TradeContext, type TradeRow } from './trade.ts'
import { rowsByMarket } from './words.ts'

/** What one row says, or in what it is not as documented. Null is none of our business. */
export type ParsedRow<T> = Result<T, string>

export function orderRows(frame: Row, { markets }: TradeContext): readonly ParsedRow<ExecutionReport>[] {
  return parseRows(frame, 'orders', row =>
    markets.isRead(integerField(row, 'market_index')) ? parseOrder(row, markets) : null,
  )
}

export function tradeRows(frame: Row, context: TradeContext): readonly ParsedRow<TradeRow>[] {
  return parseRows(frame, 'trades', row => parseTrade(row, context))
}

/** A market that a frame does not name has not changed: only a whole account says what is flat. */
export function positionRows(
  frame: Row,
  { markets }: TradeContext,
  moment: PositionMoment,
): readonly ParsedRow<PositionReport>[] {
  return parseRows(frame, 'positions', row => parsePosition(row, markets, moment))
}

export function statsRow(frame: Row): ParsedRow<readonly Balance[]> {
  return attempt(() => parseStats(rowField(frame, 'stats')))
}

export function malformed(topic: string, message: string): VenueReport {
  return { kind: 'malformed', topic, message }
}

function parseRows<T>(frame: Row, field: string, parse: (row: Row) => T | null): readonly ParsedRow<T>[] {
  const rows = attempt(() => rowsByMarket(frame, field))
  if (!rows.ok) return [err(rows.error)]
  const parsed: ParsedRow<T>[] = []
  for (const value of rows.value) {
    const row = attempt(() => parse(asRow(value, 'a row')))
    if (!row.ok) parsed.push(row)
    else if (row.value !== null) parsed.push(ok(row.value))
  }
  return parsed
}
