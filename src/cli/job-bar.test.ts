import { expect, test } from 'vitest'
import { JobBar } from './job-bar.ts'

const DAY_MS = 24 * 3_600_000
const UNTIL = Date.UTC(2_026, 10, 21)
const JOB = { since: UNTIL - 100 * DAY_MS, until: UNTIL, added: 0, status: 'running' } as const

function barOn(isTTY: boolean) {
  const written: string[] = []
  const bar = new JobBar({ isTTY, write: text => written.push(text) }, 'ada')
  return { bar, written }
}

test('[HS62] the bar shows the date that is reached, going back from now', () => {
  const { bar, written } = barOn(false)
  bar.show({ ...JOB, reachedAt: null })
  bar.show({ ...JOB, reachedAt: UNTIL - 50 * DAY_MS, added: 1_200 })
  bar.show({ ...JOB, reachedAt: JOB.since, status: 'done', added: 2_400 })
  expect(written).toEqual([
    `ada [${'.'.repeat(30)}]   0 % back to 2026-11-21 00:00, rows added: 0\n`,
    `ada [${'#'.repeat(15)}${'.'.repeat(15)}]  50 % back to 2026-10-02 00:00, rows added: 1200\n`,
    `ada [${'#'.repeat(30)}] 100 % back to 2026-08-13 00:00, rows added: 2400\n`,
  ])
})

test('[HS62] on a terminal the line is written over, and nothing is written while nothing changes', () => {
  const { bar, written } = barOn(true)
  bar.show({ ...JOB, reachedAt: null })
  bar.show({ ...JOB, reachedAt: null })
  bar.end()
  expect(written).toHaveLength(2)
  expect(written[0]?.startsWith('\r')).toBe(true)
})
