import { expect, test } from 'vitest'
import { FAULTS, possiblePairs, SEEN } from './fault-kinds.ts'
import { runSeeds } from './run-seeds.ts'

test('[SM6] what a run comes to does not depend on how its seeds are spread', async () => {
  const run = async (threads: number) => {
    const totals = await runSeeds({ first: 61, count: 3, threads, events: 0, say: () => undefined })
    const { orders, faults, steps, failingSeeds } = totals.figures(1)
    return { orders, faults, steps, failingSeeds, pairs: totals.pairLines() }
  }
  expect(await run(2)).toEqual(await run(1))
})

test('[SM7] a pair of fault and order state is left out for a reason, and counted otherwise', () => {
  const unexplained = Object.entries(FAULTS).filter(
    ([, { meets, why }]) => meets.length < SEEN.length && why === '',
  )
  expect(unexplained).toEqual([])
  expect(new Set(possiblePairs('pairs')).size).toBe(possiblePairs('pairs').length)
  // What only a venue without proof does is never met among copies, and would be counted as missing there.
  expect(possiblePairs('copies')).not.toContain('vanished/submitted')
  expect(possiblePairs('pairs')).toContain('vanished/submitted')
})
