import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, type Json, startVenue, type TestVenue } from './fixture.ts'
import { WorldClock } from './world-clock.ts'

let venue: TestVenue | undefined
afterEach(() => venue?.close())

test('[XW20] the world runs faster than the wall, and every world time leads back to its wall time', () => {
  let wall = 1_000
  const clock = new WorldClock(() => wall, { at: 500_000, speed: 60 })
  wall = 1_100
  expect(clock.now()).toBe(506_000)
  expect(clock.wallAt(506_000)).toBe(1_100)
  clock.change({ speed: 1, jumpMs: 1_000_000 })
  wall = 1_150
  expect(clock.now()).toBe(1_506_050)
  expect(clock.wallAt(1_506_050)).toBe(1_150)
  expect(clock.wallAt(503_000)).toBe(1_050)
  expect(clock.wallAt(0)).toBe(0)
})

test('[XW20] a world without a time of its own has the wall’s, to the millisecond', () => {
  // One that comes back from its journal must date what it remembers as it did before.
  let wall = 1_000
  const clock = new WorldClock(() => (wall += 1), { at: null, speed: 1 })
  expect(clock.now()).toBe(wall)
  expect(clock.wallAt(700)).toBe(700)
})

test('[XW20] the world never goes back, also where the wall clock does', () => {
  let wall = 1_000
  const clock = new WorldClock(() => wall, { at: 0, speed: 1 })
  wall = 2_000
  expect(clock.now()).toBe(1_000)
  wall = 1_500
  expect(clock.now()).toBe(1_000)
})

test('[XW20] an exchange that replays the past quickly still signs, limits and dates by the wall clock', async () => {
  const past = Date.now() - 365 * 24 * 3_600_000
  venue = await startVenue({ startAt: past, speed: 1_000 })
  const before = Date.now()
  expect((await venue.order()).code).toBe(0)
  const [execution] = venue.exchange.executions(ACCOUNT)
  expect(execution?.at).toBeLessThan(Date.now() - 300 * 24 * 3_600_000)
  const listed = await venue.get('/v5/execution/list', { category: 'linear' })
  const [row] = listed.result['list'] as Json[]
  expect(Number(row?.['execTime'])).toBeGreaterThanOrEqual(before - 1)
  const moved = await venue.admin('POST', '/path', { speed: 2, jumpMs: 86_400_000 })
  expect(moved.body['speed']).toBe(2)
  expect(Number(moved.body['at'])).toBeGreaterThan(past + 86_400_000)
})
