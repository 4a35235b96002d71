import type { Interval } from '../../domain/history.ts'
import { assert } from '../../domain/result.ts'
import { type Coverage, completeSpan, holesOf } from './intervals.ts'

/** What a venue grants of one kind of history. All in ms. */
export interface WindowRule {
  /** The longest span that one query may ask for. */
  readonly maximumWindowMs: number
  /** What is older is gone. */
  readonly retentionMs: number
  /** What is younger may not be shown yet: it is not called complete. */
  readonly lagMs: number
}

/** As of when, by the venue's clock, and how far a first reading goes back. */
export interface Moment {
  readonly now: number
  readonly firstMs: number
  /** Read once more before the covered end: what the venue showed late is found there. */
  readonly overlapMs: number
}

/**
 * What to read so that the newest stretch reaches up to now. Windows always have both ends: with an end alone
 * a venue may search a shorter span than the one that is meant.
 *
 * @returns oldest first, so that each that is done makes the stretch longer without a hole
 */
export function nextWindows(
  coverage: Coverage,
  rule: WindowRule,
  { now, firstMs, overlapMs }: Moment,
): Coverage {
  const to = Math.floor(now - rule.lagMs)
  const last = completeSpan(coverage)
  const wanted = last === null ? to - firstMs : Math.min(last.to, to) - overlapMs
  return split({ from: Math.max(Math.floor(wanted), oldest(rule, now)), to }, rule)
}

/** What is read again whether it is covered or not, oldest first. */
export function sweepWindows(rule: WindowRule, now: number, sweepMs: number): Coverage {
  const to = Math.floor(now - rule.lagMs)
  return split({ from: Math.max(Math.floor(to - sweepMs), oldest(rule, now)), to }, rule)
}

/** The venue's clock, ms. */
export interface Goal {
  /** Complete from here ... */
  readonly since: number
  /** ... to here less the lag: what is made later is the cycles'. */
  readonly until: number
}

/**
 * What is missing of a goal, as far as the venue still has it.
 *
 * @returns newest first: what is wanted most comes first, and the date reached goes back steadily
 */
export function backfillWindows(
  coverage: Coverage,
  rule: WindowRule,
  { since, until }: Goal,
  now: number,
): Coverage {
  const from = Math.max(Math.floor(since), oldest(rule, now))
  const within = { from, to: Math.floor(Math.min(until, now) - rule.lagMs) }
  return holesOf(coverage, within)
    .flatMap(hole => split(hole, rule))
    .reverse()
}

/** In two, for a window that has more pages than one is given. Null: it cannot be made smaller. */
export function halve({ from, to }: Interval): readonly [Interval, Interval] | null {
  if (to - from < 2) return null
  const middle = Math.floor((from + to) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/** The first whole ms that is not older than what the venue keeps. */
function oldest({ retentionMs }: WindowRule, now: number): number {
  return Math.ceil(now - retentionMs)
}

function split({ from, to }: Interval, { maximumWindowMs }: WindowRule): Coverage {
  assert(maximumWindowMs >= 1, 'a window holds at least one ms')
  const windows: Interval[] = []
  for (let start = from; start < to; start += maximumWindowMs)
    windows.push({ from: start, to: Math.min(to, start + maximumWindowMs) })
  return windows
}
