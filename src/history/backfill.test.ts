import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { err } from '../domain/result.ts'
import { BACKFILL_RETRY_MS } from './limits.ts'
import { closing, DAY_MS, type FakePast, pastOrder, refused } from './testing/fake-past.ts'
import { ALICE, world } from './testing/world.ts'

const KINDS = ['closed_pnl', 'orders'] as const
const MINUTE_MS = 60_000

/** So many of each kind, one every twenty hours. */
function filled(venue: FakePast, now: number, count: number): FakePast {
  for (let each = 1; each <= count; each += 1) {
    const at = now - each * 20 * 60 * MINUTE_MS
    venue.closings.push(closing(`c-${each}`, at))
    venue.orders.push(pastOrder(`o-${each}`, at))
  }
  return venue
}

test('[HS40] a back-fill makes complete what was missing since a date, newest first, and tells how far it has got', async () => {
  const { clock, past, started, settled, rows, store } = world()
  const now = clock.now()
  const venue = filled(past(), now, 40)
  const history = await started({ alice: venue })
  const since = now - 30 * DAY_MS
  const begun = await settled(history.backfill({ accountId: ALICE, since, kinds: KINDS }), 0)
  expect(begun).toMatchObject({ ok: true, value: { status: 'running', reachedAt: null } })
  await clock.advance(MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', reachedAt: since, added: 72, reason: null }])
  expect(history.complete(ALICE, KINDS)?.from).toBe(since)
  expect(await rows(ALICE, 'closed_pnl')).toHaveLength(36)
  expect(await settled(store.jobs(), 0)).toEqual(history.jobs())
  const starts = venue.asked.filter(({ kind }) => kind === 'closed_pnl').map(({ window }) => window.from)
  expect(starts).toEqual(starts.toSorted((a, b) => b - a))
  // The same wish again finds nothing to do.
  venue.asked.length = 0
  await settled(history.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] }), MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', added: 0 }])
  await history.stop()
})

test('[HS41] killed at any request it goes on at the next start: no row is missing, and none is there twice', async () => {
  const { clock, past, started, settled, rows } = world()
  const now = clock.now()
  const venue = filled(past(), now, 60)
  for (let each = 0; each < 5; each += 1) venue.closings.push(closing('same', now - 3 * DAY_MS))
  const since = now - 80 * DAY_MS
  let left = 0
  // The process dies in the middle of a request: whoever waits for its answer waits for ever.
  venue.meddle = (_, answer) => {
    left -= 1
    return left < 0 ? new Promise(() => {}) : answer
  }
  let history = await started({ alice: venue })
  left = 3
  await settled(history.backfill({ accountId: ALICE, since, kinds: KINDS }), MINUTE_MS)
  const lives = [1, 2, 3, 5, 8, 1, 4, 7]
  for (const requests of lives) {
    left = requests
    history = await started({ alice: venue })
    await clock.advance(MINUTE_MS)
  }
  expect(history.jobs()).toMatchObject([{ status: 'running' }])
  left = 1_000
  history = await started({ alice: venue })
  await clock.advance(MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', reachedAt: since }])
  const closings = await rows(ALICE, 'closed_pnl')
  const names = closings.map(row => ('ordinal' in row ? `${row.venueOrderId} ${row.ordinal}` : ''))
  expect(new Set(names).size).toBe(65)
  expect(closings).toHaveLength(65)
  expect(await rows(ALICE, 'orders')).toHaveLength(60)
  await history.stop()
})

test('[HS42] a back-fill that fails tries again; one whose key is refused says what to do, and goes on with another', async () => {
  const { clock, past, started, settled, store } = world()
  const venue = filled(past(), clock.now(), 5)
  let failures = 3
  venue.meddle = (_, answer) => {
    failures -= 1
    return failures < 0 ? answer : err({ kind: 'unavailable', message: 'HTTP 503' })
  }
  const history = await started({ alice: venue })
  const since = clock.now() - 10 * DAY_MS
  await settled(history.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] }), 0)
  await clock.advance(7 * BACKFILL_RETRY_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', added: 5 }])
  venue.meddle = () => refused('key')
  const wish = { accountId: ALICE, since: since - DAY_MS, kinds: KINDS }
  await settled(history.backfill(wish), MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'running' }])
  expect(history.jobs()[0]?.reason).toContain('Give the account one that it takes')
  expect(await settled(store.jobs(), 0)).toEqual([
    expect.objectContaining({ status: 'done' }),
    ...history.jobs(),
  ])
  expect(await settled(history.backfill(wish), 0)).toMatchObject({
    error: expect.stringContaining('expired'),
  })
  history.add(ALICE, filled(past(), clock.now(), 5))
  await clock.advance(MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', reachedAt: wish.since, reason: null }])
  await history.stop()
})

