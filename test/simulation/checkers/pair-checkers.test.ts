import { expect, test } from 'vitest'
import { type Decimal, decimal, ZERO } from '../../../src/domain/decimal.ts'
import type { ClientOrderId, IntentId } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { PairState } from '../../../src/domain/pair.ts'
import { NO_DAY } from '../../../src/domain/position.ts'
import { must } from '../../../src/domain/result.ts'
import { LEG_A, LEG_B, PairStory } from '../pair-story.ts'

/** Longer than the grace of any duty. */
const LONG_MS = 8_000

/** A pair whose first quote, a buy, is on the book. */
async function quoting(seed: number): Promise<{ readonly story: PairStory; readonly quote: Order }> {
  const story = await PairStory.begin({ seed, quoting: { makerTimeoutMs: 30_000 } })
  const { exchange } = story.simulation
  for (let tries = 0; tries < 50 && exchange.openOrders(LEG_A).length === 0; tries += 1)
    await story.run({ ms: 100 })
  return { story, quote: must(story.orders[0], 'the story quotes') }
}

/** A mirrored pair that has hedged something. */
async function hedged(seed: number): Promise<{ readonly story: PairStory; readonly hedge: Order }> {
  const story = await PairStory.begin({ seed })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 1_000 })
  expect(told(story)).toEqual([])
  return { story, hedge: must(story.orders[0], 'the story hedges') }
}

function told({ simulation }: PairStory): readonly string[] {
  return simulation.judge.violations.map(({ invariant, text }) => `${invariant}: ${text}`)
}

function becomes(story: PairStory, over: Partial<PairState>): void {
  const { judge } = story.simulation
  judge.durable([{ kind: 'pair_state', row: { ...story.state, ...over } }])
  // The settings again: what is unhedged is measured anew.
  judge.durable([{ kind: 'pair', row: story.runtime.pair }])
}

function leaves({ simulation }: PairStory, quote: Order): void {
  simulation.judge.sent(LEG_A, { ...quote, claim: must(quote.claim, 'an order is claimed') })
}

function insert({ simulation }: PairStory, order: Order, over: Partial<Order>): void {
  const ids = { intentId: 'again' as IntentId, clientOrderId: 'again' as ClientOrderId }
  const isNew = { status: 'submitted', filled: ZERO, reportedFilled: ZERO } as const
  simulation.judge.durable([{ kind: 'intent_insert', row: { ...order, ...ids, ...isNew, ...over } }])
}

test('[SM8] a quote that leaves while too much is unhedged is noticed, and one that makes it less is not (I6)', async () => {
  const { story, quote } = await quoting(330)
  const { ledger } = story.simulation.judge
  const count = {
    openingQuantity: ZERO,
    averagePrice: ZERO,
    baselineSequence: 0,
    venueSequence: 0,
    ...NO_DAY,
  }
  const holds = (quantity: Decimal): void =>
    ledger.apply([
      { kind: 'position', row: { ...story.runtime.pair.a, ...count, positionIndex: 0, quantity } },
    ])
  holds(decimal('-0.010'))
  leaves(story, quote)
  expect(told(story)).toEqual([])
  holds(decimal('0.010'))
  leaves(story, quote)
  expect(told(story).join()).toContain('I6:')
})

test('[SM8] a quote that rests and an exposure that nobody hedges are noticed (I7)', async () => {
  const { story } = await quoting(331)
  // As if A had held less when the pair began: all that it holds now is unhedged, and the engine does not know.
  becomes(story, { baseA: decimal('-0.010') })
  await story.run({ ms: LONG_MS })
  expect(told(story).join()).toMatch(/I7: .* rests and can add/)
  expect(told(story).join()).toMatch(/I7: .* nobody hedges it/)
})

test('[SM8] a pause for failure that is told to nobody is noticed (I7)', async () => {
  const { story } = await quoting(332)
  becomes(story, { pause: 'hedge_failed', phase: 'paused' })
  expect(told(story).join()).toMatch(/I7: .* nobody is told/)
})

