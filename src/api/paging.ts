import type { IdKind } from '../domain/ids.ts'
import { parseId } from '../domain/ids.ts'
import { refuse } from './errors.ts'

/** One page, and the cursor of the next; opaque to whoever gets it. */
export interface Page<T> {
  readonly rows: T[]
  readonly next: string | null
}

/**
 * @param rows as asked for: with one more than the limit where there are more
 * @param nameOf what the store continues behind: a sequence or an id
 */
export function pageOf<T>(rows: readonly T[], limit: number, nameOf: (row: T) => number | string): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { rows: shown, next: more ? encode(String(nameOf(last))) : null }
}

/** One more than is shown tells whether there is a next page. */
export function rowsToRead(limit: number): number {
  return limit + 1
}

export function sequenceCursor(cursor: string | undefined): { before?: number } {
  if (cursor === undefined) return {}
  const text = decodeCursor(cursor)
  const before = Number(text)
  return /^\d{1,15}$/.test(text) && Number.isSafeInteger(before) ? { before } : wrongCursor()
}

export function idCursor<T extends IdKind>(cursor: string | undefined): { before?: T } {
  if (cursor === undefined) return {}
  const before = parseId<T>(decodeCursor(cursor))
  return before === undefined ? wrongCursor() : { before }
}

/** A page of what is in memory: newest first by id, as those of the store come. */
export function idPage<Row extends { readonly id: IdKind }>(
  rows: readonly Row[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Page<Row> {
  const { before } = idCursor<Row['id']>(cursor)
  const older = before === undefined ? rows : rows.filter(({ id }) => id < before)
  return pageOf(
    older.toSorted((a, b) => (a.id < b.id ? 1 : -1)),
    limit,
    ({ id }) => id,
  )
}

export function wrongCursor(): never {
  refuse('invalid', 'Take the cursor from `next` of the page before, unchanged.', [
    { path: 'query.cursor', message: 'not a cursor of this list' },
  ])
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** Only what `encode` made: base64 has many spellings of one text. */
export function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  return encode(text) === cursor ? text : ''
}
