import { err, ok, type Result } from '../../../src/domain/result.ts'
import { failure, parameterError, type VenueFailure } from './codes.ts'

export type Query = Readonly<Record<string, string>>

export interface Page<T> {
  readonly rows: readonly T[]
  /** '' after the last page. */
  readonly nextCursor: string
}

/** Seven days: what one query of executions or order history may span. */
export const MAXIMUM_WINDOW_MS = 7 * 24 * 3_600_000
/** docs/v5/order/order-list.mdx, order/execution.mdx, position/close-pnl.mdx and account/transaction-log.mdx: two years. */
export const RETENTION_MS = 730 * 24 * 3_600_000
const INTEGER = /^\d{1,16}$/

/** How a list stands still while it changes: what a row is called, and a time that never rises down the list. */
export interface Place {
  readonly id: string
  readonly at: number
}

export interface PageRule<T> {
  readonly usual: number
  readonly maximum: number
  placeOf(row: T): Place
}

/**
 * One page by the query's `limit` and `cursor`.
 *
 * A cursor is the place of the last row seen, so rows that come on top do not shift it. When that row is
 * gone (an order that was filled in between), the next page begins at its time: rather twice than never.
 */
export function pageOf<T>(
  rows: readonly T[],
  query: Query,
  rule: PageRule<T>,
): Result<Page<T>, VenueFailure> {
  const asked = limitOf(query, rule)
  if (!asked.ok) return asked
  const limit = asked.value
  const start = query['cursor'] ? startAfter(rows, query['cursor'], row => rule.placeOf(row)) : 0
  if (start === null) return err(parameterError('cursor invalid'))
  const page = rows.slice(start, start + limit)
  const last = page.at(-1)
  const more = last !== undefined && start + page.length < rows.length
  return ok({ rows: page, nextCursor: more ? writeCursor(rule.placeOf(last)) : '' })
}

/** The query's `limit`, or the usual one. */
export function limitOf(
  query: Query,
  rule: { readonly usual: number; readonly maximum: number },
): Result<number, VenueFailure> {
  const limit = query['limit'] ? Number(query['limit']) : rule.usual
  if (Number.isInteger(limit) && limit >= 1 && limit <= rule.maximum) return ok(limit)
  return err(parameterError(`limit must be 1 to ${rule.maximum}`))
}

/** Null for a cursor that was never given out. */
function startAfter<T>(rows: readonly T[], cursor: string, placeOf: (row: T) => Place): number | null {
  const [, id, time] = CURSOR.exec(cursor) ?? []
  if (id === undefined || time === undefined) return null
  const seen = rows.findIndex(row => placeOf(row).id === id)
  if (seen >= 0) return seen + 1
  const next = rows.findIndex(row => placeOf(row).at <= Number(time))
  return next < 0 ? rows.length : next
}

/** As a well-behaved client sends it back, and as one that does not encode it again. */
const CURSOR = /^page_token(?:=|%3D)([^&%]+?)~(\d+)(?:&|%26)?$/

/** The venue's cursors are percent-encoded texts inside JSON: a client that does not encode them again loses bytes. */
function writeCursor({ id, at }: Place): string {
  return encodeURIComponent(`page_token=${id}~${at}&`)
}

/** Two times of a query by name, ms; null where one is not given. */
export function timesOf(
  query: Query,
  startName: string,
  endName: string,
): Result<{ readonly from: number | null; readonly to: number | null }, VenueFailure> {
  const from = timeOf(query[startName])
  const to = timeOf(query[endName])
  if (Number.isNaN(from) || Number.isNaN(to))
    return err(parameterError(`${startName} and ${endName} are times in ms`))
  if (from !== null && to !== null && to < from)
    return err(parameterError(`${endName} is before ${startName}`))
  return ok({ from, to })
}

/** The span of wall time that a query asks for; docs/v5/order/execution.mdx, startTime. Both ends included. */
export function windowOf(
  query: Query,
  now: number,
  maximumMs = MAXIMUM_WINDOW_MS,
): Result<{ readonly from: number; readonly to: number }, VenueFailure> {
  const times = timesOf(query, 'startTime', 'endTime')
  if (!times.ok) return times
  const { from: start, to: end } = times.value
  if (start === null && end === null) return ok({ from: now - maximumMs, to: Number.MAX_SAFE_INTEGER })
  const from = start ?? (end ?? now) - maximumMs
  const to = end ?? from + maximumMs
  if (to - from > MAXIMUM_WINDOW_MS)
    return err(failure(10001, 'The time range between startTime and endTime cannot exceed 7 days'))
  if (from >= now - RETENTION_MS) return ok({ from, to })
  return err(
    failure(10001, "Can't query order earlier than 2 years, please check your params: startTime or endTime!"),
  )
}

/** Null where none is given, NaN where it is no time. */
function timeOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  return INTEGER.test(text) ? Number(text) : Number.NaN
}
