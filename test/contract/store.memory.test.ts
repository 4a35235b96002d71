import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccountId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/store.ts'
import { storeContract } from './store.ts'
import { anyRow, numbered, writesOf } from './store-arbitraries.ts'
import { expectRows } from './store-round-trips.ts'
import { claim, decision, id, order } from './store-rows.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** Runs every task at its turn of the event loop, so that the contract can simply await. */
const eager: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after(_delayMs, task) {
    const immediate = setImmediate(task)
    return () => clearImmediate(immediate)
  },
}

storeContract('memory', async () =>
  underTest(createMemoryStore({ clock: eager, installationTag: 'abc1234' })),
)

function underTest(store: MemoryStore): StoreUnderTest {
  return {
    store,
    async reopen() {
      await store.close()
      return underTest(store.crash(0))
    },
    discard: () => store.close(),
  }
}

describe('memory store', () => {
  test('[ST30] a crash leaves a prefix of the units in flight, and their callers hear nothing', async () => {
    for (const [chance, expected] of [
      [0, 1],
      [0.4, 2],
      [0.99, 4],
    ] as const) {
      const time = virtualTime()
      const store = createMemoryStore({
        clock: time.clock,
        commitDelayMs: () => 5,
        installationTag: 'abc1234',
      })
      const heard: number[] = []
      const commit = (count: number) =>
        store.commit([{ kind: 'decision', row: decision(count) }]).then(() => heard.push(count))
      void commit(1)
      await time.run(5)
      for (const count of [2, 3, 4]) void commit(count)
      const next = store.crash(chance)
      const image = next.load()
      await time.run(100)
      expect((await image).decisions).toEqual([1, 2, 3, 4].slice(0, expected).map(count => decision(count)))
      expect(heard).toEqual([1])
    }
  })

  test('[ST30] a crash leaves a prefix of the units, whatever kinds of rows are in them', async () => {
    const units = fc.array(fc.record(anyRow), { minLength: 1, maxLength: 8 })
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true })
    const property = fc.asyncProperty(units, chance, async (any, durable) => {
      const rows = any.map(numbered)
      const store = createMemoryStore({ clock: eager, installationTag: 'abc1234' })
      for (const unit of rows) void store.commit(writesOf(unit))
      const next = store.crash(durable)
      const left = await next.auditAfter(-1, rows.length)
      await expectRows(next, rows.slice(0, left.length))
    })
    await fc.assert(property, { numRuns: 20 })
  })

  test('[ST31] promises settle when the virtual disk has had its time, in the order of the calls', async () => {
    // The first unit is slow: who comes after it waits for it, as in a group commit.
    const time = virtualTime()
    const delays = [20, 1]
    const store = createMemoryStore({
      clock: time.clock,
      commitDelayMs: () => delays.shift() ?? 1,
      installationTag: 'abc1234',
    })
    const settled: string[] = []
    for (const name of ['slow', 'quick'])
      void store.commit([]).then(() => settled.push(`${name} ${time.clock.now()}`))
    await time.run(19)
    expect(settled).toEqual([])
    await time.run(10)
    expect(settled).toEqual(['slow 20', 'quick 20'])
  })

  test('[ST32] after a failure nothing becomes durable until load() has said what is', async () => {
    for (const durable of [false, true]) {
      const store = createMemoryStore({ clock: eager, installationTag: 'abc1234' })
      await store.commit([{ kind: 'decision', row: decision(1) }])
      store.failNext({ durable })
      const units = [2, 3].map(count => store.commit([{ kind: 'decision', row: decision(count) }]))
      const results = await Promise.all(units)
      expect(results.map(result => result.ok)).toEqual([false, false])
      const image = await store.load()
      expect(image.decisions).toEqual(durable ? [decision(1), decision(2)] : [decision(1)])
      expect(await store.commit([{ kind: 'decision', row: decision(4) }])).toEqual({ ok: true })
    }
  })

  test('[ST33] a process that crashed has lost its leases', async () => {
    const before = createMemoryStore({ clock: eager, installationTag: 'abc1234' })
    const accountId = id<AccountId>('account', 1)
    const lease = await before.acquireLease(accountId)
    const after = before.crash(0)
    await after.acquireLease(accountId)
    const epoch = lease.ok ? lease.value : 0
    const late = await after.commit([{ kind: 'intent_insert', row: order(1, { claim: claim(epoch) }) }])
    expect(late).toMatchObject({ ok: false, error: { kind: 'conflict' } })
  })

  test('[ST33] a process that was stopped while another took over gets no claim through when it goes on', async () => {
    const stopped = createMemoryStore({ clock: eager, installationTag: 'abc1234' })
    const lease = await stopped.acquireLease(id<AccountId>('account', 1))
    const next = stopped.takeOver(0)
    const epoch = lease.ok ? lease.value : 0
    const late = await stopped.commit([{ kind: 'intent_insert', row: order(1, { claim: claim(epoch) }) }])
    expect(late).toMatchObject({ ok: false, error: { kind: 'conflict' } })
    expect((await next.load()).intents).toEqual([])
  })
})

function virtualTime(): { clock: Clock; run(ms: number): Promise<void> } {
  let now = 0
  const tasks: { at: number; task: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after(delayMs, task) {
      const entry = { at: now + delayMs, task }
      tasks.push(entry)
      return () => {
        tasks.splice(tasks.indexOf(entry), 1)
      }
    },
  }
  /** Promises that a task settled are heard before the next task runs. */
  async function run(ms: number): Promise<void> {
    for (const until = now + ms; now < until; now += 1) {
      await runDue()
    }
    await runDue()
  }
  async function runDue(): Promise<void> {
    for (;;) {
      const due = tasks.findIndex(entry => entry.at <= now)
      if (due < 0) return
      tasks.splice(due, 1)[0]?.task()
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  return { clock, run }
}
