import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { LinkId, StrategyId } from '../../src/domain/ids.ts'
import { buy, SignalStory, SOURCE, sell, target } from '../simulation/signal-story.ts'

test('[SG7] a signal without a price takes the mark, and is refused when there is none for ten seconds', async () => {
  const hook = await SignalStory.begin({ seed: 73 })
  const { story } = hook
  const priced = hook.signal(buy('0.010'), { signalPrice: decimal('59000') })
  await hook.send(priced)
  expect(hook.fillOf(priced)?.fillPrice).toBe(decimal('59000'))
  const marked = hook.signal(buy('0.010'))
  const mark = story.simulation.exchange.mark('BTCUSDT')
  await hook.send(marked)
  expect(Number(hook.fillOf(marked)?.fillPrice) / Number(mark)).toBeCloseTo(1, 2)
  hook.silence()
  await story.run({ ms: 15_000 })
  const late = hook.signal(buy('0.010'))
  expect((await hook.send(late)).ok).toBe(true)
  await story.run({ ms: 11_000 })
  expect(hook.stateOf(late)).toBe('refused market_stale')
  expect(hook.book).toBe('0.02')
})

test('[SG15] a signal that only reduces is never lost for a price: it goes at what its book paid', async () => {
  // The venue's public prices are away: just then somebody wants to be out.
  for (const close of [target('0'), sell('0.020')]) {
    const hook = await SignalStory.begin({ seed: 81 })
    const { story } = hook
    await hook.send(hook.signal(buy('0.020'), { signalPrice: decimal('59000') }))
    await story.run({ ms: 2_000 })
    hook.silence()
    await story.run({ ms: 15_000 })
    const exit = hook.signal(close)
    await hook.send(exit)
    await story.run({ ms: 4_000 })
    expect(hook.stateOf(exit)).toBe('applied')
    expect([hook.book, story.held]).toEqual(['0', '0'])
    expect(hook.fillOf(exit)?.fillPrice).toBe(decimal('59000'))
    expect(story.violations).toEqual([])
  }
})

test('[SG16] a signal that was answered and is refused after all is told to a person', async () => {
  const hook = await SignalStory.begin({ seed: 82 })
  const { story } = hook
  await hook.send(hook.signal(buy('0.010'), { signalPrice: decimal('59000') }))
  hook.silence()
  await story.run({ ms: 15_000 })
  const turn = hook.signal(target('-0.010'))
  await hook.send(turn)
  await story.run({ ms: 11_000 })
  expect(hook.stateOf(turn)).toBe('refused market_stale')
  expect(story.simulation.judge.ledger.notices).toContainEqual(
    expect.objectContaining({
      code: 'signal_refused',
      accountId: 'virtual',
      details: expect.objectContaining({ signal: turn.externalId, reason: 'market_stale' }),
    }),
  )
})

test('[SG14] a removed source refuses what still waits for its price', async () => {
  const hook = await SignalStory.begin({ seed: 80 })
  const { story } = hook
  hook.silence()
  await story.run({ ms: 15_000 })
  const signal = hook.signal(buy('0.010'))
  await hook.send(signal)
  const removed = await story.change(
    { kind: 'remove', id: 'hooked' as LinkId },
    { kind: 'remove', id: 'by-hook' as StrategyId },
    { kind: 'remove', id: SOURCE },
  )
  expect(removed.ok).toBe(true)
  await story.run({ ms: 1_000 })
  expect(hook.stateOf(signal)).toBe('refused source_removed')
  expect(story.notices).toContain('signal_refused')
})
