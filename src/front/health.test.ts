import { expect, test } from 'vitest'
import type { Account } from '../domain/account.ts'
import type { AccountId } from '../domain/ids.ts'
import type { ScheduleRow } from '../history/schedule.ts'
import { LIMITS } from '../live/limits.ts'
import { Health } from '../ops/health.ts'
import { healthPartsOf } from './health.ts'

const RUN = { startedAt: 1, endedAt: 2, accounts: 3, failed: 1 } as ScheduleRow['lastRun']

/** A server as a test has it; the sessions are `venue environment`, and whether they are live. */
function healthOf(over: {
  halted?: boolean
  sockets?: number | null
  lastRun?: ScheduleRow['lastRun']
  sessions?: readonly (readonly [where: string, isLive: boolean])[]
}): Record<string, string> {
  const { halted = false, sockets = 0, lastRun = null, sessions = [] } = over
  const accounts = new Map(
    sessions.map(([where], at) => {
      const [venue, environment] = where.split(' ')
      return [`account-${at}` as AccountId, { account: { venue, environment } as Account }]
    }),
  )
  const open = sessions.map(([, isLive], at) => ({
    accountId: `account-${at}` as AccountId,
    isLive: () => isLive,
  }))
  const engine = { context: { halted, state: { accounts } }, sessions: { sessions: () => open } }
  const history = { schedules: () => [{ name: 'results', lastRun } as ScheduleRow] }
  const health = new Health(() => healthPartsOf({ engine, sockets: () => sockets, history }))
  return Object.fromEntries(health.parts().map(({ name, status }) => [name, status]))
}

test('[OP10] the database, live push, history and each venue are parts of their own', () => {
  const well = { database: 'up', 'live push': 'up', history: 'up' }
  expect(healthOf({})).toEqual(well)
  expect(healthOf({ halted: true })).toEqual({ ...well, database: 'down' })
  expect(healthOf({ sockets: null })).toEqual({ ...well, 'live push': 'down' })
  expect(healthOf({ sockets: LIMITS.sockets })).toEqual({ ...well, 'live push': 'degraded' })
  expect(healthOf({ lastRun: RUN })).toEqual({ ...well, history: 'degraded' })
  const sessions = [
    ['bybit paper', true],
    ['bybit live', true],
    ['bybit live', false],
    ['lighter live', false],
  ] as const
  expect(healthOf({ sessions })).toEqual({
    ...well,
    'venue bybit paper': 'up',
    'venue bybit live': 'degraded',
    'venue lighter live': 'down',
  })
})
