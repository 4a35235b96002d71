import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interval } from '../../domain/history.ts'
import { addInterval, holesOf, isCovered, NOTHING } from './intervals.ts'
import { backfillWindows, halve, nextWindows, sweepWindows } from './windows.ts'

const RULE = { maximumWindowMs: 700, retentionMs: 10_000, lagMs: 5 }
const times = fc.integer({ min: 0, max: 30_000 })
const coverages = fc
  .array(fc.tuple(times, fc.nat(4_000)), { maxLength: 6 })
  .map(all =>
    all.reduce((coverage, [from, length]) => addInterval(coverage, { from, to: from + length }), NOTHING),
  )

function checkGranted(windows: readonly Interval[], now: number): void {
  for (const { from, to } of windows) {
    expect(to - from).toBeGreaterThan(0)
    expect(to - from).toBeLessThanOrEqual(RULE.maximumWindowMs)
    expect(from).toBeGreaterThanOrEqual(now - RULE.retentionMs)
    expect(to).toBeLessThanOrEqual(now - RULE.lagMs)
  }
}

test('[HS3] after its windows the newest stretch reaches up to now less the lag, and never was a window longer or older than the venue grants', () => {
  fc.assert(
    fc.property(coverages, times, fc.nat(900), (coverage, now, overlapMs) => {
      const windows = nextWindows(coverage, RULE, { now, firstMs: 2_000, overlapMs })
      checkGranted(windows, now)
      for (const [index, window] of windows.entries())
        expect(window.from).toBe(windows[index - 1]?.to ?? window.from)
      const after = windows.reduce(addInterval, coverage)
      const last = after.at(-1)
      if (windows.length > 0) expect(last?.to).toBeGreaterThanOrEqual(now - RULE.lagMs)
    }),
  )
})

test('[HS3] what was shown late is found: the overlap before the covered end is read again', () => {
  const coverage = [{ from: 1_000, to: 9_000 }]
  expect(nextWindows(coverage, RULE, { now: 9_105, firstMs: 2_000, overlapMs: 300 })).toEqual([
    { from: 8_700, to: 9_100 },
  ])
})

test('[HS3] a server that stood still for longer than a window reads the time between in several', () => {
  const coverage = [{ from: 1_000, to: 2_000 }]
  const windows = nextWindows(coverage, RULE, { now: 4_005, firstMs: 2_000, overlapMs: 0 })
  expect(windows).toEqual([
    { from: 2_000, to: 2_700 },
    { from: 2_700, to: 3_400 },
    { from: 3_400, to: 4_000 },
  ])
})

test('[HS3] a venue clock that went back asks for the overlap again and takes nothing away', () => {
  const coverage = [{ from: 1_000, to: 9_000 }]
  const windows = nextWindows(coverage, RULE, { now: 8_505, firstMs: 2_000, overlapMs: 300 })
  expect(windows).toEqual([{ from: 8_200, to: 8_500 }])
})

test('[HS4] a back-fill asks for exactly what is missing and still kept, newest first', () => {
  fc.assert(
    fc.property(coverages, times, times, times, (coverage, since, until, now) => {
      const windows = backfillWindows(coverage, RULE, { since, until }, now)
      checkGranted(windows, now)
      for (const window of windows) expect(holesOf(coverage, window)).toEqual([window])
      const starts = windows.map(({ from }) => from)
      expect(starts).toEqual(starts.toSorted((a, b) => b - a))
      const wanted = { from: Math.max(since, now - RULE.retentionMs), to: Math.min(until, now) - RULE.lagMs }
      expect(isCovered(windows.reduce(addInterval, coverage), wanted)).toBe(true)
    }),
  )
})

test('[HS5] a sweep asks again for what is covered', () => {
  expect(sweepWindows(RULE, 5_005, 1_000)).toEqual([
    { from: 4_000, to: 4_700 },
    { from: 4_700, to: 5_000 },
  ])
})

test('[HS4] a window is halved down to one millisecond and no further', () => {
  expect(halve({ from: 0, to: 5 })).toEqual([
    { from: 0, to: 2 },
    { from: 2, to: 5 },
  ])
  expect(halve({ from: 4, to: 5 })).toBeNull()
})
