import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interval } from '../../domain/history.ts'
import {
  addInterval,
  type Coverage,
  completeSpan,
  holesOf,
  intersect,
  isCovered,
  NOTHING,
  subtractInterval,
} from './intervals.ts'

/** Small enough that the truth can be counted ms by ms. */
const END = 40
const intervals = fc
  .tuple(fc.nat(END), fc.nat(END))
  .map(([a, b]): Interval => ({ from: Math.min(a, b), to: Math.max(a, b) }))
const steps = fc.array(fc.record({ adds: fc.boolean(), interval: intervals }), { maxLength: 20 })

/** The same by a set of milliseconds. */
function milliseconds(coverage: Coverage): number[] {
  return coverage.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))
}

function play(played: readonly { adds: boolean; interval: Interval }[]): {
  coverage: Coverage
  truth: number[]
} {
  let coverage = NOTHING
  const truth = new Set<number>()
  for (const { adds, interval } of played) {
    coverage = (adds ? addInterval : subtractInterval)(coverage, interval)
    for (const at of milliseconds([interval])) {
      if (adds) truth.add(at)
      else truth.delete(at)
    }
  }
  return { coverage, truth: [...truth].sort((a, b) => a - b) }
}

test('[HS1] coverage is exactly the milliseconds that were added and not taken away, in stretches that do not touch', () => {
  fc.assert(
    fc.property(steps, played => {
      const { coverage, truth } = play(played)
      expect(milliseconds(coverage)).toEqual(truth)
      for (const [index, { from, to }] of coverage.entries()) {
        expect(from).toBeLessThan(to)
        expect(from).toBeGreaterThan(coverage[index - 1]?.to ?? -1)
      }
    }),
  )
})

test('[HS1] holes and coverage are together the whole, and have nothing in common', () => {
  fc.assert(
    fc.property(steps, intervals, (played, within) => {
      const { coverage } = play(played)
      const holes = holesOf(coverage, within)
      expect(intersect(holes, coverage)).toEqual([])
      const inside = intersect(coverage, [within])
      const whole = [...milliseconds(holes), ...milliseconds(inside)].sort((a, b) => a - b)
      expect(whole).toEqual(milliseconds([within]))
      expect(isCovered(coverage, within)).toBe(holes.length === 0)
    }),
  )
})

test('[HS2] complete from X to Y is the newest stretch without a hole, in every kind at once', () => {
  const orders = [
    { from: 0, to: 10 },
    { from: 20, to: 90 },
  ]
  const closed = [
    { from: 30, to: 70 },
    { from: 80, to: 85 },
  ]
  expect(completeSpan(NOTHING)).toBeNull()
  expect(completeSpan(orders)).toEqual({ from: 20, to: 90 })
  expect(completeSpan(intersect(orders, closed))).toEqual({ from: 80, to: 85 })
})

test('[HS1] times that are no whole milliseconds are a bug, not coverage', () => {
  expect(() => addInterval(NOTHING, { from: 0.5, to: 2 })).toThrow('whole ms')
})
