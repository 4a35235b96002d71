import { expect, test } from 'vitest'
import { ServedRun } from './served/run.ts'

test('[LV51] through the whole server every client ends with what the store holds, wherever its connection broke', async () => {
  // Nothing is played here: people log in, an exchange is traded on by others, and a leader is copied.
  const result = await ServedRun.play({ clients: 12, disconnects: 100, seed: 1 }, () => undefined)
  expect(result.violations).toEqual([])
  expect(result.midMessage).toBeGreaterThan(30)
  expect(result.venueOrdersShown).toBeGreaterThan(10)
  expect(result.copiedOrdersShown).toBeGreaterThan(0)
  expect(result.sessions).toBe(6)
})
