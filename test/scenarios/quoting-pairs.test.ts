import { describe, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { LEG_A, LEG_B, PairStory } from '../simulation/pair-story.ts'

describe('quote cycle', () => {
  const quoting = { makerTimeoutMs: 5_000 }

  test('[HG14] [HG15] A buys, B follows, A sells, B follows, and so on', async () => {
    const story = await PairStory.begin({ seed: 310, quoting: { ...quoting, maximumCycles: 2 } })
    await story.run({ ms: 600_000 })
    expect(story.state).toMatchObject({ pause: 'finished', cycles: 2, phase: 'paused' })
    expect(story.held).toEqual(['0', '0'])
    expect(story.rounds.length).toBeGreaterThanOrEqual(4)
    expect(story.notices).toContain('pair_finished')
    const again = story.resume()
    await story.run({ ms: 600_000 })
    expect([(await again).ok, story.state.cycles]).toEqual([true, 4])
    expect(story.violations).toEqual([])
  })

  test('[HG12] [HG13] a pause by hand cancels the quote and outlives a restart; what is held stays hedged', async () => {
    const story = await PairStory.begin({ seed: 311, quoting })
    const { exchange } = story.simulation
    for (let tries = 0; tries < 50 && exchange.openOrders(LEG_A).length === 0; tries += 1)
      await story.run({ ms: 100 })
    expect(exchange.openOrders(LEG_A)).toHaveLength(1)
    const paused = story.engine.pairHands.pause(story.id)
    await story.run({ ms: 2_000 })
    expect([(await paused).ok, exchange.openOrders(LEG_A)]).toEqual([true, []])
    story.simulation.restart({ afterMs: 500 })
    await story.run({ ms: 10_000 })
    expect([story.state.pause, exchange.openOrders(LEG_A)]).toEqual(['by_hand', []])
    story.tradeA('buy', '0.004')
    await story.run({ ms: 2_000 })
    expect(story.held[0].replace('-', '')).toBe(story.held[1].replace('-', ''))
    expect(story.violations).toEqual([])
  })

  test('[HG7] while B cannot be hedged A does not quote', async () => {
    const story = await PairStory.begin({ seed: 312, quoting, depositB: '1' })
    await story.run({ ms: 120_000 })
    const { exchange } = story.simulation
    expect(
      story.state.pause === 'hedge_failed' ||
        story.state.pause === 'force_closed' ||
        story.rounds.length === 0,
    ).toBe(true)
    expect(exchange.position(LEG_B, 'BTCUSDT').quantity).toBe(decimal('0'))
    expect(story.violations).toEqual([])
  })
})

test('[HG19] behind a restart it is known when the legs last traded: what that trade balanced was over with it', async () => {
  const story = await PairStory.begin({ seed: 321 })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 1_000 })
  const { endedAt } = story.rounds[0] ?? {}
  expect(endedAt).toEqual(expect.any(Number))
  story.simulation.restart({ afterMs: 100 })
  await story.run({ ms: 3_000 })
  expect(story.runtime.lastTradeAt).toBe(endedAt)
})
