import { Readable } from 'node:stream'

/** Excel takes a file without it for something else than UTF-8. */
const BYTE_ORDER_MARK = '﻿'
const NEEDS_QUOTES = /[",\r\n]/
/** A spreadsheet runs text that begins so; amounts may begin with a minus. */
const FORMULA = /^(?:[=+@\t\r]|-(?!\d+(?:\.\d+)?$))/

export type CsvValue = string | number | boolean | null

/**
 * A table as it is read, a part at a time: no more of it is in memory than the part that is on its way. A reader that
 * leaves ends the reading.
 */
export function csvStream(
  columns: readonly string[],
  parts: AsyncIterable<readonly (readonly CsvValue[])[]>,
): Readable {
  return Readable.from(linesOf(columns, parts), { objectMode: false })
}

async function* linesOf(
  columns: readonly string[],
  parts: AsyncIterable<readonly (readonly CsvValue[])[]>,
): AsyncGenerator<string> {
  yield `${BYTE_ORDER_MARK}${csvLine(columns)}`
  for await (const rows of parts) yield rows.map(csvLine).join('')
}

/** RFC 4180. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

function csvField(value: CsvValue): string {
  if (value === null) return ''
  const plain = String(value)
  const safe = typeof value === 'string' && FORMULA.test(plain) ? `'${plain}` : plain
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** ISO 8601, UTC. @param at ms */
export function csvTime(at: number): string {
  return new Date(at).toISOString()
}
