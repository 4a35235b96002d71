import { expect, test } from 'vitest'
import { formatDecimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import type { StoredFill } from '../../src/ports/store.ts'
import { PairStory } from '../simulation/pair-story.ts'

/** Oldest first: number, leg, what was traded, and what A held, B held and B lacked after it. */
async function exposureOf(story: PairStory): Promise<readonly string[]> {
  const accountA = story.runtime.pair.a.accountId
  const asked = story.simulation.store.pairFills({ pairId: story.id, limit: 1_000 })
  await story.run({ ms: 1 })
  return (await asked).toReversed().map(row => textOf(row, row.fill.accountId === accountA ? 'a' : 'b'))
}

function textOf({ fill: { side, quantity }, pairSequence, exposure }: StoredFill, leg: 'a' | 'b'): string {
  const { a, b, gap } = must(exposure, 'a trade of a pair says how the pair stood')
  const stood = [a, b, gap].map(formatDecimal).join(' ')
  return `${pairSequence} ${leg} ${side} ${formatDecimal(quantity)}: ${stood}`
}

test('[HG82] every trade on a leg is kept with what both legs held after it and what B lacked, whoever made it', async () => {
  const story = await PairStory.begin({ seed: 340 })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 1_000 })
  // Somebody trades B by hand: that too was unhedged until it was corrected.
  story.tradeB('buy', '0.004')
  await story.run({ ms: 1_000 })
  expect(await exposureOf(story)).toEqual([
    '1 a buy 0.01: 0.01 0 -0.01',
    '2 b sell 0.01: 0.01 -0.01 0',
    '3 b buy 0.004: 0.01 -0.006 -0.004',
    '4 b sell 0.004: 0.01 -0.01 0',
  ])
  expect(story.violations).toEqual([])
})

test('[HG82] an order that trades in pieces is a moment for each of them, in the order in which they were counted', async () => {
  const story = await PairStory.begin({ seed: 341 })
  story.tradeA('buy', '1')
  await story.run({ ms: 1_000 })
  const lines = await exposureOf(story)
  const ofA = lines.filter(line => / a /.test(line))
  expect(ofA.length).toBeGreaterThan(1)
  const held = ofA.map(line => Number(must(line.split(': ')[1]?.split(' ')[0], 'what A held')))
  expect(held).toEqual(held.toSorted((a, b) => a - b))
  expect(lines.at(-1)).toMatch(/: 1 -1 0$/)
})

test('[HG83] after a kill it goes on counting, with the trades that it missed; new settings change nothing that was', async () => {
  const story = await PairStory.begin({ seed: 342 })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 1_000 })
  story.tradeA('buy', '0.010')
  story.simulation.restart({ afterMs: 100 })
  await story.run({ ms: 5_000 })
  // From now on half of A is hedged: what B lacks is told anew, what it lacked is not.
  story.runtime.pair = { ...story.runtime.pair, ratioBps: 5_000 }
  story.tradeA('buy', '0.020')
  await story.run({ ms: 1_000 })
  expect(await exposureOf(story)).toEqual([
    '1 a buy 0.01: 0.01 0 -0.01',
    '2 b sell 0.01: 0.01 -0.01 0',
    '3 a buy 0.01: 0.02 -0.01 -0.01',
    '4 b sell 0.01: 0.02 -0.02 0',
    '5 a buy 0.02: 0.04 -0.02 0',
  ])
})
