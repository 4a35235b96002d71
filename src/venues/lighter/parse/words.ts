import { integerField, listField, Malformed, type Row, rowField } from '../../shared/fields.ts'

const SECONDS_BELOW = 100_000_000_000
const MICROSECONDS_FROM = 100_000_000_000_000

/** Rows have seconds, ms and microseconds by turns, under names that do not tell. @returns ms */
export function timeField(row: Row, field: string): number {
  const value = integerField(row, field)
  if (value <= 0) throw new Malformed(`${field} is not a time: ${value}`)
  if (value < SECONDS_BELOW) return value * 1_000
  return value >= MICROSECONDS_FROM ? value / 1_000 : value
}

/** Rows by market, `{"0": [...]}`, or all in one list: channels have both. */
export function rowsByMarket(frame: Row, field: string): readonly unknown[] {
  const value = frame[field]
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return listField(frame, field)
  return Object.values(rowField(frame, field)).flat()
}
