import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { err, ok } from '../domain/result.ts'
import {
  EMPTY_ANSWERS_BELIEVED,
  FIRST_MS,
  FIRST_SWEEP_AFTER_MS,
  KEY_AGAIN_MS,
  MAXIMUM_PAGES,
  OVERLAP_MS,
} from './limits.ts'
import { closing, DAY_MS, LAG_MS, pastExecution, refused } from './testing/fake-past.ts'
import { ALICE, BOB, RESULTS, world } from './testing/world.ts'

const CLOSED = { name: 'test', kinds: ['closed_pnl'], sweepMs: null } as const
const SECOND_MS = 1_000

test('[HS30] a cycle reads all pages of its windows, and the next goes on from the covered end less an overlap', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  const begun = clock.now()
  for (let count = 1; count <= 8; count += 1)
    venue.closings.push(closing(`c-${count}`, begun - count * SECOND_MS - LAG_MS))
  const history = await started({ alice: venue })
  const account = history.account(ALICE)
  expect(await settled(account?.cycle(CLOSED) ?? Promise.reject())).toMatchObject({ added: 8, failures: [] })
  const first = { from: begun - LAG_MS - FIRST_MS, to: begun - LAG_MS }
  expect(history.complete(ALICE, ['closed_pnl'])).toEqual(first)
  // What the venue shows late is in the overlap: it is found although its time is covered already.
  venue.closings.push(closing('late', begun - LAG_MS - SECOND_MS))
  venue.asked.length = 0
  const again = clock.now()
  const next = await settled(account?.cycle(CLOSED) ?? Promise.reject())
  expect(next).toMatchObject({ added: 1, skipped: 8 })
  expect(venue.asked[0]?.window).toEqual({ from: first.to - OVERLAP_MS, to: again - LAG_MS })
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(9)
})

test('[HS31] closings that nothing tells apart are kept as often as the venue has them, wherever a page ends', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  const at = clock.now() - 10 * SECOND_MS
  for (let count = 0; count < 7; count += 1) venue.closings.push(closing('same', at))
  const history = await started({ alice: venue })
  const account = history.account(ALICE)
  expect(await settled(account?.cycle(CLOSED) ?? Promise.reject())).toMatchObject({ added: 7 })
  expect(await settled(account?.cycle(CLOSED) ?? Promise.reject())).toMatchObject({ added: 0, skipped: 7 })
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(7)
})

test('[HS31] a closing that grows with later fills of its order stays one row, with what it is in the end', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  const at = clock.now() - 60 * SECOND_MS
  venue.closings.push(closing('grows', at, { closedQuantity: decimal('0.4') }))
  const history = await started({ alice: venue })
  const account = history.account(ALICE)
  await settled(account?.cycle(CLOSED) ?? Promise.reject(), 60 * SECOND_MS)
  const grown = closing('grows', at, { closedQuantity: decimal('1'), fillCount: 3, at: clock.now() - 5_000 })
  venue.closings.splice(0, 1, grown)
  expect(await settled(account?.cycle(CLOSED) ?? Promise.reject())).toMatchObject({ added: 0, updated: 1 })
  expect(await rows(ALICE, 'closed_pnl')).toEqual([{ ...grown, ordinal: 0 }])
})

test('[HS32] a repeated cursor is refused: the window is not covered, and what was read of it stays', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  for (let count = 1; count <= 9; count += 1)
    venue.closings.push(closing(`c-${count}`, clock.now() - count * SECOND_MS - LAG_MS))
  venue.meddle = (query, answer) =>
    answer.ok && query.cursor === '3' ? ok({ ...answer.value, cursor: '3' }) : answer
  const history = await started({ alice: venue })
  const report = await settled(history.account(ALICE)?.cycle(CLOSED) ?? Promise.reject())
  expect(report.failures).toMatchObject([{ kind: 'closed_pnl', reason: 'malformed' }])
  expect(history.complete(ALICE, ['closed_pnl'])).toBeNull()
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(6)
})

