import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { IntentId, LinkId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { NO_FAULTS } from '../simulation/faults.ts'
import { FOLLOWER, LINK, STRATEGY, Story } from '../simulation/story.ts'

test('[HD1] an order by hand is durable before it is sent, and is answered when it is', async () => {
  const story = await Story.begin({ seed: 200, commitDelayMs: () => 200 })
  const ready = story.engine.hands.ready(story.wish('one'))
  await story.run({ ms: 500 })
  expect((await ready).ok).toBe(true)
  const answer = story.engine.hands.trade(story.wish('one'))
  await story.run({ ms: 150 })
  expect([story.orders, story.accepted]).toEqual([[], []])
  await story.run({ ms: 1_000 })
  expect(await answer).toMatchObject({
    ok: true,
    value: { intentId: 'one', purpose: 'manual', linkId: null },
  })
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[HD2] the same key after a crash behind the commit finds the order and makes no second one', async () => {
  // Durable, never sent, never answered: whoever asks again must not get another order.
  const story = await Story.begin({ seed: 201, commitDelayMs: () => 50 })
  const ready = story.engine.hands.ready(story.wish('one'))
  await story.run({ ms: 500 })
  expect((await ready).ok).toBe(true)
  void story.engine.hands.trade(story.wish('one'))
  await story.run({ ms: 20 })
  story.simulation.restart({ afterMs: 500, chance: 0.999 })
  await story.run({ ms: 3_000 })
  expect(await asked(story, story.engine.hands.made(story.wish('one')))).toMatchObject({
    ok: true,
    value: { intentId: 'one' },
  })
  expect(await story.byHand('one')).toMatchObject({ ok: false, error: { kind: 'repeated' } })
  await story.run({ ms: 30_000 })
  expect(story.orders.map(({ intentId, status }) => `${intentId} ${status}`)).toEqual(['one never_accepted'])
  expect(story.accepted).toEqual([])
  expect(story.violations).toEqual([])
})

test('[HD2] the same key at the same time makes one order', async () => {
  const story = await Story.begin({ seed: 202, commitDelayMs: () => 50 })
  const both = [story.byHand('one'), story.byHand('one')]
  expect((await Promise.all(both)).map(({ ok }) => ok).sort()).toEqual([false, true])
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[HD3] a key that was used for another order is refused', async () => {
  const story = await Story.begin({ seed: 203 })
  expect((await story.byHand('one')).ok).toBe(true)
  const other = story.wish('one', { quantity: decimal('0.020') })
  expect(await asked(story, story.engine.hands.made(other))).toMatchObject({ error: { kind: 'repeated' } })
  expect(await story.byHand('one', { side: 'sell' })).toMatchObject({ error: { kind: 'repeated' } })
  expect(story.held).toBe('0.01')
})

test('[HD6] what is opened by hand is the owner’s own: no link counts it, closes it or adds to it', async () => {
  const story = await Story.begin({ seed: 204 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect((await story.byHand('one', { quantity: decimal('0.030') })).ok).toBe(true)
  expect([story.held, story.link]).toMatchObject(['0.04', { attributed: decimal('0.01') }])
  story.leader('buy', '0.020')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.06')
  story.leader('sell', '0.030')
  await story.run({ ms: 15_000 })
  expect([story.held, story.link]).toMatchObject([
    '0.03',
    { attributed: decimal('0'), desired: decimal('0') },
  ])
  expect(story.violations).toEqual([])
})

test('[HD7] what is closed by hand is the owner’s own first, then the copy, which is not bought again', async () => {
  const story = await Story.begin({ seed: 205 })
  story.leader('buy', '0.030')
  await story.run({ ms: 2_000 })
  await story.byHand('own', { quantity: decimal('0.010') })
  const close = { side: 'sell', reduceOnly: true } as const
  await story.byHand('own closed', { ...close, quantity: decimal('0.010') })
  expect([story.held, story.link]).toMatchObject(['0.03', { attributed: decimal('0.03') }])
  await story.byHand('a part', { ...close, quantity: decimal('0.020') })
  expect([story.held, story.link]).toMatchObject(['0.01', { desired: decimal('0.01') }])
  await story.byHand('the rest', { ...close, quantity: decimal('0.010') })
  story.leader('buy', '0.010')
  await story.run({ ms: 15_000 })
  expect([story.held, story.link]).toMatchObject(['0', { stopped: true }])
  expect(story.orders.map(({ purpose }) => purpose)).toEqual(['entry', 'manual', 'exit', 'exit', 'exit'])
  expect(story.violations).toEqual([])
})

test('[HD8] a lost answer to an order by hand is asked for, over a restart too, and never sent again', async () => {
  const story = await Story.begin({ seed: 206 })
  const { faults } = story.simulation
  faults.dropAnswer('order.create', { times: 1 })
  story.deafen(FOLLOWER)
  void story.byHand('one')
  faults.rates = { ...NO_FAULTS, readFailed: 1 }
  await story.run({ ms: 8_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['in_doubt'])
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 3_000 })
  faults.rates = NO_FAULTS
  await story.run({ ms: 30_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['filled'])
  expect(story.accepted).toHaveLength(1)
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[HD9] an order by hand that comes to nothing is told, and not tried again', async () => {
  const story = await Story.begin({ seed: 207 })
  story.simulation.faults.dropRequest('order.create', { times: 1 })
  await story.byHand('one')
  await story.run({ ms: 40_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['never_accepted'])
  expect(story.notices).toContain('hand_order_failed')
  // Nor does it keep the link's next copy waiting.
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.outcomes).toEqual(['increase copied copied'])
  expect(story.violations).toEqual([])
})

test('[HD10] what rests by hand keeps no link from its place, and no pause or removal of a link ends it', async () => {
  const story = await Story.begin({ seed: 208, setUpBy: 'people' })
  const { bid } = story.simulation.exchange.ticker('BTCUSDT')
  const limitPrice = decimal(`${(bid * 9n) / 10n / 10n ** 18n}`)
  expect(await story.byHand('rests', { limitPrice })).toMatchObject({ ok: true })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect([story.held, story.outcomes]).toEqual(['0.01', ['increase copied copied']])
  await story.change({ kind: 'set_mode', id: STRATEGY, mode: 'close_only' })
  story.leader('sell', '0.010')
  await story.run({ ms: 5_000 })
  expect(story.held).toBe('0')
  expect((await story.change({ kind: 'remove', id: LINK })).ok).toBe(true)
  const row = {
    id: 'again' as LinkId,
    strategyId: STRATEGY,
    accountId: story.follower,
    mode: 'on',
    sizing: null,
  } as const
  await story.change({ kind: 'put_link', row }, { kind: 'set_mode', id: STRATEGY, mode: 'on' })
  story.leader('buy', '0.020')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.02')
  expect(story.orders.find(({ intentId }) => intentId === ('rests' as IntentId))?.status).toBe('open')
  expect(story.violations).toEqual([])
})

test('[HD5] risk refuses an opening by hand as it refuses a copy’s, and nothing that only reduces', async () => {
  const story = await Story.begin({ seed: 209 })
  const { bid, ask } = story.simulation.exchange.ticker('BTCUSDT')
  const above = await story.byHand('above the cap', { quantity: decimal('300'), limitPrice: bid })
  expect(above).toMatchObject({ ok: false, error: { kind: 'refused' } })
  expect(above.ok ? '' : above.error.message).toContain('leverage cap')
  const far = decimal(`${(ask * 12n) / 10n / 10n ** 18n}`)
  expect(await story.byHand('far', { limitPrice: far })).toMatchObject({ error: { kind: 'refused' } })
  expect(story.orders).toEqual([])
  expect(story.violations).toEqual([])
})

test('[HD5] orders by hand count against the rate per minute, over a restart too', async () => {
  const story = await Story.begin({
    seed: 211,
    setUpBy: 'people',
    systemLimits: { maximumOrdersPerMinute: 2 },
  })
  await story.change({ kind: 'remove', id: LINK })
  expect((await story.byHand('one')).ok).toBe(true)
  expect((await story.byHand('two')).ok).toBe(true)
  expect(await story.byHand('three')).toMatchObject({ error: { kind: 'refused' } })
  const close = { side: 'sell', reduceOnly: true } as const
  expect((await story.byHand('close', close)).ok).toBe(true)
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 5_000 })
  expect(await story.byHand('three')).toMatchObject({ error: { kind: 'refused' } })
  await story.run({ ms: 60_000 })
  expect((await story.byHand('three')).ok).toBe(true)
  expect(story.violations).toEqual([])
})

test('[HD12] more than a hundred orders that are being made are told to come again', async () => {
  const story = await Story.begin({ seed: 212, commitDelayMs: () => 100 })
  const ready = story.engine.hands.ready(story.wish('0'))
  await story.run({ ms: 500 })
  expect((await ready).ok).toBe(true)
  const answers = Array.from({ length: 101 }, (_, index) =>
    story.engine.hands.trade(story.wish(String(index), { quantity: decimal('0.001') })),
  )
  expect(await answers[100]).toMatchObject({ error: { kind: 'busy' } })
  await story.run({ ms: 2_000 })
  expect((await Promise.all(answers)).filter(({ ok }) => ok)).toHaveLength(100)
})

test('[HD11] an account that nobody copies, and a symbol that nobody has looked at, are got ready first', async () => {
  const story = await Story.begin({ seed: 210, setUpBy: 'people' })
  await story.change({ kind: 'remove', id: LINK })
  await story.run({ ms: 40_000 })
  expect(story.engine.context.state.accounts.get(story.follower)?.session).toBeNull()
  const instrument = must(
    story.engine.sessions.marketOf(must(story.engine.roster().accounts[0], 'two')),
    'one',
  )
  expect(instrument.hasInstruments()).toBe(true)
  const wish = story.wish('one', { instrumentId: 'bybit:SOLUSDT' as never, quantity: decimal('1') })
  const ready = story.engine.hands.ready(wish)
  await story.run({ ms: 5_000 })
  expect(await ready).toEqual({ ok: true, value: undefined })
  const traded = await asked(story, story.engine.hands.trade(wish))
  expect(traded).toMatchObject({ ok: true })
  await story.run({ ms: 60_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['filled'])
  expect(story.violations).toEqual([])
})

async function asked<T>(story: Story, answer: Promise<T>): Promise<T> {
  await story.run({ ms: 500 })
  return answer
}

test('[AP75] one order that rests is cancelled by hand, whoever made it; what is over or at market is not', async () => {
  const entry = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const
  const story = await Story.begin({ seed: 240, strategy: { entry } })
  const { exchange } = story.simulation
  const { bid } = exchange.ticker('BTCUSDT')
  const limitPrice = decimal(`${(bid * 9n) / 10n / 10n ** 18n}`)
  story.leader('buy', '0.010')
  expect((await story.byHand('rests', { limitPrice })).ok).toBe(true)
  await story.run({ ms: 2_000 })
  expect(exchange.openOrders(FOLLOWER)).toHaveLength(2)
  const { hands } = story.engine
  const resting = story.orders.map(({ intentId }) => intentId)
  const asks = resting.map(intentId => hands.cancel(intentId))
  await story.run({ ms: 3_000 })
  expect((await Promise.all(asks)).map(({ ok }) => ok)).toEqual([true, true])
  expect(exchange.openOrders(FOLLOWER)).toEqual([])
  // The copy is forgone and not made again; what was cancelled is over.
  await story.run({ ms: 20_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['canceled', 'canceled'])
  for (const intentId of [...resting, 'of nobody' as IntentId])
    expect(await hands.cancel(intentId)).toMatchObject({ error: { kind: 'over' } })
  expect([story.held, story.violations]).toEqual(['0', []])
})
