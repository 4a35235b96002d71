import { expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { ManualClock } from '../../src/venues/shared/testing/manual-clock.ts'
import { decision, notice, order } from '../contract/store-rows.ts'
import { FAILPOINTS, FailpointPorts, parseTrap, trapText } from './failpoints.ts'

test('[CH3] a trap is told to a server as text, and no other text is one', () => {
  for (const point of FAILPOINTS) {
    const trap = { point, pass: 3, delayMs: 2 }
    expect(parseTrap(trapText(trap))).toEqual(trap)
  }
  expect(parseTrap('submit.sometime@1+0')).toBeNull()
  expect(parseTrap('submit.before')).toBeNull()
})

test('[CH3] a trap springs once, at its point, at its pass', async () => {
  const clock = new ManualClock()
  const sprung: number[] = []
  let calls = 0
  const ports = new FailpointPorts({ point: 'commit_decision.before', pass: 2, delayMs: 0 }, () =>
    sprung.push(calls),
  )
  const store = ports.store(createMemoryStore({ clock, installationTag: 'testing' }))
  const commit = async (count: number): Promise<void> => {
    calls += 1
    const committed = store.commit([
      { kind: 'decision', row: decision(count) },
      { kind: 'intent_insert', row: order(count) },
    ])
    await clock.advance(1_000)
    expect(await committed).toEqual({ ok: true, value: undefined })
  }
  await commit(1)
  const other = store.commit([{ kind: 'notice', row: notice(1) }])
  await clock.advance(1_000)
  await other
  expect(sprung).toEqual([])
  await commit(2)
  await commit(3)
  expect(sprung).toEqual([2])
})
