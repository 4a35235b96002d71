import { expect, test } from 'vitest'
import { decimal, formatDecimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { LEADER } from '../simulation/configuration.ts'
import { NO_FAULTS } from '../simulation/faults.ts'
import { noticesOf, Onlooker } from '../simulation/onlooker.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { FOLLOWER, Story } from '../simulation/story.ts'
import { leaderTrades, ownerTrades, trade } from '../simulation/traders.ts'

const DAY_MS = 86_400_000

test('[WA30] nothing is shown before it is durable, and what one event changes is told together', async () => {
  // The disk takes its time: the app must not be ahead of what a crash would leave.
  let diskMs = 0
  const story = await Story.begin({ seed: 81, commitDelayMs: () => diskMs })
  const onlooker = new Onlooker(story.simulation, LEADER)
  diskMs = 500
  story.leader('buy', '0.010')
  await story.run({ ms: 400 })
  expect(onlooker.positions).toEqual([])
  expect(onlooker.watching.view()?.positions).toEqual([])
  await story.run({ ms: 200 })
  expect(onlooker.positions).toEqual(['BTCUSDT long 0.01'])
  expect(onlooker.kinds).toContain('positions pnl')
})

test('[WA33] what an owner does on the venue itself is shown like everything else, and as theirs', async () => {
  const story = await Story.begin({ seed: 82 })
  const onlooker = new Onlooker(story.simulation, FOLLOWER)
  const before = must(onlooker.balances[0], 'USDT').total
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.owner('sell', '0.004')
  await story.run({ ms: 2_000 })
  const resting = { symbol: 'BTCUSDT', side: 'buy', limitPrice: decimal('1000') } as const
  trade(story.simulation.host, FOLLOWER, { ...resting, quantity: decimal('0.02') })
  await story.run({ ms: 2_000 })
  expect(onlooker.orders).toEqual([
    'buy 0.01 filled lockstep',
    'sell 0.004 filled venue',
    'buy 0.02 open venue',
  ])
  expect(onlooker.positions).toEqual(['BTCUSDT long 0.006'])
  expect(must(onlooker.balances[0], 'USDT').total).not.toBe(before)
  story.simulation.host.act((exchange, at) => exchange.cancelAll(FOLLOWER, null, at))
  await story.run({ ms: 2_000 })
  expect(onlooker.orders.at(-1)).toBe('buy 0.02 canceled venue')
  expect(onlooker.differences).toEqual([])
})

test('[WA34] a position that turns ends on one side and begins on the other', async () => {
  const story = await Story.begin({ seed: 83 })
  const onlooker = new Onlooker(story.simulation, LEADER)
  story.leader('buy', '0.010')
  await story.run({ ms: 1_000 })
  story.leader('sell', '0.030')
  await story.run({ ms: 1_000 })
  expect(onlooker.positions).toEqual(['BTCUSDT short 0.02'])
  story.leader('buy', '0.020')
  await story.run({ ms: 1_000 })
  expect(onlooker.positions).toEqual([])
  expect(onlooker.watching.view()?.positions).toEqual([])
})

test('[WA34] whatever the streams do, everybody sees at last what the store holds', async () => {
  // Reports are lost, late, doubled and out of order, streams break, the owner trades too.
  const story = await Story.begin({ seed: 84 })
  const { simulation } = story
  const onlookers = [LEADER, FOLLOWER].map(account => new Onlooker(simulation, account))
  const random = new SeededRandom(84)
  simulation.faults.rates = { ...NO_FAULTS, reportLost: 0.1, reportDelayed: 0.2, reportTwice: 0.2 }
  for (let round = 0; round < 60; round += 1) {
    leaderTrades(simulation.host, random)
    if (random.chance(0.3)) ownerTrades(simulation.host, FOLLOWER, random)
    if (random.chance(0.1)) simulation.streamOf(random.pick([LEADER, FOLLOWER]))?.drop(500)
    await story.run({ ms: 700 })
  }
  simulation.faults.rates = NO_FAULTS
  await story.run({ ms: 60_000 })
  simulation.host.still = true
  await story.run({ ms: 5_000 })
  for (const onlooker of onlookers) expect(onlooker.differences).toEqual([])
  const held = [...simulation.judge.ledger.positions.values()].filter(({ quantity }) => quantity !== ZERO)
  const stored = held.map(({ quantity }) => formatDecimal(quantity).replace('-', '')).sort()
  const shown = onlookers.flatMap(({ positions }) => positions.map(text => text.split(' ')[2]))
  expect(stored.length).toBeGreaterThan(1)
  expect(shown.sort()).toEqual(stored)
  expect(story.violations).toEqual([])
})

test("[WA35] the day's gain is that of its trades after fees, also over a restart, and ends with the day", async () => {
  const story = await Story.begin({ seed: 85 })
  const { simulation } = story
  story.leader('buy', '0.100')
  await story.run({ ms: 5_000 })
  story.leader('sell', '0.060')
  await story.run({ ms: 3_000 })
  const fills = [...simulation.judge.truth.fills.values()].filter(({ account }) => account === LEADER)
  expect(fills.length).toBeGreaterThan(1)
  const { realizedPnl, fees } = simulation.exchange.position(LEADER, 'BTCUSDT')
  const before = new Onlooker(simulation, LEADER)
  expect(before.pnl?.realizedToday).toBe(subtract(realizedPnl, fees))
  simulation.restart({ afterMs: 500 })
  await story.run({ ms: 10_000 })
  const after = new Onlooker(simulation, LEADER)
  expect(after.pnl?.realizedToday).toBe(before.pnl?.realizedToday)
  story.leader('sell', '0.040')
  await story.run({ ms: 3_000 })
  expect(after.positions).toEqual([])
  simulation.host.still = true
  await story.run({ ms: DAY_MS - (simulation.clock.now() % DAY_MS) + 1_000 })
  expect(after.pnl?.realizedToday).toBe(ZERO)
})

test('[WA36] marks that move are told at most ten times a second, and to nobody when nobody looks', async () => {
  const story = await Story.begin({ seed: 86 })
  const onlooker = new Onlooker(story.simulation, LEADER)
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  const from = onlooker.told.length
  // The exchange moves its prices once a second.
  await story.run({ ms: 10_000 })
  const told = onlooker.kinds.slice(from)
  expect(told.filter(kinds => kinds.includes('pnl')).length).toBeGreaterThan(8)
  expect(told.length).toBeLessThan(25)
  expect(onlooker.pnl?.unrealized).not.toBeNull()
  onlooker.watching.end()
  const until = onlooker.told.length
  await story.run({ ms: 10_000 })
  expect(onlooker.told).toHaveLength(until)
})

test('[WA36] without a mark nobody knows the gain, and a price of a while ago is not shown for it', async () => {
  const story = await Story.begin({ seed: 87 })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  const onlooker = new Onlooker(story.simulation, LEADER)
  must(story.simulation.process, 'runs').venue.market.silent = true
  await story.run({ ms: 20_000 })
  expect(onlooker.pnl).toMatchObject({ unrealized: null, equity: null })
  expect(onlooker.watching.view()?.positions).toMatchObject([{ markPrice: null, unrealizedPnl: null }])
})

test('[WA37] a session that is replaced keeps its watchers, who see everything anew', async () => {
  const story = await Story.begin({ seed: 88 })
  const { simulation } = story
  const onlooker = new Onlooker(simulation, FOLLOWER)
  const accounts = [...must(simulation.process?.engine, 'runs').context.state.accounts.values()]
  const account = must(
    accounts.find(each => each.account.name === FOLLOWER),
    FOLLOWER,
  )
  const reset = simulation.process?.engine?.sessions.reset(account, 'the key changed')
  // Traded while nobody listens.
  story.owner('buy', '0.050')
  await story.run({ ms: 5_000 })
  await reset
  expect(onlooker.states).toEqual(['closed', 'connecting', 'syncing', 'live'])
  expect(onlooker.kinds).toContain('replaced')
  expect(onlooker.positions).toEqual(['BTCUSDT long 0.05'])
  expect(onlooker.watching.state).toBe('live')
  expect(onlooker.differences).toEqual([])
})

test('[WA39] how an order ended is shown also where only asking brought it to light', async () => {
  // Its answer is lost and its stream says nothing: the order is in doubt until the venue is asked.
  const story = await Story.begin({ seed: 89 })
  const onlooker = new Onlooker(story.simulation, FOLLOWER)
  story.deafen(FOLLOWER)
  story.simulation.faults.dropAnswer('order.create', { times: 1 })
  story.leader('buy', '0.010')
  for (let step = 0; step < 100 && story.orders[0]?.status !== 'filled'; step += 1)
    await story.run({ ms: 50 })
  expect(onlooker.orders).toEqual(['buy 0.01 filled lockstep'])
})

test('[WA39] an order that ended while its stream was down is shown as it ended', async () => {
  const entry = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const
  const story = await Story.begin({ seed: 93, strategy: { entry } })
  const { simulation } = story
  const onlooker = new Onlooker(simulation, FOLLOWER)
  story.leader('buy', '0.100')
  await story.run({ ms: 2_000 })
  expect(onlooker.orders).toEqual(['buy 0.1 open lockstep'])
  simulation.streamOf(FOLLOWER)?.drop(1_000)
  simulation.host.act((exchange, at) => exchange.cancelAll(FOLLOWER, null, at))
  await story.run({ ms: 5_000 })
  expect(onlooker.orders).toEqual(['buy 0.1 canceled lockstep'])
})

test('[WA41] a comparison with the venue tells what it changed, and nothing when it changed nothing', async () => {
  const story = await Story.begin({ seed: 90 })
  const { simulation } = story
  const onlooker = new Onlooker(simulation, LEADER)
  await story.run({ ms: 30_000 })
  expect(onlooker.told).toEqual([])
  // The stream looks alive and says nothing: an order rests, and is gone again, without a word.
  const resting = { symbol: 'BTCUSDT', side: 'buy', limitPrice: decimal('1000') } as const
  trade(simulation.host, LEADER, { ...resting, quantity: decimal('0.02') })
  await story.run({ ms: 2_000 })
  story.deafen(LEADER)
  simulation.host.act((exchange, at) => exchange.cancelAll(LEADER, null, at))
  await story.run({ ms: 25_000 })
  expect(onlooker.kinds).toContain('replaced')
  expect(onlooker.orders).toEqual([])
})

test('[WA44] a notice is told when it is durable', async () => {
  const story = await Story.begin({ seed: 91 })
  const codes = noticesOf(story.simulation)
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  story.owner('sell', '0.100')
  await story.run({ ms: 3_000 })
  expect(codes).toEqual(story.notices)
  expect(codes).toContain('foreign_reduction')
})

test('[WA45] a listener that fails harms neither trading nor those who listen too', async () => {
  const story = await Story.begin({ seed: 92 })
  const engine = must(story.simulation.process?.engine, 'runs')
  for (const id of engine.context.state.accounts.keys()) {
    const fail = () => {
      throw new Error('a listener of this test')
    }
    engine.watch.watch(id, 'a bug', { changed: fail, state: fail })
  }
  const onlooker = new Onlooker(story.simulation, FOLLOWER)
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.01')
  expect(onlooker.positions).toEqual(['BTCUSDT long 0.01'])
})
