import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { NO_FAULTS } from '../simulation/faults.ts'
import { LEG_A, LEG_B, PairStory, type PairStoryOptions } from '../simulation/pair-story.ts'
import { LIGHTER, type VenueKind } from '../simulation/venue-kinds.ts'

const OUTAGE_MS = 4.5 * 3_600_000
/** Deadline, lag and a second question that is a lag later. */
const PROOF_MS = 30_000

async function begin(
  options: Omit<PairStoryOptions, 'venueKind'>,
  over: Partial<VenueKind> = {},
): Promise<PairStory> {
  return PairStory.begin({ ...options, venueKind: { ...LIGHTER, ...over } })
}

test('[HG3] [HG22] on Lighter a hedge is acknowledged by what shows it, and B follows A', async () => {
  const story = await begin({ seed: 500 })
  story.tradeA('buy', '0.01234')
  await story.run({ ms: 1_000 })
  story.tradeA('sell', '0.00034')
  await story.run({ ms: 1_000 })
  expect(story.held).toEqual(['0.012', '-0.012'])
  expect(story.told).toEqual(['hedge sell 0.01234 filled', 'hedge buy 0.00034 filled'])
  expect(story.violations).toEqual([])
})

test('[HG2] what is below the smallest order of the market is carried', async () => {
  const story = await begin({ seed: 501, pair: { ratioBps: 5_000 } })
  story.tradeA('buy', '0.00036')
  await story.run({ ms: 5_000 })
  expect([story.held, story.told]).toEqual([['0.00036', '0'], []])
  story.tradeA('buy', '0.0003')
  await story.run({ ms: 5_000 })
  expect([story.held, story.told]).toEqual([['0.00066', '-0.00033'], ['hedge sell 0.00033 filled']])
  expect(story.violations).toEqual([])
})

test('[HG4] a hedge that the venue took and that nothing shows is proven absent before the next one', async () => {
  const story = await begin({ seed: 502 })
  const { faults } = story.simulation
  faults.rates = { ...NO_FAULTS, takenAndLost: 1 }
  story.tradeA('buy', '0.01')
  await story.run({ ms: 1_000 })
  faults.rates = NO_FAULTS
  await story.run({ ms: 9_000 })
  expect(story.told).toEqual(['hedge sell 0.01 in_doubt'])
  await story.run({ ms: PROOF_MS })
  expect([story.told, story.held]).toEqual([
    ['hedge sell 0.01 never_accepted', 'hedge sell 0.01 filled'],
    ['0.01', '-0.01'],
  ])
  expect(story.violations).toEqual([])
})

test('[HG11] a close that comes in vain vanishes: it is proven absent, nothing is opened, and the pair is closed', async () => {
  const story = await begin({ seed: 503 })
  const { simulation } = story
  story.tradeA('buy', '0.01')
  await story.run({ ms: 1_000 })
  // Its owner is faster by a hair: the close of B finds nothing.
  const end = simulation.onSend(() => story.tradeB('buy', '0.01'))
  void story.engine.pairHands.flatten(story.id, 'b')
  await story.run({ ms: 500 })
  end()
  expect([simulation.faults.counts.get('vanished'), story.held]).toEqual([1, ['0.01', '0']])
  await story.run({ ms: 2 * PROOF_MS })
  expect(story.told.slice(1)).toEqual(['exit buy 0.01 never_accepted'])
  expect(story.state).toMatchObject({ phase: 'paused', pause: 'flattened' })
  expect(story.held).toEqual(['0.01', '0'])
  expect(story.violations).toEqual([])
})

test('[HG79] a close of what is gone without a word is tried twice at most: then what is held has been read', async () => {
  const story = await begin({ seed: 507, reconcileEveryMs: 3_600_000 })
  const { simulation } = story
  story.tradeA('buy', '0.01')
  await story.run({ ms: 1_000 })
  const stream = must(simulation.streamOf(LEG_B), 'B is connected')
  stream.deaf = true
  story.tradeB('buy', '0.01')
  stream.hear()
  void story.engine.pairHands.flatten(story.id, 'b')
  await story.run({ ms: 2 * PROOF_MS })
  const vain = story.told.slice(1)
  expect(new Set(vain)).toEqual(new Set(['exit buy 0.01 never_accepted']))
  expect(vain.length).toBeLessThanOrEqual(2)
  expect(story.state).toMatchObject({ phase: 'paused', pause: 'flattened' })
  expect(story.violations).toEqual([])
})

test('[HG78] a leg that is worth too little for an order keeps no pair closing', async () => {
  const [bitcoin, ether, solana] = LIGHTER.symbols
  const rules = { ...LIGHTER.rules, minimumsBindReductions: true }
  const pair = { tolerance: decimal('0.1') }
  const story = await begin({ seed: 504, pair }, { rules, symbols: [solana, bitcoin, ether] })
  story.tradeA('buy', '0.15')
  await story.run({ ms: 1_000 })
  story.tradeA('sell', '0.09')
  await story.run({ ms: 1_000 })
  expect(story.held).toEqual(['0.06', '-0.06'])
  void story.engine.pairHands.flatten(story.id)
  await story.run({ ms: PROOF_MS })
  expect(story.told.slice(2)).toEqual(['exit buy 0.06 rejected', 'exit sell 0.06 rejected'])
  expect(story.state).toMatchObject({ phase: 'paused', pause: 'flattened' })
  expect(story.violations).toEqual([])
})

test('[HG20] an outage of hours over a fill of A that nobody was told of: it is hedged when the venue is back', async () => {
  const story = await begin({ seed: 505 })
  story.tradeA('buy', '0.01')
  story.simulation.streamOf(LEG_A)?.drop(1)
  await away(story)
  expect(story.held).toEqual(['0.01', '0'])
  await story.run({ ms: PROOF_MS })
  expect([story.told, story.held]).toEqual([['hedge sell 0.01 filled'], ['0.01', '-0.01']])
  expect(story.violations).toEqual([])
})

test('[HG9] [HG10] [HG28] an outage of hours over a hedge on its way: the pair is paused, and closed when the venue is back', async () => {
  const story = await begin({ seed: 506 })
  const { simulation } = story
  const end = simulation.onSend(() => simulation.host.act(exchange => exchange.setMaintenance(true)))
  story.tradeA('buy', '0.01')
  await story.run({ ms: 1_000 })
  end()
  await away(story)
  expect(story.told).toEqual(['hedge sell 0.01 in_doubt'])
  expect(story.notices).toEqual(['account_a_filled', 'account_b_hedge_failed', 'order_lost'])
  await story.run({ ms: 2 * PROOF_MS })
  expect([story.told, story.held]).toEqual([
    ['hedge sell 0.01 never_accepted', 'exit sell 0.01 filled'],
    ['0', '0'],
  ])
  expect(story.state).toMatchObject({ phase: 'paused', pause: 'force_closed' })
  expect(story.violations).toEqual([])
})

async function away(story: PairStory): Promise<void> {
  const { host, process } = story.simulation
  host.act(exchange => exchange.setMaintenance(true))
  for (const { stream } of process?.venue.accounts ?? []) stream.drop(1)
  await story.run({ ms: OUTAGE_MS })
  host.act(exchange => exchange.setMaintenance(false))
}
