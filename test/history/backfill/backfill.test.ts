import { expect, test } from 'vitest'
import { runBackfill } from './run.ts'

test('[HS70] a back-fill of a real server that is killed -9 at random leaves no row out, and none twice', async () => {
  const told: string[] = []
  const wish = { rows: 4_000, kills: 3, days: 60, seed: 7 }
  const report = await runBackfill(wish, line => told.push(line))
  expect(report.problems, told.join('\n')).toEqual([])
  expect(report.rows).toBeGreaterThanOrEqual(wish.rows)
  expect(report.kills).toBe(wish.kills)
})
