import { expect, test } from 'vitest'
import { acquire, type Priority, RateWindow } from './rate-budget.ts'
import { ManualClock } from './testing/manual-clock.ts'

const TEN_A_SECOND = { scope: 'account', requests: 10, perMs: 1_000 } as const

function budget() {
  const clock = new ManualClock()
  const window = new RateWindow(clock, TEN_A_SECOND)
  const take = (priority: Priority, waitMs = 0) =>
    acquire({ clock, windows: [window], priority, until: clock.monotonic() + waitMs })
  return { clock, window, take }
}

async function takeAll(take: () => Promise<boolean>): Promise<number> {
  let taken = 0
  while (await take()) taken += 1
  return taken
}

test('[VN8] entries and reads leave what exits and hedges need', async () => {
  // A burst takes whatever it can get. What is above its share must still be there for an exit.
  const { take } = budget()
  expect(await takeAll(() => take('history'))).toBe(7)
  expect(await takeAll(() => take('read'))).toBe(1)
  expect(await takeAll(() => take('entry'))).toBe(0)
  expect(await takeAll(() => take('hedge'))).toBe(1)
  expect(await takeAll(() => take('exit'))).toBe(1)
})

test('[VN8] no span of the window ever holds more requests than the rule', async () => {
  const { clock, take } = budget()
  const at: number[] = []
  for (let count = 0; count < 40; count += 1) {
    void take('exit', 60_000).then(() => at.push(clock.monotonic()))
  }
  await clock.advance(10_000)
  expect(at).toHaveLength(40)
  for (const [index, later] of at.entries()) {
    const tenBefore = at[index - 10]
    if (tenBefore !== undefined) expect(later - tenBefore).toBeGreaterThan(1_000)
  }
})

test('[VN2] a request that cannot have its budget in time is told so at once, and takes nothing', async () => {
  const { clock, take } = budget()
  await takeAll(() => take('exit'))
  const before = clock.pending()
  expect(await take('exit', 900)).toBe(false)
  expect(clock.pending()).toBe(before)
  const later = take('exit', 1_500)
  await clock.advance(1_100)
  expect(await later).toBe(true)
})

test('[VN6] a refusal for too many requests stops every priority until the venue counts anew', async () => {
  const { clock, window, take } = budget()
  window.drain(3_000)
  expect(await take('exit', 2_900)).toBe(false)
  await clock.advance(3_000)
  expect(await take('exit')).toBe(true)
})

test('[LA11] exits and hedges go on where the venue answers again sooner than others should ask', async () => {
  const { clock, window, take } = budget()
  window.drain(3_000, 1_000)
  expect(await take('hedge', 900)).toBe(false)
  await clock.advance(1_000)
  expect(await take('hedge')).toBe(true)
  expect(await take('exit')).toBe(true)
  for (const priority of ['manual', 'entry', 'read', 'history'] as const)
    expect(await take(priority)).toBe(false)
  await clock.advance(2_000)
  expect(await take('entry')).toBe(true)
})

test('[VN6] requests that others made with the same account count as if they were ours', async () => {
  const { window, take } = budget()
  await take('exit')
  window.observe(9)
  expect(await takeAll(() => take('exit'))).toBe(1)
})

test('[VN8] a request against two budgets takes both or neither', async () => {
  const { clock, window } = budget()
  const narrow = new RateWindow(clock, { scope: 'egress', requests: 1, perMs: 1_000 })
  const both = () => acquire({ clock, windows: [window, narrow], priority: 'exit', until: clock.monotonic() })
  expect(await both()).toBe(true)
  expect(await both()).toBe(false)
  const alone = () => acquire({ clock, windows: [window], priority: 'exit', until: clock.monotonic() })
  expect(await takeAll(alone)).toBe(9)
})

test('[LM1] two thousand callers may wait for a budget; the next is told no at once', async () => {
  const { clock, window, take } = budget()
  await takeAll(() => take('exit'))
  for (let count = 0; count < 2_000; count += 1) void take('exit', 3_600_000)
  expect(window.waiting).toBe(2_000)
  const before = clock.pending()
  expect(await take('exit', 3_600_000)).toBe(false)
  expect(clock.pending()).toBe(before)
})

test('[HS91] history leaves evenly where it is told to, at the pace of its share, and what comes before it is not held', async () => {
  const clock = new ManualClock()
  const rule = { scope: 'egress', requests: 540, perMs: 5_000 } as const
  const windows = [new RateWindow(clock, rule, true)]
  const at: number[] = []
  const until = clock.monotonic() + 60_000
  for (let count = 0; count < 60; count += 1)
    void acquire({ clock, windows, priority: 'history', until }).then(() => at.push(clock.monotonic()))
  await clock.advance(0)
  expect(at.length).toBeLessThan(10)
  expect(await acquire({ clock, windows, priority: 'read', until: clock.monotonic() })).toBe(true)
  // 420 in 5 s are one every 12 ms.
  await clock.advance(52 * 12)
  expect(at).toHaveLength(60)
  for (const [index, later] of at.entries()) {
    const before = at[index - 10]
    if (before !== undefined) expect(later - before).toBeGreaterThan(20)
  }
})
