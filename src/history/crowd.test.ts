import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { CONCURRENT_ACCOUNTS } from './limits.ts'
import type { FakePast } from './testing/fake-past.ts'
import { ALICE, world } from './testing/world.ts'

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
