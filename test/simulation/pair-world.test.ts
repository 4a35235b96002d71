import { expect, test } from 'vitest'
import { simulate } from './simulate.ts'

test('[SM17] in seeds of pairs rounds end, things go wrong, and the same seed leaves the same trace', async () => {
  // A world in which nothing is ever unhedged would hold every invariant.
  let [rounds, faults, untouched] = [0, 0, 0]
  for (let seed = 41; seed <= 43; seed += 1) {
    const report = await simulate({ world: 'pairs', seed })
    rounds += report.rounds.length
    untouched += report.rounds.filter(({ isTouched }) => !isTouched).length
    faults += report.faults
    if (seed === 41) expect(await simulate({ world: 'pairs', seed })).toEqual(report)
  }
  expect(rounds).toBeGreaterThan(100)
  expect(untouched).toBeGreaterThan(0)
  expect(faults).toBeGreaterThan(100)
})
