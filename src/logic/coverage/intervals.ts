import type { Interval } from '../../domain/history.ts'
import { assert } from '../../domain/result.ts'

/** What is known to be complete: oldest first, none empty, none that touch. */
export type Coverage = readonly Interval[]

export const NOTHING: Coverage = []

/** The union. An empty interval adds nothing. */
export function addInterval(coverage: Coverage, { from, to }: Interval): Coverage {
  checkTimes({ from, to })
  if (from >= to) return coverage
  const before = coverage.filter(other => other.to < from)
  const after = coverage.filter(other => other.from > to)
  const touching = coverage.slice(before.length, coverage.length - after.length)
  const merged = {
    from: Math.min(from, touching[0]?.from ?? from),
    to: Math.max(to, touching.at(-1)?.to ?? to),
  }
  return [...before, merged, ...after]
}

/** What is in `coverage` and not in the interval. */
export function subtractInterval(coverage: Coverage, { from, to }: Interval): Coverage {
  if (from >= to) return coverage
  return coverage.flatMap(each => {
    const left = { from: each.from, to: Math.min(each.to, from) }
    const right = { from: Math.max(each.from, to), to: each.to }
    return [left, right].filter(part => part.from < part.to)
  })
}

/** What is missing within the interval, oldest first. */
export function holesOf(coverage: Coverage, within: Interval): Coverage {
  const whole: Coverage = within.from < within.to ? [within] : NOTHING
  return coverage.reduce(subtractInterval, whole)
}

/** What both cover: complete in every kind is the intersection of all of them. */
export function intersect(a: Coverage, b: Coverage): Coverage {
  return a.flatMap(one =>
    b
      .map(other => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from < to),
  )
}

/** `complete from X to Y`: the newest stretch without a hole; null when nothing is. */
export function completeSpan(coverage: Coverage): Interval | null {
  return coverage.at(-1) ?? null
}

export function isCovered(coverage: Coverage, interval: Interval): boolean {
  return holesOf(coverage, interval).length === 0
}

function checkTimes({ from, to }: Interval): void {
  assert(Number.isSafeInteger(from) && Number.isSafeInteger(to), `coverage is in whole ms: ${from} to ${to}`)
}
