import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import { LINK, STRATEGY, Story } from '../simulation/story.ts'

const RESTING = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const

test('[WA4] a pause ends what waits, calls back what rests, and outlasts a restart', async () => {
  for (const mode of ['close_only', 'off'] as const) {
    const story = await Story.begin({ seed: 53, setUpBy: 'people', strategy: { entry: RESTING } })
    story.leader('buy', '0.010')
    await story.run({ ms: 2_000 })
    expect(story.orders.map(({ status }) => status)).toEqual(['open'])
    await story.change({ kind: 'set_mode', id: LINK, mode })
    await story.run({ ms: 3_000 })
    expect(story.orders.map(({ status }) => status)).toEqual(['canceled'])
    story.simulation.restart({ afterMs: 500 })
    await story.run({ ms: 5_000 })
    story.leader('buy', '0.010')
    await story.run({ ms: 3_000 })
    expect(story.accepted).toHaveLength(1)
    expect(story.violations).toEqual([])
  }
})

test('[WA5] an opening whose bytes are held back by the disk is not sent into a pause', async () => {
  // Decided before the pause, durable behind it: when the disk answers, nobody wants it any more.
  const story = await Story.begin({ seed: 54, setUpBy: 'people', commitDelayMs: () => 100 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  story.leader('buy', '0.010')
  await story.run({ ms: 60 })
  await story.change({ kind: 'set_mode', id: STRATEGY, mode: 'close_only' })
  await story.run({ ms: 5_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['filled', 'withdrawn'])
  expect(story.outcomes).toEqual(['increase copied copied', 'increase skipped mode_close_only'])
  expect(story.violations).toEqual([])
})

test('[WA6] whoever resumes never catches up: the next increase is the first one taken', async () => {
  const story = await Story.begin({ seed: 55, setUpBy: 'people' })
  await story.change({ kind: 'set_mode', id: STRATEGY, mode: 'close_only' })
  story.leader('buy', '0.050')
  await story.run({ ms: 2_000 })
  await story.change({ kind: 'set_mode', id: STRATEGY, mode: 'on' })
  await story.run({ ms: 5_000 })
  expect(story.held).toBe('0')
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.01')
  expect(story.outcomes).toEqual(['increase skipped mode_close_only', 'increase copied copied'])
  expect(story.violations).toEqual([])
})

test('[WA7] a kill switch that is thrown at run time calls back what rests and refuses what comes', async () => {
  const story = await Story.begin({ seed: 56, setUpBy: 'people', strategy: { entry: RESTING } })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const [strategy] = story.engine.roster().strategies
  const row = { ...must(strategy, 'one strategy'), limits: { ...NO_LIMITS, killSwitch: true } }
  await story.change({ kind: 'put_strategy', row })
  await story.run({ ms: 2_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['canceled'])
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.outcomes.at(-1)).toBe('increase skipped kill_switch')
  expect(story.violations).toEqual([])
})

test('[WA8] other sizes and limits count from the next fill on; what is held is never resized', async () => {
  const story = await Story.begin({ seed: 57, setUpBy: 'people' })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const { accountId } = must(story.engine.roster().links[0], 'one link')
  const sizing = { kind: 'ratio', ratio: decimal('3'), inverse: false } as const
  const row = { id: LINK, strategyId: STRATEGY, accountId, mode: 'on', sizing } as const
  await story.change({ kind: 'put_link', row })
  await story.run({ ms: 5_000 })
  expect(story.held).toBe('0.01')
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.04')
  expect(story.violations).toEqual([])
})
