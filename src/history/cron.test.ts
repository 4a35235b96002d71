import { expect, test } from 'vitest'
import { isCron, nextByCron } from './cron.ts'
import { DAY_MS } from './testing/fake-past.ts'
import { ALICE, world } from './testing/world.ts'

const MIDNIGHT = Date.UTC(2_026, 2, 29)

test('[HS50] a cron pattern is read in UTC, whatever clock the machine keeps', () => {
  // The night in which Europe loses an hour: half past one is there, and once.
  const at = nextByCron('30 1 * * *', MIDNIGHT)
  expect(at).toBe(MIDNIGHT + 90 * 60_000)
  expect(nextByCron('30 1 * * *', at ?? 0)).toBe(MIDNIGHT + DAY_MS + 90 * 60_000)
})

test('[HS50] what is no pattern, or names a day that never comes, is none', () => {
  expect(['0 3 * * *', '*/5 * * * *', '0 0 1 * *'].map(isCron)).toEqual([true, true, true])
  expect(['', 'soon', '61 * * * *', '0 0 30 2 *'].map(isCron)).toEqual([false, false, false, false])
})

test('[HS50] a schedule by cron runs at its times, however far they are, and tells the next one', async () => {
  const here = world()
  const past = here.past()
  const monthly = { name: 'monthly', kinds: ['wallet'], cron: '0 0 1 * *', sweepMs: null } as const
  const history = await here.started({ [ALICE]: past }, [monthly])
  history.start()
  const first = history.schedules()[0]?.nextAt ?? 0
  expect(first).toBe(nextByCron('0 0 1 * *', here.clock.now()))
  while (here.clock.now() < first - DAY_MS) await here.clock.advance(DAY_MS)
  expect(past.asked).toEqual([])
  await here.clock.advance(first - here.clock.now() + 1_000)
  expect(past.asked.length).toBeGreaterThan(0)
  expect(history.schedules()[0]).toMatchObject({ lastRun: { accounts: 1, failed: 0 } })
  expect(history.schedules()[0]?.nextAt).toBe(nextByCron('0 0 1 * *', first))
  await here.settled(history.stop())
})
