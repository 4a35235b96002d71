import { expect, test } from 'vitest'
import { slopePerHour } from './slope.ts'

test('[CH6] a slope is what an hour adds, by the line closest to the samples', () => {
  const minutes = (values: readonly number[]) =>
    values.map((value, minute) => ({ at: minute * 60_000, value }))
  expect(slopePerHour(minutes([10, 11, 12, 13]))).toBeCloseTo(60)
  // One high sample in the middle tilts nothing.
  expect(slopePerHour(minutes([5, 5, 50, 5, 5]))).toBeCloseTo(0)
  expect(slopePerHour(minutes([5]))).toBeNull()
})
