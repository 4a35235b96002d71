import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { CONCURRENT_ACCOUNTS, CONCURRENT_SWEEPS, FIRST_SWEEP_AFTER_MS } from './limits.ts'
import { DAY_MS, type FakePast } from './testing/fake-past.ts'
import { ALICE, BOB, RESULTS, world } from './testing/world.ts'

const SECOND_MS = 1_000

/** Venues that answer nothing before they are let go. */
function silent(venues: readonly FakePast[]): () => void {
  let letGo = (): void => {}
  const released = new Promise<void>(resolve => {
    letGo = resolve
  })
  for (const venue of venues)
    venue.meddle = async (_, answer) => {
      await released
      return answer
    }
  return letGo
}

function named(venues: readonly FakePast[]): Readonly<Record<string, FakePast>> {
  return Object.fromEntries(venues.map((venue, index) => [`account-${index}`, venue]))
}

test('[HS65] however often an account is reported on while others are read, it is read once, and once more for what came later', async () => {
  const { clock, past, started } = world()
  const others = Array.from({ length: CONCURRENT_ACCOUNTS }, past)
  const venue = past()
  const history = await started({ ...named(others), alice: venue })
  const letOneGo = silent(others.slice(0, 1))
  const letGo = silent(others.slice(1))
  for (const index of others.keys()) history.touched(`account-${index}` as AccountId)
  await clock.advance(10 * SECOND_MS)
  for (let count = 0; count < 100; count += 1) {
    history.touched(ALICE)
    await clock.advance(SECOND_MS)
  }
  expect(venue.asked).toEqual([])
  letOneGo()
  await clock.advance(100 * SECOND_MS)
  expect(venue.asked.filter(({ kind }) => kind === 'closed_pnl')).toHaveLength(2)
  letGo()
  await Promise.all([history.stop(), clock.advance(SECOND_MS)])
  expect(clock.pending()).toBe(0)
})

test('[HS66] a server that stops waits for the requests that are under way, and begins no other', async () => {
  const { clock, past, started } = world()
  const venues = Array.from({ length: 2 * CONCURRENT_ACCOUNTS }, past)
  const history = await started(named(venues))
  const letGo = silent(venues)
  history.start()
  await clock.advance(SECOND_MS)
  let isStopped = false
  const stopped = history.stop().then(() => {
    isStopped = true
  })
  await clock.advance(SECOND_MS)
  expect(isStopped).toBe(false)
  letGo()
  await Promise.all([stopped, clock.advance(SECOND_MS)])
  history.touched(ALICE)
  await clock.advance(60 * SECOND_MS)
  expect(venues.map(({ asked }) => asked.length)).toEqual(
    venues.map((_, index) => (index < CONCURRENT_ACCOUNTS ? 1 : 0)),
  )
})

test('[HS66] a back-fill that is asked for while the server stops is written down, and begun by the next one', async () => {
  const { clock, past, started } = world()
  const venue = past()
  const history = await started({ alice: venue })
  await history.stop()
  const begun = history.backfill({ accountId: ALICE, since: clock.now() - DAY_MS, kinds: ['closed_pnl'] })
  await clock.advance(SECOND_MS)
  expect((await begun).ok).toBe(true)
  await clock.advance(60 * SECOND_MS)
  expect([venue.asked, clock.pending()]).toEqual([[], 0])
})

test('[HS67] one account that is slow keeps no other waiting, and is read again when it can be', async () => {
  const { clock, past, started } = world()
  const [slow, quick] = [past(), past()]
  const history = await started({ alice: slow, bob: quick })
  const letGo = silent([slow])
  history.start()
  await clock.advance(91 * SECOND_MS)
  expect(slow.asked).toHaveLength(1)
  expect(quick.asked.filter(({ kind }) => kind === 'closed_pnl')).toHaveLength(4)
  expect(history.complete(BOB, ['closed_pnl'])?.to).toBeGreaterThan(clock.now() - 10 * SECOND_MS)
  expect(history.schedules()[0]?.lastRun).toMatchObject({ startedAt: clock.now() - SECOND_MS, accounts: 1 })
  letGo()
  await clock.advance(30 * SECOND_MS)
  expect(history.complete(ALICE, ['closed_pnl'])?.to).toBeGreaterThan(clock.now() - 10 * SECOND_MS)
  expect(history.schedules()[0]?.lastRun).toMatchObject({ startedAt: clock.now() - SECOND_MS, accounts: 2 })
  await history.stop()
})

test('[HS67] many readings of one slow account take one place, and the others theirs', async () => {
  const { clock, past, started, settled } = world()
  const [slow, quick] = [past(), past()]
  const kinds = ['executions'] as const
  const many = Array.from({ length: 2 * CONCURRENT_ACCOUNTS }, (_, index) => {
    return { name: `mine-${index}`, kinds, everyMs: DAY_MS, sweepMs: null }
  })
  const history = await started({ alice: slow, bob: quick }, many)
  const letGo = silent([slow])
  history.start()
  await clock.advance(SECOND_MS)
  expect(quick.asked).toHaveLength(many.length)
  expect((await settled(history.sync(BOB, null)))?.failures).toEqual([])
  letGo()
  await Promise.all([history.stop(), clock.advance(SECOND_MS)])
})

test('[HS68] a sweep keeps no cycle waiting but those of the few accounts that it reads', async () => {
  const { clock, past, started } = world()
  const venues = Array.from({ length: CONCURRENT_ACCOUNTS + 8 }, past)
  const sweep = { name: 'sweep', kinds: ['wallet'], everyMs: DAY_MS, sweepMs: 7 * DAY_MS } as const
  const history = await started(named(venues), [...RESULTS, sweep])
  history.start()
  await clock.advance(FIRST_SWEEP_AFTER_MS - SECOND_MS)
  const letGo = silent(venues)
  for (const venue of venues) {
    const { meddle } = venue
    venue.asked.length = 0
    venue.meddle = (query, answer) => (query.kind === 'wallet' ? meddle(query, answer) : answer)
  }
  await clock.advance(60 * SECOND_MS)
  expect(venues.filter(({ asked }) => asked.some(({ kind }) => kind === 'wallet'))).toHaveLength(
    CONCURRENT_SWEEPS,
  )
  const read = venues.filter(({ asked }) => asked.filter(({ kind }) => kind === 'closed_pnl').length >= 2)
  expect(read).toHaveLength(venues.length - CONCURRENT_SWEEPS)
  letGo()
  await clock.advance(60 * SECOND_MS)
  expect(venues.every(({ asked }) => asked.some(({ kind }) => kind === 'wallet'))).toBe(true)
  await history.stop()
})
