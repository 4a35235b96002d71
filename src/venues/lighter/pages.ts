import { err, ok, type Result } from '../../domain/result.ts'
import type { VenueError } from '../../ports/venue.ts'
import { asRow, attempt, Malformed, optionalText, type Row } from '../shared/fields.ts'
import { MAXIMUM_PAGES, ROWS_PER_PAGE } from './limits.ts'
import type { LighterRest, Reading } from './rest.ts'

export interface PagedReading<T> extends Reading {
  /** The field of the answer that has the rows. */
  readonly field: string
  /** Null leaves the row out. Throws `Malformed`: one row that cannot be read spoils the whole answer. */
  readonly parse: (row: Row) => T | null
  /** Whether a page is the last one that is wanted. */
  readonly enough?: (page: readonly T[]) => boolean
}

/** Every page, in the venue's order, until there is enough. All or nothing. */
export async function readPages<T>(
  rest: LighterRest,
  reading: PagedReading<T>,
): Promise<Result<readonly T[], VenueError>> {
  const { path, query, enough } = reading
  const rows: T[] = []
  const cursors = new Set<string>()
  let cursor: string | null = null
  while (cursors.size < MAXIMUM_PAGES) {
    const at: Record<string, string> = cursor === null ? {} : { cursor }
    const answer = await rest.read({ ...reading, query: { ...query, limit: ROWS_PER_PAGE, ...at } })
    if (!answer.ok) return answer
    const page = attempt(() => parsePage(answer.value, reading))
    if (!page.ok) return err({ kind: 'malformed', message: `${path}: ${page.error}` })
    rows.push(...page.value.rows)
    cursor = page.value.cursor
    // A page whose rows are all left out says nothing of those behind it.
    if (cursor === null || (page.value.rows.length > 0 && enough?.(page.value.rows) === true)) return ok(rows)
    if (cursors.has(cursor))
      return err({ kind: 'malformed', message: `${path}: the same cursor twice: ${cursor}` })
    cursors.add(cursor)
  }
  return err({ kind: 'unavailable', message: `${path}: more than ${MAXIMUM_PAGES} pages` })
}

function parsePage<T>(
  answer: Row,
  { field, parse }: PagedReading<T>,
): { readonly rows: readonly T[]; readonly cursor: string | null } {
  const rows: T[] = []
  const values = answer[field]
  // An empty list is null, or absent altogether.
  if (values !== undefined && values !== null && !Array.isArray(values))
    throw new Malformed(`${field} is not a list`)
  for (const value of values ?? []) {
    const row = parse(asRow(value, 'a row'))
    if (row !== null) rows.push(row)
  }
  const cursor = optionalText(answer, 'next_cursor')
  return { rows, cursor: values?.length === 0 ? null : cursor }
}
