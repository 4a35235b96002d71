import type { Credential } from '../../domain/account.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { VenueError } from '../../ports/venue.ts'
import { asRow, attempt, listField, Malformed, optionalText, type Row } from '../shared/fields.ts'
import type { Priority, RateWindow } from '../shared/rate-budget.ts'
import { MAXIMUM_PAGES } from './limits.ts'
import type { Answer, BybitRest } from './rest.ts'

export type Query = Readonly<Record<string, string | number>>

/** Cursors come ready for a query (`132766%3A2`): to encode them again would name another page. */
const CURSOR = /^[\w%.~:,=+/-]*$/

export interface PagedReading<T> {
  readonly path: string
  readonly query: Query
  readonly credential: Credential | null
  readonly windows: readonly RateWindow[]
  readonly priority: Priority
  /** How long to wait for the budget; as every read does where nothing is said. */
  readonly waitMs?: number
  /** Null leaves the row out. Throws `Malformed`: one row that cannot be read spoils the whole answer. */
  readonly parse: (row: Row) => T | null
}

export interface Page<T> {
  readonly rows: readonly T[]
  /** Ready for a query; null after the last page. */
  readonly cursor: string | null
  /** The venue's clock, ms. */
  readonly at: number
}

export interface Pages<T> {
  readonly rows: readonly T[]
  /** The venue's clock at the first page, ms. */
  readonly at: number
}

export function queryText(query: Query): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

/** Every page, in the venue's order. All or nothing. */
export async function readPages<T>(
  rest: BybitRest,
  reading: PagedReading<T>,
): Promise<Result<Pages<T>, VenueError>> {
  const rows: T[] = []
  const cursors = new Set<string>()
  let at: number | null = null
  let cursor: string | null = null
  while (cursors.size < MAXIMUM_PAGES) {
    const page: Result<Page<T>, VenueError> = await readPage(rest, reading, cursor)
    if (!page.ok) return page
    at ??= page.value.at
    rows.push(...page.value.rows)
    cursor = page.value.cursor
    if (cursor === null) return ok({ rows, at })
    if (cursors.has(cursor))
      return err({ kind: 'malformed', message: `${reading.path}: the same cursor twice: ${cursor}` })
    cursors.add(cursor)
  }
  return err({ kind: 'unavailable', message: `${reading.path}: more than ${MAXIMUM_PAGES} pages` })
}

/** @param cursor null: the first page */
export async function readPage<T>(
  rest: BybitRest,
  reading: PagedReading<T>,
  cursor: string | null,
): Promise<Result<Page<T>, VenueError>> {
  const asked = queryText(reading.query)
  const query = cursor === null ? asked : `${asked}&cursor=${cursor}`
  const answer = await rest.read({ ...reading, query })
  if (!answer.ok) return answer
  const page = attempt(() => parsePage(answer.value, reading.parse))
  if (!page.ok) return err({ kind: 'malformed', message: `${reading.path}: ${page.error}` })
  return ok({ ...page.value, at: answer.value.time })
}

function parsePage<T>(
  answer: Answer,
  parse: (row: Row) => T | null,
): { readonly rows: readonly T[]; readonly cursor: string | null } {
  const rows: T[] = []
  for (const value of listField(answer.result, 'list')) {
    const row = parse(asRow(value, 'a row'))
    if (row !== null) rows.push(row)
  }
  const cursor = optionalText(answer.result, 'nextPageCursor')
  if (cursor !== null && !CURSOR.test(cursor)) throw new Malformed(`not a cursor: ${cursor.slice(0, 80)}`)
  return { rows, cursor }
}
