import { expect, test } from 'vitest'
import { add, decimal } from '../../src/domain/decimal.ts'
import type { Order } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import { takeReport } from '../../src/engine/order-events.ts'
import type { ExecutionReport } from '../../src/ports/venue.ts'
import { LEG_A, LEG_B, PairStory, type PairStoryOptions } from '../simulation/pair-story.ts'

// What becomes of a pair one of whose legs nobody can reach.

const TWO_MARKETS = { symbolB: 'ETHUSDT', pair: { tolerance: decimal('0.01') } }

async function quoting(seed: number, over: Partial<PairStoryOptions> = {}): Promise<PairStory> {
  const story = await PairStory.begin({ seed, quoting: { makerTimeoutMs: 600_000 }, ...TWO_MARKETS, ...over })
  const { exchange } = story.simulation
  for (let tries = 0; tries < 50 && exchange.openOrders(LEG_A).length === 0; tries += 1)
    await story.run({ ms: 100 })
  expect(exchange.openOrders(LEG_A)).toHaveLength(1)
  return story
}

function loseB({ simulation }: PairStory): void {
  simulation.host.setKey(LEG_B, 'revoked')
  simulation.streamOf(LEG_B)?.drop(500)
}

test('[HG31] a quote of A goes as soon as B is out of reach, and is made again when it is back', async () => {
  const story = await quoting(330)
  const { exchange } = story.simulation
  loseB(story)
  await story.run({ ms: 3_000 })
  expect(exchange.openOrders(LEG_A)).toEqual([])
  story.simulation.renewKey(LEG_B)
  await story.run({ ms: 30_000 })
  expect(exchange.openOrders(LEG_A)).toHaveLength(1)
  expect([story.state.pause, story.violations]).toEqual([null, []])
})

test('[HG33] a start that finds B out of reach cancels what rests of A; what A trades is closed when that lasts', async () => {
  const story = await quoting(331)
  story.simulation.kill()
  loseB(story)
  story.simulation.start()
  await story.run({ ms: 10_000 })
  expect(story.simulation.exchange.openOrders(LEG_A)).toEqual([])
  const before = story.held
  story.tradeA('buy', '0.5')
  await story.run({ ms: 60_000 })
  expect(story.notices).toContain('pair_closing')
  expect(story.held).toEqual(before)
  expect([story.state.phase, story.state.pause]).toEqual(['paused', 'force_closed'])
})

test('[HG29] [HG34] while B cannot be closed A keeps what B covers; a pause ends the closing, and B follows again', async () => {
  const story = await PairStory.begin({ seed: 332, ...TWO_MARKETS })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.held).toEqual(['0.01', '-0.01'])
  loseB(story)
  await story.run({ ms: 1_000 })
  expect((await asked(story, story.engine.pairHands.flatten(story.id))).ok).toBe(true)
  expect([story.held, story.state.phase, story.runtime.waitsFor]).toEqual([
    ['0.01', '-0.01'],
    'closing',
    expect.stringContaining('cannot be closed now'),
  ])
  expect((await asked(story, story.engine.pairHands.pause(story.id))).ok).toBe(true)
  expect([story.state.phase, story.state.pause]).toEqual(['paused', 'by_hand'])
  story.simulation.renewKey(LEG_B)
  await story.run({ ms: 20_000 })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 5_000 })
  expect(story.held).toEqual(['0.02', '-0.02'])
  expect(story.violations).toEqual([])
})

test('[HG35] what is being closed is closed behind a restart too, whatever the list of instruments says', async () => {
  const story = await PairStory.begin({ seed: 333 })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 2_000 })
  loseB(story)
  await asked(story, story.engine.pairHands.flatten(story.id))
  story.simulation.setTrading('BTCUSDT', false)
  story.simulation.restart({ afterMs: 100 })
  await story.run({ ms: 5_000 })
  expect([story.state.phase, story.state.pause]).toEqual(['closing', 'flattened'])
  story.simulation.setTrading('BTCUSDT', true)
  story.simulation.renewKey(LEG_B)
  await story.run({ ms: 60_000 })
  expect([story.held, story.state.phase, story.state.pause]).toEqual([['0', '0'], 'paused', 'flattened'])
  expect(story.violations).toEqual([])
})

