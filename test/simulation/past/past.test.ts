import { expect, test } from 'vitest'
import { describeFailure, simulate } from '../simulate.ts'

const SEEDS = 6

test('[SM43] what is called complete of the past is there once, with its last status, whatever a seed draws', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const report = await simulate({ seed, readsPast: true })
    if (report.violations.length > 0) expect.fail(describeFailure(report))
  }
})

test('[SM44] whether the past is read changes nothing of what a seed trades, and of what goes wrong in it', async () => {
  // Seed 3 does not read it by itself: another stream of chance, and no trade waits for it.
  const told = async (readsPast: boolean) => {
    const { orders, faults, pairs } = await simulate({ seed: 3, readsPast })
    return { orders, faults, pairs }
  }
  expect(await told(true)).toEqual(await told(false))
})
