import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import { LEADER } from '../simulation/configuration.ts'
import { FOLLOWER, Story } from '../simulation/story.ts'

test('[RC1] killed before its decision is durable, the engine decides again and sends once', async () => {
  // The fill is on its way to the disk when the process dies: nobody but the venue knows of it.
  const story = await Story.begin({ seed: 21, commitDelayMs: () => 50 })
  story.leader('buy', '0.010')
  await story.run({ ms: 40 })
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 30_000 })
  expect(story.accepted).toHaveLength(1)
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[RC2] killed between commit and send, the order is proven absent before another one is made', async () => {
  // The intent is durable, its bytes never left: after the restart that is a doubt like any other.
  const story = await Story.begin({ seed: 22 })
  const { simulation } = story
  const end = simulation.onSend(() => simulation.restart({ afterMs: 500 }))
  simulation.faults.dropRequest('order.create', { times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 100 })
  end()
  expect(story.orders.map(order => order.status)).toEqual(['submitted'])
  await story.run({ ms: 40_000 })
  expect(story.orders.map(order => order.status)).toEqual(['never_accepted', 'filled'])
  expect(story.accepted).toHaveLength(1)
  expect(story.violations).toEqual([])
})

test('[RC3] killed between send and answer, the order is found again and none is sent twice', async () => {
  // The venue has taken the order; the process that sent it is gone.
  const story = await Story.begin({ seed: 23 })
  const { simulation } = story
  const end = simulation.onSend(() => simulation.restart({ afterMs: 500 }))
  story.leader('buy', '0.010')
  await story.run({ ms: 100 })
  end()
  await story.run({ ms: 40_000 })
  expect(story.accepted).toHaveLength(1)
  expect(story.orders.map(order => order.status)).toEqual(['filled'])
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[RC4] what the leader did meanwhile is replayed: late increases are forgone, reductions applied', async () => {
  // Down for longer than an increase is valid. The reduction has no age; the increase has.
  const story = await Story.begin({ seed: 24, strategy: { maxAgeMs: 5_000 } })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  story.simulation.restart({ afterMs: 20_000 })
  story.leader('sell', '0.050')
  story.leader('buy', '0.030')
  await story.run({ ms: 60_000 })
  expect(story.held).toBe('0.05')
  expect(story.outcomes).toContain('increase forgone stale')
  expect(story.violations).toEqual([])
})

test('[RC5] a fill that the dead process had not made durable is counted once', async () => {
  const story = await Story.begin({ seed: 25, commitDelayMs: () => 30 })
  const { simulation } = story
  story.leader('buy', '0.010')
  await story.run({ ms: 120 })
  simulation.restart({ afterMs: 200, chance: 0 })
  await story.run({ ms: 20_000 })
  expect(story.link?.attributed).toBe(story.link?.desired)
  expect(story.violations).toEqual([])
})

test('[RC6] a failing disk stops the engine; what was or was not written is seen at the next start', async () => {
  // The disk says no although it has written: memory may not go on from either belief.
  const story = await Story.begin({ seed: 26 })
  story.simulation.store.failNext({ durable: true })
  story.leader('buy', '0.010')
  await story.run({ ms: 40_000 })
  expect(story.simulation.restarts).toBe(1)
  expect(story.held).toBe('0.01')
  expect(story.accepted).toHaveLength(1)
  expect(story.violations).toEqual([])
})

test('[RC7] what a broken stream swallowed is fetched when it is back', async () => {
  const story = await Story.begin({ seed: 27 })
  for (const account of story.simulation.process?.venue.accounts ?? []) account.stream.drop(4_000)
  story.leader('buy', '0.100')
  await story.run({ ms: 2_000 })
  expect(story.accepted).toHaveLength(0)
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0.1')
  expect(story.violations).toEqual([])
})

test('[RC8] a stream that is alive and says nothing is found out by asking', async () => {
  const story = await Story.begin({ seed: 28 })
  story.deafen(LEADER)
  story.deafen(FOLLOWER)
  story.leader('buy', '0.100')
  await story.run({ ms: 40_000 })
  expect(story.held).toBe('0.1')
  expect(story.violations).toEqual([])
})

test('[RC9] the orders of the last minute count over a restart', async () => {
  // Three a minute are allowed. Crashing must not buy another three.
  const limits = { ...NO_LIMITS, maximumOrdersPerMinute: 3 }
  const story = await Story.begin({ seed: 29, strategy: { limits } })
  for (let count = 0; count < 3; count += 1) {
    story.leader('buy', '0.010')
    await story.run({ ms: 1_000 })
  }
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 5_000 })
  story.leader('buy', '0.010')
  await story.run({ ms: 10_000 })
  expect(story.held).toBe('0.03')
  expect(story.outcomes).toContain('increase skipped risk_order_rate')
  expect(story.violations).toEqual([])
})