test('[HS32] a row from the future is refused, and one that was not asked for is left to its own window', async () => {
  const { clock, lines, past, started, settled, rows } = world()
  const venue = past()
  const executions = { ...CLOSED, kinds: ['executions'] } as const
  const now = clock.now()
  const strange = { at: now - 30 * 24 * 3_600_000 }
  venue.meddle = (_, answer) => {
    if (!answer.ok) return answer
    const found = [pastExecution('usual', now - 60_000), pastExecution('strange', strange.at)]
    return ok({ ...answer.value, found: { kind: 'executions', rows: found } })
  }
  const history = await started({ alice: venue })
  const account = history.account(ALICE)
  expect(await settled(account?.cycle(executions) ?? Promise.reject())).toMatchObject({ added: 1 })
  expect(lines.map(({ event }) => event)).toContain('history_rows_outside')
  expect(await rows(ALICE, 'executions')).toHaveLength(1)
  const covered = history.complete(ALICE, ['executions'])
  strange.at = clock.now() + 60_000
  const report = await settled(account?.cycle(executions) ?? Promise.reject())
  expect(report.failures).toMatchObject([{ reason: 'malformed' }])
  expect(history.complete(ALICE, ['executions'])).toEqual(covered)
})

test('[HS33] a venue that shows nothing where it had rows is not believed at once, and nothing is ever deleted', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  venue.closings.push(closing('c-1', clock.now() - 10 * SECOND_MS))
  const history = await started({ alice: venue })
  const account = history.account(ALICE)
  await settled(account?.cycle(CLOSED) ?? Promise.reject())
  const covered = history.complete(ALICE, ['closed_pnl'])
  venue.closings.length = 0
  for (let count = 0; count < EMPTY_ANSWERS_BELIEVED; count += 1) {
    const report = await settled(account?.cycle(CLOSED) ?? Promise.reject())
    expect(report.failures).toMatchObject([{ reason: 'vanished' }])
    expect(history.complete(ALICE, ['closed_pnl'])).toEqual(covered)
  }
  expect((await settled(account?.cycle(CLOSED) ?? Promise.reject())).failures).toEqual([])
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(1)
})

test('[HS4] a window with more pages than it is given is read in halves, and is covered whole', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  venue.pageSize = 1
  const count = MAXIMUM_PAGES + 60
  for (let each = 1; each <= count; each += 1)
    venue.closings.push(closing(`c-${each}`, clock.now() - LAG_MS - each * 30 * 60 * SECOND_MS))
  const now = clock.now()
  const history = await started({ alice: venue })
  const report = await settled(history.account(ALICE)?.cycle(CLOSED) ?? Promise.reject())
  expect(report.failures).toEqual([])
  expect(history.complete(ALICE, ['closed_pnl'])).toEqual({ from: now - LAG_MS - FIRST_MS, to: now - LAG_MS })
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(count)
})

test('[HS34] one account’s failure is told with its reason and stops neither another account nor another kind', async () => {
  const { clock, lines, past, started } = world()
  const [bad, good] = [past(), past()]
  bad.meddle = (query, answer) =>
    query.kind === 'closed_pnl' ? err({ kind: 'unavailable', message: 'HTTP 503' }) : answer
  for (const venue of [bad, good]) venue.closings.push(closing('c-1', clock.now() - 10 * SECOND_MS))
  const history = await started({ alice: bad, bob: good })
  history.start()
  await clock.advance(SECOND_MS)
  expect(history.complete(ALICE, ['closed_pnl'])).toBeNull()
  expect(history.complete(BOB, ['closed_pnl'])).not.toBeNull()
  expect(bad.asked.map(({ kind }) => kind)).toContain('orders')
  const failed = lines.find(({ event }) => event === 'history_failed')
  expect(failed?.fields).toMatchObject({ account: ALICE, kind: 'closed_pnl', message: 'HTTP 503' })
  expect(history.schedules()[0]?.lastRun).toMatchObject({ accounts: 2, failed: 1, added: 1 })
  // The next cycle tries again and makes up for it.
  bad.meddle = (_, answer) => answer
  await clock.advance(30 * SECOND_MS)
  expect(history.complete(ALICE, ['closed_pnl'])).not.toBeNull()
  await history.stop()
})

test('[HS35] a key that the venue refuses pauses its account until there is another, and says what to do', async () => {
  const { clock, past, started, settled } = world()
  const venue = past()
  venue.meddle = () => refused('key')
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(SECOND_MS)
  const { length } = venue.asked
  expect(length).toBe(1)
  expect(history.account(ALICE)?.paused).toMatch(/expired.*Give the account one that it takes/)
  await clock.advance(300 * SECOND_MS)
  expect(venue.asked).toHaveLength(length)
  expect((await settled(history.sync(ALICE, null)))?.failures[0]).toMatchObject({ reason: 'key' })
  const renewed = past()
  history.add(ALICE, renewed)
  await clock.advance(60 * SECOND_MS)
  expect(history.account(ALICE)?.paused).toBeNull()
  expect(renewed.asked.length).toBeGreaterThan(0)
  await history.stop()
})

