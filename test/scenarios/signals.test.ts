import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { type AccountId, instrumentId, type SignalId, type SourceId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { buy, SignalStory, target } from '../simulation/signal-story.ts'

test('[SG4] a signal moves its own book and is copied the way a leader’s trade is', async () => {
  const hook = await SignalStory.begin({ seed: 70 })
  const { story } = hook
  expect((await hook.send(hook.signal(buy('0.030')))).ok).toBe(true)
  await hook.send(hook.signal(target('0.010')))
  await story.run({ ms: 2_000 })
  expect(hook.book).toBe('0.01')
  expect(story.held).toBe('0.01')
  expect(story.outcomes).toEqual(['increase copied copied', 'reduce copied copied'])
  expect(story.violations).toEqual([])
})

test('[SG5] a signal that was answered is applied once, also when the process dies before its trade is durable', async () => {
  const hook = await SignalStory.begin({ seed: 71, commitDelayMs: () => 50 })
  const { story } = hook
  const signal = hook.signal(buy('0.010'))
  expect((await hook.send(signal, 60)).ok).toBe(true)
  expect(hook.stateOf(signal)).toBe('pending')
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 10_000 })
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 10_000 })
  expect(hook.stateOf(signal)).toBe('applied')
  expect(hook.book).toBe('0.01')
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[SG6] the same id and body gets the first answer again, another body is refused, also after a restart', async () => {
  const hook = await SignalStory.begin({ seed: 72 })
  const { story } = hook
  const signal = hook.signal(buy('0.010'))
  await hook.send(signal)
  for (const again of [1, 2]) {
    const same = await hook.send({ ...signal, id: `again-${again}` as SignalId })
    expect(same).toMatchObject({ ok: true, value: { id: signal.id, status: 'applied' } })
    const other = await hook.send({ ...signal, id: `other-${again}` as SignalId, digest: 'said otherwise' })
    expect(other).toMatchObject({ ok: false, error: { kind: 'conflict' } })
    story.simulation.restart({ afterMs: 500 })
    await story.run({ ms: 5_000 })
  }
  expect(hook.book).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[SG8] signals of one book are applied in the order in which they came', async () => {
  // The first one waits for a price; the second has one, and means what is there after the first.
  const hook = await SignalStory.begin({ seed: 74 })
  const { story } = hook
  hook.silence()
  await story.run({ ms: 15_000 })
  const first = hook.signal(buy('0.030'))
  const second = hook.signal(target('0.010'), { signalPrice: decimal('59000') })
  await hook.send(first)
  await hook.send(second)
  expect([hook.stateOf(first), hook.stateOf(second)]).toEqual(['pending', 'pending'])
  must(story.simulation.process, 'a process runs').venue.market.silent = false
  await story.run({ ms: 3_000 })
  expect([hook.stateOf(first), hook.stateOf(second)]).toEqual(['applied', 'applied'])
  expect(hook.book).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[SG9] a signal that is too old opens nothing and always closes', async () => {
  const hook = await SignalStory.begin({ seed: 75, strategy: { maxAgeMs: 5_000 } })
  const { story } = hook
  await hook.send(hook.signal(buy('0.020')))
  const old = { at: story.simulation.clock.now() - 60_000 }
  await hook.send(hook.signal(buy('0.020'), old))
  await hook.send(hook.signal(target('0'), old))
  await story.run({ ms: 3_000 })
  expect(story.outcomes).toEqual(['increase copied copied', 'increase forgone stale', 'reduce copied copied'])
  expect(story.held).toBe('0')
  expect(story.violations).toEqual([])
})

test('[SG10] what cannot be done is refused in words before anything is stored', async () => {
  const hook = await SignalStory.begin({ seed: 76 })
  const { story } = hook
  const venueSource = must(story.engine.roster().sources[0], 'the leader is a source')
  const refused = [
    hook.signal(buy('0.010'), { sourceId: 'nobody' as SourceId }),
    hook.signal(buy('0.010'), { sourceId: venueSource.id }),
    hook.signal(buy('0.010'), { instrumentId: instrumentId('bybit', 'NOSUCHUSDT') }),
    hook.signal(buy('0.010'), { instrumentId: instrumentId('okx', 'BTCUSDT') }),
    hook.signal(buy('0')),
    hook.signal(buy('0.010'), { signalPrice: decimal('-1') }),
  ]
  const answers = await Promise.all(refused.map(signal => story.engine.signals.take(signal)))
  expect(
    answers.map(answer => (answer.ok ? 'taken' : `${answer.error.kind}: ${answer.error.message}`)),
  ).toEqual([
    'unknown: There is no such source for signals. Look at the list of sources.',
    'unknown: There is no such source for signals. Look at the list of sources.',
    'invalid: bybit does not list bybit:NOSUCHUSDT. Name a symbol of that venue.',
    'invalid: bybit does not list okx:BTCUSDT. Name a symbol of that venue.',
    'invalid: A quantity, a notional and a price are above zero.',
    'invalid: A quantity, a notional and a price are above zero.',
  ])
  await story.change({ kind: 'set_status', id: 'virtual' as AccountId, status: 'inactive' })
  expect(await story.engine.signals.take(hook.signal(buy('0.010')))).toMatchObject({
    error: { kind: 'invalid', message: 'The source is inactive. Set its account active.' },
  })
  expect(story.simulation.judge.ledger.signals.size).toBe(0)
})

test('[SG11] a disk that fails answers nothing as taken; sent again with its id it acts once', async () => {
  for (const durable of [true, false]) {
    const hook = await SignalStory.begin({ seed: 77 })
    const { story } = hook
    const signal = hook.signal(buy('0.010'))
    story.simulation.store.failNext({ durable })
    expect(await hook.send(signal)).toMatchObject({ error: { kind: 'unavailable' } })
    await story.run({ ms: 5_000 })
    expect((await hook.send({ ...signal, id: 'again' as SignalId })).ok).toBe(true)
    await story.run({ ms: 2_000 })
    expect(hook.book).toBe('0.01')
    expect(story.held).toBe('0.01')
    expect(story.violations).toEqual([])
  }
})

test('[SG12] a leader of signals has no session, and whoever is sized by its equity is told that it is unknown', async () => {
  const sizing = { kind: 'equity_ratio', inverse: false, ratio: decimal('1') } as const
  const hook = await SignalStory.begin({ seed: 78, strategy: { sizing } })
  const { story } = hook
  await hook.send(hook.signal(buy('0.010')))
  expect(story.engine.context.state.accounts.get('virtual' as AccountId)?.session).toBeNull()
  expect(story.outcomes).toEqual(['increase skipped equity_unknown'])
  expect(story.violations).toEqual([])
})

test('[SG13] more than a thousand signals that wait are told to come again', async () => {
  const hook = await SignalStory.begin({ seed: 79 })
  const { story } = hook
  hook.silence()
  await story.run({ ms: 15_000 })
  const answers = Array.from({ length: 1_001 }, () => story.engine.signals.take(hook.signal(buy('0.001'))))
  expect(await answers[1_000]).toMatchObject({ error: { kind: 'unavailable' } })
  await story.run({ ms: 1_000 })
  expect((await Promise.all(answers)).filter(({ ok }) => ok)).toHaveLength(1_000)
})
