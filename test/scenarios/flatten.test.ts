import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { NO_FAULTS } from '../simulation/faults.ts'
import { FOLLOWER, LINK, Story } from '../simulation/story.ts'
import { trade } from '../simulation/traders.ts'

const RESTING = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const

test('[HD20] [WA27] a flattened account opens nothing, whoever set its links up, until it is resumed', async () => {
  for (const setUpBy of ['file', 'people'] as const) {
    const story = await Story.begin({ seed: 220, setUpBy })
    story.leader('buy', '0.010')
    await story.run({ ms: 2_000 })
    expect(await story.flatten()).toEqual({ ok: true, value: { orders: 1, left: [] } })
    expect(story.held).toBe('0')
    story.leader('sell', '0.010')
    await story.run({ ms: 1_000 })
    // The leader was flat: nothing but the flatten keeps the next copy from being made.
    story.simulation.restart({ afterMs: 500 })
    await story.run({ ms: 4_000 })
    story.leader('buy', '0.020')
    await story.run({ ms: 3_000 })
    expect([story.held, story.outcomes.at(-1)]).toEqual(['0', 'increase skipped account_flattened'])
    const resumed = story.engine.hands.resume(story.follower)
    await story.run({ ms: 3_000 })
    expect([(await resumed).ok, story.held]).toEqual([true, '0'])
    story.leader('buy', '0.010')
    await story.run({ ms: 3_000 })
    expect(story.held).toBe('0.01')
    const { notices } = story.simulation.judge.ledger
    const told = notices.filter(({ code }) => code === 'account_flattened')
    expect(told.map(({ recovers }) => recovers)).toEqual([null, told[0]?.id])
    expect(story.violations).toEqual([])
  }
})