test('[HS69] a key that was refused is tried again every ten minutes, and at once when somebody asks; both ends are told', async () => {
  const { clock, past, started, settled } = world()
  const venue = past()
  const told: (string | null)[] = []
  const usual = venue.meddle
  venue.meddle = () => refused('address')
  const history = await started({ alice: venue })
  history.onKeyJudged((_, refusal) => told.push(refusal))
  history.start()
  await clock.advance(KEY_AGAIN_MS - SECOND_MS)
  expect(venue.asked).toHaveLength(1)
  await clock.advance(31 * SECOND_MS)
  expect(venue.asked).toHaveLength(2)
  await settled(history.sync(ALICE, null))
  expect(venue.asked).toHaveLength(3)
  expect(told).toEqual(Array(3).fill('33004: Your api key has expired.'))
  // Its rights were mended at the venue, and nobody has told us.
  venue.meddle = usual
  await clock.advance(KEY_AGAIN_MS + 30 * SECOND_MS)
  expect(told.slice(3)).toEqual([null])
  expect(history.account(ALICE)?.paused).toBeNull()
  expect(history.complete(ALICE, ['closed_pnl'])).not.toBeNull()
  await history.stop()
})

test('[HS35] an answer to the key before, come late, does not pause the account of the new one', async () => {
  const { clock, past, started } = world()
  const [old, renewed] = [past(), past()]
  old.meddle = async () => {
    await new Promise<void>(resolve => clock.after(10 * SECOND_MS, resolve))
    return refused('key')
  }
  const history = await started({ alice: old })
  history.start()
  await clock.advance(SECOND_MS)
  history.add(ALICE, renewed)
  await clock.advance(60 * SECOND_MS)
  expect(old.asked).toHaveLength(1)
  expect(history.account(ALICE)?.paused).toBeNull()
  expect(renewed.asked.length).toBeGreaterThan(1)
  await history.stop()
})

test('[HS36] cycles of one account never overlap, and a tick that comes late joins the one that waits', async () => {
  const { clock, past, started } = world()
  const venue = past()
  let inFlight = 0
  let most = 0
  venue.meddle = async (_, answer) => {
    inFlight += 1
    most = Math.max(most, inFlight)
    await new Promise<void>(resolve => clock.after(100 * SECOND_MS, resolve))
    inFlight -= 1
    return answer
  }
  const history = await started({ alice: venue })
  history.start()
  void history.sync(ALICE, null)
  history.touched(ALICE)
  history.touched(ALICE)
  await clock.advance(95 * SECOND_MS)
  expect(venue.asked).toHaveLength(1)
  await clock.advance(3_000 * SECOND_MS)
  expect(most).toBe(1)
  await Promise.all([history.stop(), clock.advance(3_000 * SECOND_MS)])
})

test('[HS36] schedules tell when they ran last and when they run next', async () => {
  const { clock, past, started } = world()
  const history = await started({ alice: past() })
  expect(history.schedules()).toMatchObject([{ name: 'results', lastRun: null, nextAt: null }])
  const begun = clock.now()
  history.start()
  await clock.advance(31 * SECOND_MS)
  expect(history.schedules()).toMatchObject([
    { lastRun: { startedAt: begun + 30 * SECOND_MS, failed: 0 }, nextAt: begun + 60 * SECOND_MS },
  ])
  await history.stop()
  expect(clock.pending()).toBe(0)
})

test('[HS5] a sweep finds what a venue has shown days late, in a span that is covered already', async () => {
  const { clock, past, started, rows } = world()
  const venue = past()
  const sweep = { name: 'sweep', kinds: ['closed_pnl'], everyMs: DAY_MS, sweepMs: 7 * DAY_MS } as const
  const history = await started({ alice: venue }, [...RESULTS, sweep])
  history.start()
  await clock.advance(SECOND_MS)
  venue.closings.push(closing('very late', clock.now() - 3 * DAY_MS))
  await clock.advance(FIRST_SWEEP_AFTER_MS - 60 * SECOND_MS)
  expect(await rows(ALICE, 'closed_pnl')).toEqual([])
  await clock.advance(61 * SECOND_MS)
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(1)
  await history.stop()
})

test('[HS13] a kind that the venue does not have is left out, and completeness is of the others', async () => {
  const { clock, past, started } = world()
  const venue = past()
  venue.without = 'closed_pnl'
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(31 * SECOND_MS)
  expect(venue.asked.map(({ kind }) => kind)).not.toContain('closed_pnl')
  expect(history.complete(ALICE, ['closed_pnl', 'orders'])).not.toBeNull()
  await history.stop()
})
