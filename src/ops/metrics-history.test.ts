import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('[HS63] a run of a schedule is counted: its times, its rows, and the accounts that failed', async () => {
  const metrics = createMetrics()
  const run = { schedule: 'results', startedAt: 1_000, endedAt: 3_500, nextAt: 31_000 }
  metrics.historyRan({ ...run, added: 5, updated: 2, skipped: 1, failed: 1 })
  metrics.historyRan({ ...run, nextAt: null, added: 1, updated: 0, skipped: 7, failed: 0 })
  const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('lockstep_history_'))
  expect(lines).toEqual(
    expect.arrayContaining([
      'lockstep_history_last_run_seconds{schedule="results"} 1',
      'lockstep_history_next_run_seconds{schedule="results"} 31',
      'lockstep_history_run_duration_seconds{schedule="results"} 2.5',
      'lockstep_history_failed_accounts{schedule="results"} 0',
      'lockstep_history_rows_total{result="added"} 6',
      'lockstep_history_rows_total{result="skipped"} 8',
      'lockstep_history_failures_total 1',
    ]),
  )
})
