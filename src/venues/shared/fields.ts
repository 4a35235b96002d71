import { type Decimal, parseDecimal } from '../../domain/decimal.ts'
import { err, ok, type Result } from '../../domain/result.ts'

/** An object of somebody else's JSON: nothing about it is known until a reader below has looked. */
export type Row = Readonly<Record<string, unknown>>

/**
 * A row that has not the documented shape. Thrown by the readers and turned into a `Result` by `attempt`,
 * the one place that catches it: a frame has up to forty fields, and a Result for each would hide them.
 */
export class Malformed extends Error {
  override name = 'Malformed'
}

/** The parsed value, or in what the row is not as documented. Every other exception is a bug and passes. */
export function attempt<T>(parse: () => T): Result<T, string> {
  try {
    return ok(parse())
  } catch (error) {
    if (error instanceof Malformed) return err(error.message)
    throw error
  }
}

/** The JSON value of a frame or body; a text that is no JSON object is malformed. */
export function parseObject(text: string): Row {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Malformed(`not JSON: ${excerpt(text)}`)
  }
  return asRow(value, 'the answer')
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asRow(value: unknown, what: string): Row {
  if (!isRow(value)) throw new Malformed(`${what} is not an object: ${excerpt(value)}`)
  return value
}

export function listField(row: Row, field: string): readonly unknown[] {
  const value = row[field]
  if (!Array.isArray(value)) throw wrong(row, field, 'a list')
  return value
}

export function rowField(row: Row, field: string): Row {
  return asRow(row[field], field)
}

/** A text that is not empty. */
export function textField(row: Row, field: string): string {
  const value = row[field]
  if (typeof value !== 'string' || value === '') throw wrong(row, field, 'a text')
  return value
}

/** Absent, null and '' are all how venues write "none". */
export function optionalText(row: Row, field: string): string | null {
  const value = row[field]
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw wrong(row, field, 'a text')
  return value
}

/** An amount written as text: a JSON number has already been a float and is refused. */
export function decimalField(row: Row, field: string): Decimal {
  const value = row[field]
  const parsed = typeof value === 'string' ? parseDecimal(value) : undefined
  if (parsed === undefined) throw wrong(row, field, 'a decimal text')
  return parsed
}

export function optionalDecimal(row: Row, field: string): Decimal | null {
  return optionalText(row, field) === null ? null : decimalField(row, field)
}

/** A whole number, as JSON number or as text. */
export function integerField(row: Row, field: string): number {
  const value = row[field]
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw wrong(row, field, 'a whole number')
  return number
}

export function flagField(row: Row, field: string): boolean {
  const value = row[field]
  if (typeof value !== 'boolean') throw wrong(row, field, 'true or false')
  return value
}

/** One of a venue's words, turned into ours. A word that is not in the table is not guessed. */
export function wordField<T>(row: Row, field: string, words: ReadonlyMap<string, T>): T {
  const mapped = words.get(textField(row, field))
  if (mapped === undefined) throw wrong(row, field, `one of ${[...words.keys()].join(', ')}`)
  return mapped
}

function wrong(row: Row, field: string, expected: string): Malformed {
  return new Malformed(`${field} is not ${expected}: ${excerpt(row[field])}`)
}

const MAXIMUM_EXCERPT = 80

/** Enough of a value to recognise it in a log line. */
function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'absent')
  return text.length <= MAXIMUM_EXCERPT ? text : `${text.slice(0, MAXIMUM_EXCERPT)}...`
}
