import { expect, test } from 'vitest'
import { simulate } from './simulate.ts'

test('[SM3] the same seed gives the same trace, another seed another one', async () => {
  // One clock, one source of chance: nothing of the machine may find its way into a run.
  const [first, again, other] = [
    await simulate({ seed: 7 }),
    await simulate({ seed: 7 }),
    await simulate({ seed: 8 }),
  ]
  expect(again).toEqual(first)
  expect(other.traceHash).not.toBe(first.traceHash)
})

test('[SM4] seeds trade, and things go wrong in them', async () => {
  // A simulation in which nothing happens would hold every invariant.
  let [orders, faults] = [0, 0]
  for (let seed = 41; seed <= 44; seed += 1) {
    const report = await simulate({ seed })
    orders += report.orders
    faults += report.faults
  }
  expect(orders).toBeGreaterThan(400)
  expect(faults).toBeGreaterThan(500)
})