test('[HG36] a book that is too thin for half a minute pauses the pair, and it says what to set', async () => {
  const story = await PairStory.begin({ seed: 334, quoting: { depthLevel: 400 } })
  await story.run({ ms: 5_000 })
  expect([story.state.pause, story.runtime.waitsFor]).toEqual([null, expect.stringContaining('no level 400')])
  await story.run({ ms: 60_000 })
  expect(story.state).toMatchObject({ pause: 'misfit', phase: 'paused' })
  const { notices } = story.simulation.judge.ledger
  expect(notices.find(({ code }) => code === 'pair_misfit')?.text).toMatch(
    /no level 400\. Set depthLevel to less/,
  )
})

test('[HG37] closes that the venue refuses again and again are told once, and that they are taken again', async () => {
  const story = await PairStory.begin({ seed: 335 })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 2_000 })
  for (const leg of [LEG_A, LEG_B]) story.simulation.host.setKey(leg, 'limited')
  await asked(story, story.engine.pairHands.flatten(story.id))
  await story.run({ ms: 60_000 })
  const told = () => story.notices.filter(code => code === 'pair_close_refused').length
  expect([told(), story.state.phase]).toEqual([1, 'closing'])
  for (const leg of [LEG_A, LEG_B]) story.simulation.renewKey(leg)
  await story.run({ ms: 60_000 })
  expect([told(), story.held]).toEqual([2, ['0', '0']])
})

test('[HG39] a quote that is gone is found to be so when its cancel brings no word, though nobody compares the account', async () => {
  const story = await quoting(336, { reconcileEveryMs: 24 * 3_600_000 })
  const stream = story.simulation.streamOf(LEG_A)
  if (stream !== null) stream.deaf = true
  expect((await asked(story, story.engine.pairHands.pause(story.id))).ok).toBe(true)
  expect(story.simulation.exchange.openOrders(LEG_A)).toEqual([])
  expect(story.told).toEqual([expect.stringMatching(/^entry .* open$/)])
  await story.run({ ms: 5_000 })
  expect(story.told).toEqual([expect.stringMatching(/^entry .* canceled$/)])
})

test('[EX43] a trade of which the venue tells behind the end of its order is waited for by the next hedge', async () => {
  // The book is thin and the bound narrow: the first hedge ends short, and more of it has traded than was told.
  const story = await PairStory.begin({ seed: 337, pair: { hedgeSlippageBps: 0 } })
  story.tradeA('buy', '1')
  for (let step = 0; step < 500 && story.orders[0]?.status !== 'canceled'; step += 1)
    await story.run({ ms: 1 })
  const { context } = story.engine
  const entry = entryOf(story)
  const { order } = entry
  const reportedFilled = add(order.filled, decimal('0.1'))
  context.run(turn => takeReport(context, turn, entry, { ...reportOf(order), filled: reportedFilled }))
  await story.run({ ms: 1_500 })
  expect(story.told).toHaveLength(1)
})

function entryOf(story: PairStory) {
  const account = story.engine.context.state.accounts.get(story.runtime.b.accountId)
  return must([...(account?.orders.values() ?? [])].at(-1), 'B has an order')
}

function reportOf(order: Order): ExecutionReport {
  const { instrumentId, positionIndex, clientOrderId, side, type, quantity, filled, limitPrice, reduceOnly } =
    order
  const venueOrderId = must(order.venueOrderId, 'the venue knows it')
  const told = {
    instrumentId,
    positionIndex,
    venueOrderId,
    clientOrderId,
    side,
    type,
    quantity,
    filled,
    limitPrice,
  }
  return { ...told, status: 'canceled', averagePrice: null, reduceOnly, reason: null, at: order.updatedAt }
}

async function asked<T>(story: PairStory, answer: Promise<T>): Promise<T> {
  await story.run({ ms: 1_000 })
  return answer
}
