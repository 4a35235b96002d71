import { expect, test } from 'vitest'
import { describeFailure, simulate } from './simulate.ts'

/** Seeds are numbered from 1; each file runs its share, so that every core has one. */
const SEEDS = 24
export const FILES = 4

/** @param file from 1 to FILES */
export function holdSeeds(file: number): void {
  test(`[SM1] every invariant holds for ${SEEDS / FILES} seeds (${file} of ${FILES})`, async () => {
    for (let seed = file; seed <= SEEDS; seed += FILES) {
      const report = await simulate({ seed })
      if (report.violations.length > 0) expect.fail(describeFailure(report))
    }
  })
}
