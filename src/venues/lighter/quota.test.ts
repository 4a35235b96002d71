import { expect, test } from 'vitest'
import { ManualClock } from '../shared/testing/manual-clock.ts'
import { Quotas } from './quota.ts'

test('[LA26] accounts of one wallet share its budgets from when the venue has said whose they are', () => {
  const quotas = new Quotas(new ManualClock(), 'standard', 'venue')
  const [master, sub, stranger] = [quotas.of(1), quotas.of(2), quotas.of(3)]
  expect(sub.current).not.toBe(master.current)
  quotas.bind(1, '0xAB')
  quotas.bind(2, '0xab')
  quotas.bind(3, '0xcd')
  expect(sub.current).toBe(master.current)
  expect(stranger.current).not.toBe(master.current)
  expect(quotas.of(2)).toBe(sub)
})

test('[LA26] a premium account sends more transactions, and reads no more than a standard one', () => {
  const clock = new ManualClock()
  const { transactions, reads } = new Quotas(clock, 'premium', 'venue').of(1).current
  for (let count = 0; count < 60; count += 1) {
    transactions.take('entry')
    reads.take('entry')
  }
  expect(transactions.readyAt('exit')).toBeLessThan(clock.monotonic())
  expect(reads.readyAt('exit')).toBeGreaterThan(clock.monotonic())
})
