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

/** Twelve of them on Lighter. */
const PAIR_SEEDS = 20
const PAIR_FILES = 2

/** The same for hedged pairs. @param file from 1 to PAIR_FILES */
export function holdPairSeeds(file: number): void {
  test(`[SM16] every invariant holds for ${PAIR_SEEDS / PAIR_FILES} seeds of pairs (${file} of ${PAIR_FILES})`, async () => {
    for (let seed = file; seed <= PAIR_SEEDS; seed += PAIR_FILES) {
      const report = await simulate({ world: 'pairs', seed })
      if (report.violations.length > 0) expect.fail(describeFailure(report))
    }
  })
}
