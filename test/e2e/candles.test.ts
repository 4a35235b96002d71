import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RECORDED, readCandles } from './recorded.ts'
import { runCandles } from './run.ts'

const HOURS = 0.1
const MADE_UP_MINUTES = 60

/** Prices that go up and down by some basis points, for where the recorded ones are not at hand. */
function madeUpCandles(): string {
  const lines = ['open_time,open,high,low,close,volume']
  for (let minute = 0; minute < MADE_UP_MINUTES; minute += 1) {
    const time = new Date(Date.UTC(2023, 2, 1, 0, minute)).toISOString().slice(0, 19).replace('T', ' ')
    const open = 23_000 + 20 * Math.sin(minute)
    const close = 23_000 + 20 * Math.sin(minute + 1)
    const prices = [open, Math.max(open, close) + 8, Math.min(open, close) - 8, close]
    lines.push(`${time}+00:00,${prices.map(price => price.toFixed(2)).join(',')},1.5`)
  }
  return `${lines.join('\n')}\n`
}

const isRecorded = existsSync(RECORDED)

test(`every fill of a third-party leader has its outcome on ${isRecorded ? 'recorded' : 'made-up'} prices`, async () => {
  // The whole way: an exchange in a process of its own, an unmodified client that trades on it, twenty
  // accounts that follow by every sizing, and the exchange's audit log against the database at the end.
  const report = await runCandles({
    candles: isRecorded ? readCandles(RECORDED) : madeUpCandles(),
    speed: 20,
    hours: HOURS,
    seed: 7,
    print: () => undefined,
  })
  expect(report.violations).toEqual([])
  expect(report.leaderFills).toBeGreaterThan(30)
  expect(report.outcomes).toBe(report.expectedOutcomes)
  expect(report.positionMismatches).toBe(0)
  expect(report.leaderRefused).toEqual({})
  // A judge who saw nothing would find nothing broken.
  expect(report.outcomesByKind['copied']).toBeGreaterThan(100)
  expect(report.outcomesByKind['carried']).toBeGreaterThan(0)
  expect(report.outcomesByKind['skipped']).toBeGreaterThan(0)
})