test('[RC13] trades that are looked up after a start are not overtaken by younger ones', async () => {
  // The disk is slow and the leader trades on: what it did before memory began must still be counted first.
  const story = await Story.begin({ seed: 33, commitDelayMs: () => 200 })
  story.simulation.restart({ afterMs: 500 })
  for (let trade = 0; trade < 160; trade += 1) {
    await story.run({ ms: 50 })
    story.leader(trade % 2 === 0 ? 'buy' : 'sell', trade % 2 === 0 ? '0.020' : '0.010')
  }
  await story.run({ ms: 30_000 })
  const counted = [...story.simulation.judge.ledger.fills.values()]
    .filter(({ sourceSequence }) => sourceSequence !== null)
    .sort((a, b) => (a.sourceSequence ?? 0) - (b.sourceSequence ?? 0))
    .map(({ fill }) => fill.venueSequence)
  expect(counted).toEqual(counted.toSorted((a, b) => a - b))
  expect(story.held).toBe('0.8')
  expect(story.violations).toEqual([])
})

test('[RC10] what waits when its symbol is forbidden gets its outcome and no order', async () => {
  // Nothing is held yet: only the undecided increase says that this place is the link's.
  const story = await Story.begin({ seed: 30 })
  story.simulation.faults.dropRequest('order.create', { times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 100 })
  story.resetStrategy({ limits: { ...NO_LIMITS, deniedSymbols: ['BTCUSDT'] } }, 100)
  await story.run({ ms: 40_000 })
  expect(story.outcomes).toEqual(['increase skipped symbol_not_allowed'])
  expect(story.accepted).toHaveLength(0)
  expect(story.violations).toEqual([])
})

test('[RC11] what is undone when its symbol is forbidden gets its outcome, with nothing held or desired', async () => {
  // The leader is flat again and the order was never heard of: only the decisions say that work is left.
  const story = await Story.begin({ seed: 31 })
  story.simulation.faults.dropRequest('order.create', { times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 50 })
  story.leader('sell', '0.010')
  await story.run({ ms: 50 })
  story.resetStrategy({ limits: { ...NO_LIMITS, deniedSymbols: ['BTCUSDT'] } }, 100)
  await story.run({ ms: 40_000 })
  expect(story.outcomes).toEqual(['increase forgone replaced', 'reduce skipped nothing_to_reduce'])
  expect(story.violations).toEqual([])
})

test('[RC12] a mode made stricter at a restart cancels what rests', async () => {
  // Far below the market it would rest for ever, and one day be filled against the mode.
  for (const mode of ['close_only', 'off'] as const) {
    const entry = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const
    const story = await Story.begin({ seed: 32, strategy: { entry } })
    story.leader('buy', '0.010')
    await story.run({ ms: 2_000 })
    expect(story.orders.map(({ status }) => status)).toEqual(['open'])
    story.resetStrategy({ mode }, 500)
    await story.run({ ms: 10_000 })
    expect(story.orders.map(({ status }) => status)).toEqual(['canceled'])
    expect(story.violations).toEqual([])
  }
})

test('[RC14] what the leader did meanwhile is copied by equity too, whoever is read first', async () => {
  const sizing = { kind: 'equity_ratio', inverse: false, ratio: decimal('1') } as const
  const story = await Story.begin({ seed: 34, strategy: { sizing } })
  story.simulation.restart({ afterMs: 500 })
  story.leader('buy', '0.020')
  await story.run({ ms: 20_000 })
  expect(story.outcomes).toEqual(['increase copied copied'])
  expect(story.held).toBe('0.02')
  expect(story.violations).toEqual([])
})

test('[CP17] an increase whose age nobody knew when it was decided is not opened when it proves too old', async () => {
  // Our clock is set back by far: until the venue's time is measured again, what the leader does looks young for long.
  const story = await Story.begin({ seed: 61, strategy: { maxAgeMs: 1_000 } })
  story.simulation.clock.jump(-20_000)
  story.leader('buy', '0.010')
  await story.run({ ms: 20_000 })
  expect(story.orders).toEqual([])
  expect(story.outcomes).toEqual(['increase forgone stale'])
  expect(story.violations).toEqual([])
})
