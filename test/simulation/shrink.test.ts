import { expect, test } from 'vitest'
import { type Mask, NO_MASK, parseSwitches, SWITCHES } from './mask.ts'
import { describeShrunk, MAXIMUM_TRIES, shrink } from './shrink.ts'
import { type SimulationReport, simulate } from './simulate.ts'

const SEED = 4

/** A seed that fails wherever the process was killed: a planted mistake that only some kinds of trouble show. */
async function failsWhenKilled(mask: Mask): Promise<SimulationReport> {
  const report = await simulate({ seed: SEED, mask, events: 0 })
  const wasKilled = [...report.pairs.keys()].some(pair => pair.startsWith('kill/'))
  return wasKilled ? { ...report, violations: [planted(report.virtualMs)] } : report
}

function planted(at: number) {
  return { invariant: 'I1', text: 'a process was killed', at }
}

test('[SM40] a failing seed is shrunk to the trouble that it needs', async () => {
  // Nothing but a kill breaks it: all else goes, and so do the time and the followers that the kill does without.
  const shrunk = await shrink(failsWhenKilled)
  expect(shrunk?.report.violations).toHaveLength(1)
  const kept = SWITCHES.filter(name => !shrunk?.mask.without.includes(name))
  expect(['kills', 'killsAtSend']).toContain(kept.join())
  expect(shrunk?.mask.tradingMs).toBeLessThan(160_000)
  const again = await failsWhenKilled(shrunk?.mask ?? NO_MASK)
  expect(again.traceHash).toBe(shrunk?.report.traceHash)
})

test('[SM41] shrinking ends after a fixed number of tries, and says how its result is run again', async () => {
  // All but the other followers is needed: no other try gets anywhere.
  const report = {
    ...(await simulate({ seed: SEED, mask: { ...NO_MASK, tradingMs: 500 }, events: 0 })),
    mask: NO_MASK,
  }
  let runs = 0
  const shrunk = await shrink(async mask => {
    runs += 1
    const isFailing = mask.without.length === 0 && mask.tradingMs === null
    return isFailing ? { ...report, mask, violations: [planted(9)] } : report
  })
  expect(runs).toBeLessThanOrEqual(MAXIMUM_TRIES + 1)
  if (shrunk === null) throw new Error('it fails')
  expect(describeShrunk(shrunk)).toContain(`npm run simulate -- --seed ${SEED} --followers 1`)
  expect(await shrink(async () => report)).toBeNull()
})

test('[SM42] the same seed with the same trouble switched off leaves the same trace', async () => {
  const mask = { without: parseSwitches('kills,reportLost') ?? [], tradingMs: 20_000, followers: 2 }
  const [first, again, whole] = [
    await simulate({ seed: SEED, mask }),
    await simulate({ seed: SEED, mask }),
    await simulate({ seed: SEED, mask: { ...mask, without: [] } }),
  ]
  expect(mask.without).toEqual(['kills', 'reportLost'])
  expect(again).toEqual(first)
  expect(whole.traceHash).not.toBe(first.traceHash)
  expect(parseSwitches('kills,nothingOfThisName')).toBeNull()
})
