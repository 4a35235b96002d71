import { expect, test } from 'vitest'
import { FAULTS } from './fault-kinds.ts'
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

test('[SM50] in seeds of pairs on Lighter all that only happens there is met, and the same seed leaves the same trace', async () => {
  const met = new Set<string>()
  for (const seed of [43, 53, 58, 70]) {
    const report = await simulate({ world: 'pairs', seed })
    expect(report.venue).toBe('lighter')
    expect(report.rounds.length).toBeGreaterThan(10)
    for (const pair of report.pairs.keys()) met.add(pair.split('/')[0] ?? '')
    if (seed === 58) expect(await simulate({ world: 'pairs', seed })).toEqual(report)
  }
  const onlyThere = Object.entries(FAULTS).flatMap(([name, kind]) => ('world' in kind ? [name] : []))
  expect(onlyThere.length).toBeGreaterThan(3)
  expect([...met]).toEqual(expect.arrayContaining(onlyThere))
})
