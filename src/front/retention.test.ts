import { expect, test } from 'vitest'
import { err, ok } from '../domain/result.ts'
import { SILENT } from '../ports/observe.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { ANSWERS_KEPT_MS, ROWS_PER_SLICE, SWEEP_EVERY_MS, startRetention } from './retention.ts'

interface Asked {
  readonly before: number
  readonly limit: number
}

function begin(forgotten: number[]) {
  const clock = new ManualClock()
  const asked: Asked[] = []
  const store = {
    async forgetAnswers(before: number, limit: number) {
      asked.push({ before, limit })
      const count = forgotten.shift()
      return count === undefined ? err({ kind: 'unavailable', message: 'the disk' } as const) : ok(count)
    },
  }
  const end = startRetention({ store, pruning: { prune: async () => ok(0) }, clock, log: SILENT })
  return { clock, asked, end }
}

test('[AP73] kept answers are forgotten a day later, a slice at a time with pauses, and looked for every hour', async () => {
  const { clock, asked, end } = begin([ROWS_PER_SLICE, ROWS_PER_SLICE, 7, 0])
  await clock.advance(10_000)
  expect(asked).toHaveLength(3)
  expect(asked.every(({ limit }) => limit === ROWS_PER_SLICE)).toBe(true)
  expect(asked[0]?.before).toBeLessThanOrEqual(clock.now() - ANSWERS_KEPT_MS)
  await clock.advance(SWEEP_EVERY_MS)
  expect(asked).toHaveLength(4)
  end()
  await clock.advance(2 * SWEEP_EVERY_MS)
  expect(asked).toHaveLength(4)
})

test('[AP73] a store that takes nothing is asked again an hour later, and nobody is harmed', async () => {
  const { clock, asked, end } = begin([])
  await clock.advance(10_000)
  expect(asked).toHaveLength(1)
  await clock.advance(SWEEP_EVERY_MS)
  expect(asked).toHaveLength(2)
  end()
})
