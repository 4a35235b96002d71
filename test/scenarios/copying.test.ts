import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { NO_FAULTS } from '../simulation/faults.ts'
import { FOLLOWER, Story } from '../simulation/story.ts'

test('[CP50] a flip of the leader makes two decisions: a full reduction, then an increase', async () => {
  const story = await Story.begin({ seed: 41 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.leader('sell', '0.030')
  await story.run({ ms: 5_000 })
  expect(story.outcomes).toEqual(['increase copied copied', 'reduce copied copied', 'increase copied copied'])
  expect(story.held).toBe('-0.02')
  expect(story.violations).toEqual([])
})

test('[CP51] what an owner closes by hand is not bought again until the leader is flat', async () => {
  // A stop-loss and a manual close look the same: a trade that no order of ours stands behind.
  const story = await Story.begin({ seed: 42 })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  story.owner('sell', '0.100')
  await story.run({ ms: 3_000 })
  story.leader('buy', '0.050')
  await story.run({ ms: 5_000 })
  expect(story.held).toBe('0')
  expect(story.outcomes).toContain('increase skipped no_reentry')
  expect(story.notices).toContain('foreign_reduction')
  story.leader('sell', '0.150')
  await story.run({ ms: 3_000 })
  story.leader('buy', '0.020')
  await story.run({ ms: 3_000 })
  expect(story.held).toBe('0.02')
  expect(story.violations).toEqual([])
})

test('[CP52] a part closed by hand lowers what is followed, and the rest follows on', async () => {
  const story = await Story.begin({ seed: 43 })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  story.owner('sell', '0.040')
  await story.run({ ms: 3_000 })
  story.leader('sell', '0.050')
  await story.run({ ms: 5_000 })
  expect(story.held).toBe('0.03')
  expect(story.violations).toEqual([])
})

test('[CP53] close-only takes reductions and no increases', async () => {
  const story = await Story.begin({ seed: 44, mode: 'close_only' })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  expect(story.held).toBe('0')
  expect(story.outcomes).toEqual(['increase skipped mode_close_only'])
  expect(story.violations).toEqual([])
})

test('[CP54] off decides nothing and sends nothing, and the leader is still tracked', async () => {
  const story = await Story.begin({ seed: 45, mode: 'off' })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  expect(story.held).toBe('0')
  expect(story.outcomes).toEqual([])
  expect(story.link?.leaderQuantity).toBe(decimal('0.1'))
  expect(story.violations).toEqual([])
})

test('[CP55] a resting opening in the way is cancelled before the other side is opened', async () => {
  // The leader buys, our limit order rests below; then the leader turns short. Both must not add up.
  const story = await Story.begin({
    seed: 46,
    strategy: { entry: { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } },
  })
  story.leader('buy', '0.100')
  await story.run({ ms: 2_000 })
  expect(story.orders.map(order => order.status)).toEqual(['open'])
  story.leader('sell', '0.120')
  await story.run({ ms: 5_000 })
  const [resting, opening] = story.orders
  expect(resting?.status).toBe('canceled')
  expect(opening?.quantity).toBe(decimal('0.02'))
  expect(story.violations).toEqual([])
})

test('[CP56] increases below the lot are carried until together they can be traded', async () => {
  const story = await Story.begin({
    seed: 47,
    strategy: { sizing: { kind: 'ratio', ratio: decimal('0.1'), inverse: false } },
  })
  for (let count = 0; count < 3; count += 1) {
    story.leader('buy', '0.004')
    await story.run({ ms: 1_000 })
  }
  expect(story.outcomes).toEqual([
    'increase carried below_lot',
    'increase carried below_lot',
    'increase copied copied',
  ])
  expect(story.held).toBe('0.001')
  expect(story.violations).toEqual([])
})

test('[CP57] fifty executions of one leader order make few orders', async () => {
  // A large order of the leader eats through the book; the follower must not answer each bite.
  const story = await Story.begin({ seed: 48 })
  story.leader('buy', '12')
  await story.run({ ms: 5_000 })
  const leaderFills = [...story.simulation.judge.truth.fills.values()].filter(
    fill => fill.account === 'leader',
  )
  expect(leaderFills.length).toBeGreaterThan(10)
  expect(story.orders.length).toBeLessThanOrEqual(2)
  expect(story.violations).toEqual([])
})

test('[CP58] what has no budget for less than a millisecond goes as soon as it has', async () => {
  // A sliding window frees a place after a fraction of a millisecond; our clock may not even show the difference.
  const story = await Story.begin({ seed: 49 })
  story.simulation.faults.rates = { ...NO_FAULTS, noBudget: 0.9 }
  story.leader('buy', '0.100')
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0.1')
  story.leader('sell', '0.100')
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[CP59] what a refused leverage leaves is closed at once', async () => {
  // Closed and opened larger while nothing could be sent: what is held would do, but nothing stands behind it
  // any more when its increase is refused.
  const story = await Story.begin({ seed: 31 })
  const { simulation } = story
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  simulation.restart({ afterMs: 100 })
  await story.run({ ms: 2_000 })
  simulation.faults.rates = { ...NO_FAULTS, leverageRefused: 1 }
  simulation.streamOf(FOLLOWER)?.drop(1_000)
  story.leader('sell', '0.010')
  story.leader('buy', '0.012')
  await story.run({ ms: 5_000 })
  expect(story.outcomes).toContain('increase failed leverage_refused')
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[CP60] a clock that is set back keeps no exit waiting', async () => {
  // The venue refuses the exit once; while its pause lasts somebody sets our clock back by an hour.
  const story = await Story.begin({ seed: 50 })
  story.leader('buy', '0.100')
  await story.run({ ms: 3_000 })
  story.simulation.faults.rates = { ...NO_FAULTS, noBudget: 1 }
  story.leader('sell', '0.100')
  await story.run({ ms: 500 })
  expect(story.held).toBe('0.1')
  story.simulation.clock.jump(-3_600_000)
  story.simulation.faults.rates = NO_FAULTS
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0')
})
