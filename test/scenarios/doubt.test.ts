import { expect, test } from 'vitest'
import { NO_FAULTS } from '../simulation/faults.ts'
import { FOLLOWER, Story } from '../simulation/story.ts'

test('[EX20] a lost order answer never places a second order', async () => {
  // The venue takes the order but its answer and its reports are lost. We must ask, not send again.
  const story = await Story.begin({ seed: 7 })
  const { faults } = story.simulation
  faults.dropAnswer('order.create', { times: 1 })
  faults.rates = { ...NO_FAULTS, readFailed: 1 }
  story.deafen(FOLLOWER)
  story.leader('buy', '0.010')
  await story.run({ ms: 20_000 })
  expect(story.orders.map(order => order.status)).toEqual(['in_doubt'])
  faults.rates = NO_FAULTS
  story.simulation.calm()
  await story.run({ ms: 30_000 })
  expect(story.orders.map(order => order.status)).toEqual(['filled'])
  expect(story.accepted).toHaveLength(1)
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[EX60] a doubt that outlasts a restart is told to a person', async () => {
  // The venue answers no question, neither before nor after the restart. Who looks must learn of it.
  const story = await Story.begin({ seed: 60 })
  const { faults } = story.simulation
  faults.dropAnswer('order.create', { times: 1 })
  faults.rates = { ...NO_FAULTS, readFailed: 1 }
  story.deafen(FOLLOWER)
  story.leader('buy', '0.010')
  await story.run({ ms: 10_000 })
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 50_000 })
  expect(story.orders.map(order => order.status)).toEqual(['in_doubt'])
  expect(story.notices.filter(code => code === 'order_lost')).toHaveLength(1)
})

test('[EX21] an order that never arrived is tried again once its absence is proven, while its increase is valid', async () => {
  // No byte reached the venue. Only when it can no longer take the request may another one be made.
  const story = await Story.begin({ seed: 8 })
  story.simulation.faults.dropRequest('order.create', { times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 4_000 })
  expect(story.accepted).toHaveLength(0)
  await story.run({ ms: 30_000 })
  expect(story.orders.map(order => order.status)).toEqual(['never_accepted', 'filled'])
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[EX22] what is proven absent after its increase has ended is forgone', async () => {
  // The doubt outlasts the increase: nothing is bought late, and the decision says so.
  const story = await Story.begin({ seed: 9, strategy: { maxAgeMs: 5_000 } })
  story.simulation.faults.dropRequest('order.create', { times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 40_000 })
  expect(story.orders.map(order => order.status)).toEqual(['never_accepted'])
  expect(story.outcomes).toEqual(['increase forgone never_accepted'])
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[EX23] an order that arrives late, within its deadline, is found and adopted', async () => {
  // The first questions find nothing: that is no proof, because the venue may still take the request.
  const story = await Story.begin({ seed: 10 })
  story.simulation.faults.delayRequest('order.create', { ms: 1_900, times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 30_000 })
  expect(story.accepted).toHaveLength(1)
  expect(story.orders.map(order => order.status)).toEqual(['filled'])
  expect(story.violations).toEqual([])
})

test('[EX24] a request that arrives after its deadline is refused by the venue and never trades', async () => {
  const story = await Story.begin({ seed: 11, strategy: { maxAgeMs: 3_000 } })
  story.simulation.faults.delayRequest('order.create', { ms: 5_000, times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 40_000 })
  expect(story.accepted).toHaveLength(0)
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[EX25] a doubtful opening never blocks an exit', async () => {
  // The follower holds 0.010 for certain and perhaps another 0.010. The leader closes: what is certain goes at once.
  const story = await Story.begin({ seed: 12 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.simulation.faults.dropRequest('order.create', { times: 1 })
  story.leader('buy', '0.010')
  await story.run({ ms: 500 })
  story.leader('sell', '0.020')
  await story.run({ ms: 500 })
  expect(story.held).toBe('0')
  await story.run({ ms: 40_000 })
  expect(story.held).toBe('0')
  expect(story.orders.map(order => order.status)).toContain('never_accepted')
  expect(story.violations).toEqual([])
})

test('[EX26] a disk that takes too long makes the sender give up, never the venue accept late', async () => {
  // The stamp is fixed before the disk is asked: two seconds of disk are more than the stamp allows.
  let slowMs = 0
  const story = await Story.begin({ seed: 13, strategy: { maxAgeMs: 2_500 }, commitDelayMs: () => slowMs })
  slowMs = 2_000
  story.leader('buy', '0.010')
  await story.run({ ms: 2_500 })
  slowMs = 0
  await story.run({ ms: 30_000 })
  expect(story.orders.map(order => order.status)).toContain('withdrawn')
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[EX27] reports that come twice, late and out of order count once', async () => {
  const story = await Story.begin({ seed: 14 })
  const { faults } = story.simulation
  faults.rates = { ...faults.rates, reportTwice: 0.7, reportDelayed: 0.7 }
  for (const side of ['buy', 'sell', 'buy'] as const) {
    story.leader(side, '0.300')
    await story.run({ ms: 3_000 })
  }
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0.3')
  expect(story.violations).toEqual([])
})

const HOUR_MS = 3_600_000
/** Nobody compares the accounts: what is overdue must be noticed by itself. */
const NEVER_MS = 24 * HOUR_MS

test('[EX40] an overdue report is asked for in time, though somebody sets the clock back', async () => {
  // The venue has taken the order and its reports are lost. By the wall clock it would be an hour until they are overdue.
  const story = await Story.begin({ seed: 15, reconcileEveryMs: NEVER_MS })
  story.deafen(FOLLOWER)
  story.leader('buy', '0.010')
  await story.run({ ms: 500 })
  expect(story.held).toBe('0.01')
  expect(story.orders.map(order => order.status)).toEqual(['submitted'])
  story.simulation.clock.jump(-HOUR_MS)
  await story.run({ ms: 10_000 })
  expect(story.orders.map(order => order.status)).toEqual(['filled'])
  expect(story.violations).toEqual([])
})

test('[EX41] a long doubt becomes a notice, though somebody sets the clock back', async () => {
  const story = await Story.begin({ seed: 16, reconcileEveryMs: NEVER_MS })
  const { faults, clock } = story.simulation
  faults.dropAnswer('order.create', { times: 1 })
  faults.rates = { ...NO_FAULTS, readFailed: 1 }
  story.deafen(FOLLOWER)
  story.leader('buy', '0.010')
  await story.run({ ms: 5_000 })
  clock.jump(-HOUR_MS)
  await story.run({ ms: 35_000 })
  expect(story.notices).toContain('order_lost')
})

test('[EX42] a cancel that was lost is sent again, though somebody sets the clock back', async () => {
  // The leader has turned short: what rests is in the way of it, and its first cancel never arrives.
  const entry = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const
  const story = await Story.begin({ seed: 17, strategy: { entry }, reconcileEveryMs: NEVER_MS })
  story.leader('buy', '0.100')
  await story.run({ ms: 2_000 })
  story.simulation.faults.dropRequest('order.cancel', { times: 1 })
  story.leader('sell', '0.120')
  await story.run({ ms: 500 })
  story.simulation.clock.jump(-HOUR_MS)
  await story.run({ ms: 10_000 })
  expect(story.orders[0]?.status).toBe('canceled')
  expect(story.violations).toEqual([])
})