test('[SM8] a pair that rests unhedged is noticed (I7)', async () => {
  const { story } = await hedged(333)
  becomes(story, { baseB: decimal('-0.010') })
  expect(story.violations.join()).toMatch(/I7: pair rests with 0.01 unhedged/)
})

test('[SM8] a hedge beside one that is still on its way is noticed (I8)', async () => {
  const { story, hedge } = await hedged(334)
  insert(story, hedge, {})
  expect(told(story).join()).toMatch(/I8: .* 0.01 too large/)
})

test('[SM8] a close that could open the other side is noticed (I8)', async () => {
  const { story, hedge } = await hedged(335)
  insert(story, hedge, { purpose: 'exit', side: 'buy', reduceOnly: false })
  expect(told(story).join()).toMatch(/I8: .* could open it/)
})

test('[SM8] legs that trade with one another are noticed (I8)', async () => {
  const { story, quote } = await quoting(336)
  const { symbol, limitPrice, quantity } = must(
    story.simulation.exchange.openOrders(LEG_A)[0],
    'the quote rests',
  )
  insert(story, quote, { ...story.runtime.pair.b, side: 'sell', purpose: 'hedge' })
  story.simulation.host.act((exchange, at) =>
    exchange.submit(
      LEG_B,
      {
        ...{ symbol, limitPrice, side: 'sell', type: 'limit', timeInForce: 'ioc' },
        ...{ quantity: (quantity * 100n) as Decimal, postOnly: false, reduceOnly: false },
        clientOrderId: 'again',
      },
      at,
    ),
  )
  expect(told(story).join()).toMatch(/I8: .* traded with one another/)
})

test('[SM8] a quote that leaves or rests behind a pause is noticed, and a pause that nobody ends (I9)', async () => {
  const { story, quote } = await quoting(337)
  becomes(story, { pause: 'by_hand', phase: 'paused' })
  leaves(story, quote)
  expect(told(story).join()).toMatch(/I9: .* left while pair was paused by_hand/)
  await story.run({ ms: LONG_MS })
  expect(told(story).join()).toMatch(/I9: .* rests while pair is paused/)
  becomes(story, { pause: null, phase: 'idle' })
  expect(told(story).join()).toMatch(/I9: .* nobody has resumed it/)
})

test('[SM8] a trade that its pair counts twice, and one that says otherwise than what was held, are noticed (I4)', async () => {
  const { story } = await hedged(339)
  const { judge } = story.simulation
  const last = must([...judge.ledger.fills.values()].at(-1), 'the story trades')
  judge.durable([{ kind: 'fill', row: last }])
  expect(told(story).join()).toContain('I4: trade 2 of a pair came, and 3 is the next')
  const exposure = { ...must(last.exposure, 'it is a trade of the pair'), gap: decimal('0.001') }
  judge.durable([{ kind: 'fill', row: { ...last, pairSequence: 4, exposure } }])
  expect(told(story).join()).toMatch(/I4: trade 4 of pair says that B lacked 0.001/)
})

test('[SM18] what was unhedged is measured by the exchange, and told apart where a fault was in the way', async () => {
  const { story } = await hedged(338)
  const { judge, faults } = story.simulation
  const [first] = judge.unhedged.rounds
  const audit = story.simulation.exchange
    .audit(0, 100)
    .flatMap(row => (row.kind === 'filled' ? [row.at] : []))
  expect(first).toEqual({ ms: (audit.at(-1) ?? 0) - (audit[0] ?? 0), isTouched: false })
  expect(first?.ms).toBeGreaterThan(0)
  faults.note('streamDrop', { account: 'somebody else' })
  story.tradeA('sell', '0.010')
  await story.run({ ms: 1_000 })
  faults.note('streamDrop', { account: LEG_B })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 1_000 })
  expect(judge.unhedged.rounds.map(({ isTouched }) => isTouched)).toEqual([false, false, true])
})