test('[HS42] a back-fill waits while its account is inactive, and goes on when it is active', async () => {
  const { clock, past, started, settled } = world()
  const venue = filled(past(), clock.now(), 40)
  let isSlow = true
  venue.meddle = async (_, answer) => {
    if (isSlow) await new Promise<void>(resolve => clock.after(10_000, resolve))
    return answer
  }
  const history = await started({ alice: venue })
  const since = clock.now() - 30 * DAY_MS
  await settled(history.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] }))
  history.remove(ALICE)
  await clock.advance(5 * MINUTE_MS)
  expect(history.jobs()).toMatchObject([
    { status: 'running', reason: expect.stringContaining('set the account active') },
  ])
  const asked = venue.asked.length
  await clock.advance(5 * MINUTE_MS)
  expect(venue.asked).toHaveLength(asked)
  isSlow = false
  history.add(ALICE, venue)
  await clock.advance(MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', reachedAt: since, added: 36, reason: null }])
  await history.stop()
  expect(clock.pending()).toBe(0)
})

test('[HS42] a back-fill whose rows cannot be written asks the venue again no sooner than after a pause', async () => {
  const { clock, past, started, settled, store } = world()
  const venue = filled(past(), clock.now(), 5)
  const history = await started({ alice: venue })
  const since = clock.now() - 10 * DAY_MS
  const commit = store.commit.bind(store)
  store.commit = async unit =>
    unit.found === null ? commit(unit) : err({ kind: 'unavailable', message: 'The disk is full.' })
  // A venue whose answers take no time at all: what keeps it from being asked is the pause alone.
  await settled(history.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] }), 0)
  await clock.advance(10 * BACKFILL_RETRY_MS)
  // After one pause, two, three and four.
  expect(venue.asked.length).toBeLessThanOrEqual(5)
  expect(history.jobs()).toMatchObject([{ status: 'running', reachedAt: null }])
  store.commit = commit
  await clock.advance(MINUTE_MS)
  expect(history.jobs()).toMatchObject([{ status: 'done', added: 5 }])
  await history.stop()
})

test('[HS76] closings that nothing tells apart are all kept where they have changed on both sides of a window’s edge', async () => {
  const { clock, past, started, settled } = world()
  const now = clock.now()
  const venue = past()
  const since = now - 20 * DAY_MS
  const history = await started({ alice: venue })
  await settled(history.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] }), MINUTE_MS)
  const edges = venue.asked.map(({ window }) => window.from)
  expect(edges.length).toBeGreaterThan(2)
  await history.stop()
  // Another life, that has read nothing yet: the same windows.
  const again = world()
  const long = again.past()
  for (const [index, edge] of edges.entries())
    for (const at of [edge - 1_000, edge - 1, edge, edge + 1_000])
      long.closings.push(closing(`order-${index}`, edge - DAY_MS, { at }))
  const second = await again.started({ alice: long })
  await again.settled(second.backfill({ accountId: ALICE, since, kinds: ['closed_pnl'] }), MINUTE_MS)
  expect(long.asked.map(({ window }) => window.from)).toEqual(expect.arrayContaining(edges))
  const kept = await again.rows(ALICE, 'closed_pnl')
  const wanted = long.closings.filter(({ at }) => at >= since)
  expect(kept.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at).toSorted((a, b) => a - b))
  await second.stop()
})

test('[HS43] a wish that makes no sense is refused in words', async () => {
  const { clock, past, started, settled } = world()
  const venue = past()
  venue.meddle = () => new Promise(() => {})
  const history = await started({ alice: venue })
  const since = clock.now() - DAY_MS
  const nobody = await settled(history.backfill({ accountId: 'nobody' as AccountId, since }), 0)
  expect(nobody).toMatchObject({ ok: false, error: expect.stringContaining('no such account') })
  const future = await settled(history.backfill({ accountId: ALICE, since: clock.now() + 1 }), 0)
  expect(future).toMatchObject({ ok: false, error: 'A back-fill begins in the past.' })
  await settled(history.backfill({ accountId: ALICE, since }), 0)
  const second = await settled(history.backfill({ accountId: ALICE, since }), 0)
  expect(second).toMatchObject({ ok: false, error: expect.stringContaining('is running') })
})

test('[HS40] [HS2] after a restart the last job is told, and what is complete of an account that is not read any more', async () => {
  const { clock, past, started, settled } = world()
  const since = clock.now() - 30 * DAY_MS
  const first = await started({ alice: filled(past(), clock.now(), 10) })
  await settled(first.backfill({ accountId: ALICE, since, kinds: KINDS }), MINUTE_MS)
  const before = { jobs: first.jobs(), complete: first.complete(ALICE, KINDS) }
  expect(before.complete?.from).toBe(since)
  await first.stop()
  // Its key is gone by now: nobody adds it.
  const second = await started({})
  expect({ jobs: second.jobs(), complete: second.complete(ALICE, KINDS) }).toEqual(before)
  // Of a kind that was never read nothing is here, and nothing is complete that it is a part of.
  expect(second.complete(ALICE, [...KINDS, 'wallet'])).toBeNull()
})