test('[HD20] an opening whose bytes are held back by the disk is not sent into a flatten', async () => {
  const story = await Story.begin({ seed: 229, commitDelayMs: () => 100 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.leader('buy', '0.010')
  await story.run({ ms: 60 })
  expect(await story.flatten()).toEqual({ ok: true, value: { orders: 1, left: [] } })
  expect(story.orders.map(({ purpose, status }) => `${purpose} ${status}`)).toEqual([
    'entry filled',
    'entry withdrawn',
    'exit filled',
  ])
  expect(story.violations).toEqual([])
})

test('[HD21] what rests is cancelled, by whomever, and what is held is closed, copied or not', async () => {
  const story = await Story.begin({ seed: 221, strategy: { entry: RESTING } })
  const { host, exchange } = story.simulation
  const { bid } = exchange.ticker('BTCUSDT')
  const limitPrice = decimal(`${(bid * 9n) / 10n / 10n ** 18n}`)
  story.leader('buy', '0.010')
  await story.byHand('rests', { limitPrice })
  await story.byHand('own', { quantity: decimal('0.030') })
  trade(host, FOLLOWER, { symbol: 'BTCUSDT', side: 'buy', quantity: decimal('0.005'), limitPrice })
  trade(host, FOLLOWER, { symbol: 'SOLUSDT', side: 'sell', quantity: decimal('5') })
  await story.run({ ms: 2_000 })
  expect(exchange.openOrders(FOLLOWER)).toHaveLength(3)
  expect(await story.flatten()).toMatchObject({ ok: true, value: { orders: 2, left: [] } })
  expect(exchange.openOrders(FOLLOWER)).toEqual([])
  expect(exchange.positions(FOLLOWER).filter(({ quantity }) => quantity !== 0n)).toEqual([])
  expect(story.violations).toEqual([])
})

test('[HD22] copies that are on their way when it begins are closed as well', async () => {
  // The bytes have left, the answer is late: the copy trades behind the first look.
  const story = await Story.begin({ seed: 222 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.simulation.faults.delayRequest('order.create', { ms: 1_500, times: 1 })
  story.leader('buy', '0.020')
  await story.run({ ms: 100 })
  expect(story.orders.map(({ status }) => status)).toEqual(['filled', 'submitted'])
  const flattened = await story.flatten()
  expect(flattened).toMatchObject({ ok: true, value: { left: [] } })
  expect(story.held).toBe('0')
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[HD23] flattening twice closes once', async () => {
  const story = await Story.begin({ seed: 223 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const both = [story.flatten(), story.flatten()]
  const closed = (await Promise.all(both)).map(result => (result.ok ? result.value.orders : -1))
  expect(closed.sort()).toEqual([0, 1])
  expect(await story.flatten()).toEqual({ ok: true, value: { orders: 0, left: [] } })
  expect([story.held, story.accepted.length]).toEqual(['0', 2])
  expect(story.violations).toEqual([])
})

test('[HD23] a close in doubt is made again a few times, and closes what there is once', async () => {
  // The venue takes each of them and says nothing: no answer, no report, no look at the account.
  const story = await Story.begin({ seed: 228 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const { faults } = story.simulation
  faults.dropAnswer('order.create', { times: 100 })
  faults.rates = { ...NO_FAULTS, readFailed: 1 }
  story.deafen(FOLLOWER)
  const flattened = await story.flatten()
  expect(flattened.ok ? flattened.value.orders : 0).toBe(3)
  expect(flattened.ok ? flattened.value.left[0] : null).toMatchObject({ quantity: decimal('0.01') })
  faults.rates = NO_FAULTS
  story.simulation.calm()
  await story.run({ ms: 60_000 })
  expect(story.held).toBe('0')
  expect(await story.flatten()).toEqual({ ok: true, value: { orders: 0, left: [] } })
  expect(story.violations).toEqual([])
})

test('[HD24] what the venue does not close is told with what to do, and entries stay blocked', async () => {
  const story = await Story.begin({ seed: 224 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.simulation.host.act(exchange => exchange.setMaintenance(true))
  const flattened = await story.flatten()
  const position = { instrumentId: 'bybit:BTCUSDT', quantity: decimal('0.01') }
  const resting = { instrumentId: null, message: expect.stringContaining('did not say what rests') }
  expect(flattened).toMatchObject({ ok: true, value: { orders: 3, left: [position, resting] } })
  expect(story.notices).toContain('flatten_incomplete')
  story.simulation.host.act(exchange => exchange.setMaintenance(false))
  expect(await story.flatten()).toMatchObject({ ok: true, value: { left: [] } })
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[HD25] no price is needed to flatten', async () => {
  const story = await Story.begin({ seed: 225 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const market = story.simulation.process?.venue.market
  if (market !== undefined) market.silent = true
  await story.run({ ms: 15_000 })
  expect(await story.flatten()).toEqual({ ok: true, value: { orders: 1, left: [] } })
  expect(story.held).toBe('0')
})

test('[HD26] a crash in the middle leaves entries blocked, and who flattens again ends it', async () => {
  const story = await Story.begin({ seed: 226, setUpBy: 'people', commitDelayMs: () => 20 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const { hands } = story.engine
  const blocked = hands.block(story.follower)
  await story.run({ ms: 50 })
  expect((await blocked).ok).toBe(true)
  void hands.close(story.follower)
  await story.run({ ms: 5 })
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 5_000 })
  story.leader('buy', '0.010')
  await story.run({ ms: 3_000 })
  expect(story.outcomes.at(-1)).toBe('increase skipped account_flattened')
  expect(await story.flatten()).toMatchObject({ ok: true, value: { left: [] } })
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[HD27] nobody is flattened whom nothing can be sent for, and its entries are blocked all the same', async () => {
  const story = await Story.begin({ seed: 227, setUpBy: 'people' })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.simulation.host.setKey(FOLLOWER, 'revoked')
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 3_000 })
  const flattened = await story.flatten()
  expect(flattened).toMatchObject({ ok: true, value: { orders: 0 } })
  expect(flattened.ok ? flattened.value.left.map(({ instrumentId }) => instrumentId) : []).toEqual([
    'bybit:BTCUSDT',
    null,
  ])
  expect(story.notices).toContain('flatten_incomplete')
  expect(story.engine.roster().links.map(({ id, mode }) => `${id} ${mode}`)).toEqual([`${LINK} on`])
})
