import type { HistoryKind, Interval } from '../../../src/domain/history.ts'

/** One row of an account's past, told in the same way of the exchange's core and of the database. */
export interface PastRow {
  readonly kind: HistoryKind
  /** What the venue tells it apart by; rows that share it are counted. */
  readonly name: string
  /** What windows go by, the venue's clock, ms. */
  readonly at: number
  /** All else, its status too: amounts in 10^-18. */
  readonly says: string
}

/** What the venue has. */
export interface VenueRow extends PastRow {
  /** False for what it does not show, not yet or no more: it may be here, and need not be. */
  readonly isShown: boolean
}

export interface KeptPast {
  readonly rows: readonly PastRow[]
  readonly coverage: ReadonlyMap<HistoryKind, readonly Interval[]>
}

export interface PastEvidence {
  readonly venue: readonly VenueRow[]
  readonly kept: KeptPast
  /** Nothing happens any more and everything was read since: what rows say must be the last that they said. */
  readonly atRest: boolean
}

/** More of one account would tell no more. */
const MAXIMUM_TOLD = 5

/**
 * I16: every row the venue has inside a covered interval is here once, with its last status.
 *
 * @returns what breaks it, in words
 */
export function checkPast({ venue, kept, atRest }: PastEvidence): readonly string[] {
  const had = Map.groupBy(venue, keyOf)
  const here = Map.groupBy(kept.rows, keyOf)
  const problems = [...kept.coverage].flatMap(([kind, intervals]) => unsound(kind, intervals))
  for (const [key, rows] of had) {
    if (problems.length >= MAXIMUM_TOLD) break
    const covered = rows.filter(row => row.isShown && isIn(kept.coverage.get(row.kind), row.at))
    const found = here.get(key) ?? []
    if (found.length < covered.length)
      problems.push(`${key} is covered and here ${found.length} times, at the venue ${covered.length} times`)
    if (found.length > rows.length)
      problems.push(`${key} is here twice: ${found.length} times, at the venue ${rows.length} times`)
    const stale = atRest ? without(covered, found) : []
    if (stale.length > 0 && found.length >= covered.length)
      problems.push(`${key} says "${found.map(({ says }) => says).join('", "')}", the venue "${stale[0]}"`)
  }
  for (const key of here.keys()) {
    if (problems.length >= MAXIMUM_TOLD) break
    if (!had.has(key)) problems.push(`${key} is here, and the venue never had it`)
  }
  return problems
}

/** @returns where somebody who needs everything from one time to another would look in vain, oldest first */
export function uncovered(intervals: readonly Interval[] | undefined, whole: Interval): readonly Interval[] {
  let { from } = whole
  const holes: Interval[] = []
  for (const interval of intervals ?? []) {
    if (interval.from > from) holes.push({ from, to: Math.min(interval.from, whole.to) })
    from = Math.max(from, interval.to)
    if (from >= whole.to) return holes
  }
  return [...holes, { from, to: whole.to }]
}

function keyOf({ kind, name }: PastRow): string {
  return `${kind} ${name}`
}

function isIn(intervals: readonly Interval[] | undefined, at: number): boolean {
  return intervals?.some(({ from, to }) => at >= from && at < to) ?? false
}

/** Coverage is oldest first, none empty, none that meet. */
function unsound(kind: HistoryKind, intervals: readonly Interval[]): readonly string[] {
  return intervals.flatMap(({ from, to }, index) => {
    const before = intervals[index - 1]?.to ?? Number.NEGATIVE_INFINITY
    return from < to && from > before
      ? []
      : [`${kind} is covered from ${from} to ${to}, and before to ${before}`]
  })
}

/** What is said there and not here, as often as it is. */
function without(there: readonly PastRow[], here: readonly PastRow[]): readonly string[] {
  const left = here.map(({ says }) => says)
  return there.flatMap(({ says }) => {
    const at = left.indexOf(says)
    if (at < 0) return [says]
    left.splice(at, 1)
    return []
  })
}
