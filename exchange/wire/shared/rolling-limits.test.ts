import { expect, test } from 'vitest'
import { RollingLimits } from './rolling-limits.ts'

const RULE = { requests: 10, perMs: 1_000 }

test('[XW5] no second holds more than the limit, wherever it begins', () => {
  const limits = new RollingLimits()
  for (let at = 0; at < 10; at += 1) expect(limits.take('a', 1, RULE, at * 50).granted).toBe(1)
  const full = limits.take('a', 1, RULE, 900)
  expect(full).toEqual({ granted: 0, limit: 10, remaining: 0, resetAt: 1_000 })
  // The first one leaves the window, and makes room for exactly one.
  expect(limits.take('a', 1, RULE, 1_000).granted).toBe(1)
  expect(limits.take('a', 1, RULE, 1_049).granted).toBe(0)
  expect(limits.take('b', 1, RULE, 1_049).granted).toBe(1)
})

test('[XW6] a batch is granted what is left, and what is refused does not count', () => {
  const limits = new RollingLimits()
  expect(limits.take('a', 7, RULE, 0)).toMatchObject({ granted: 7, remaining: 3 })
  expect(limits.take('a', 5, RULE, 1)).toMatchObject({ granted: 3, remaining: 0 })
  expect(limits.take('a', 20, RULE, 1_001).granted).toBe(10)
})
