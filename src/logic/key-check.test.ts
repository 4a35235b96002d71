import { expect, test } from 'vitest'
import type { KeyPermissions } from '../domain/account.ts'
import { keyProblem, keyWarning } from './key-check.ts'

const GOOD: KeyPermissions = {
  readOnly: false,
  trade: true,
  withdraw: false,
  transfer: false,
  addresses: [],
  expiresAt: null,
}

test('[RK30] a key that can move funds away is refused, whatever it is for', () => {
  for (const over of [{ withdraw: true }, { transfer: true }]) {
    expect(keyProblem({ ...GOOD, ...over }, true)?.text).toMatch(/can withdraw or transfer/)
    expect(keyProblem({ ...GOOD, ...over }, false)?.text).toMatch(/can withdraw or transfer/)
  }
})

test("[RK31] a follower's key must trade; a leader's may only read", () => {
  expect(keyProblem(GOOD, true)).toBeNull()
  expect(keyProblem({ ...GOOD, readOnly: true }, true)?.text).toMatch(/may not trade/)
  expect(keyProblem({ ...GOOD, trade: false }, true)?.text).toMatch(/may not trade/)
  expect(keyProblem({ ...GOOD, readOnly: true, trade: false }, false)).toBeNull()
})

test('[SE81] a key that can be used from anywhere is taken with a warning, but for paper', () => {
  expect(keyWarning(GOOD, 'live')?.text).toMatch(/from any address/)
  expect(keyWarning({ ...GOOD, addresses: ['192.0.2.1'] }, 'live')).toBeNull()
  expect(keyWarning(GOOD, 'paper')).toBeNull()
})
