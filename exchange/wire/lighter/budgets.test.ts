import { expect, test } from 'vitest'
import type { LighterAccount, Tier } from './accounts.ts'
import { Budgets } from './budgets.ts'

const NOW = 1_700_000_000_000

function account(tier: Tier, l1Address = '0x1'): LighterAccount {
  return { index: 1, name: 'a', l1Address, tier, keys: new Map() }
}

/** How many of a kind pass before the first that does not. */
function passing(ask: () => boolean, most = 10_000): number {
  let count = 0
  while (count < most && ask()) count += 1
  return count
}

test('[XL34] a standard account has 60 requests and 60 transactions a minute, for its address and for where they come from', () => {
  const budgets = new Budgets()
  const asking = { address: '10.0.0.1', route: 'account', account: account('standard'), now: NOW }
  expect(passing(() => budgets.take(asking))).toBe(60)
  expect(passing(() => budgets.take({ ...asking, route: 'sendTx' }))).toBe(60)
  // Neither another place nor another account at this one has any left.
  expect(budgets.take({ ...asking, address: '10.0.0.2' })).toBe(false)
  expect(budgets.take({ ...asking, account: account('standard', '0x2') })).toBe(false)
  expect(budgets.take({ ...asking, account: null })).toBe(false)
  expect(budgets.take({ ...asking, address: '10.0.0.2', account: account('standard', '0x2') })).toBe(true)
  expect(passing(() => budgets.take({ ...asking, now: NOW + 60_000 }))).toBe(60)
})

test('[XL35] a premium account spends 24,000 a minute by weight, and what is refused costs nothing', () => {
  const budgets = new Budgets()
  const asking = { address: '10.0.0.1', account: account('premium'), now: NOW }
  expect(passing(() => budgets.take({ ...asking, route: 'trades' }))).toBe(40)
  expect(budgets.take({ ...asking, route: 'sendTx' })).toBe(false)
  const later = { ...asking, now: NOW + 60_000 }
  expect(passing(() => budgets.take({ ...later, route: 'sendTx' }))).toBe(4_000)
  expect(budgets.take({ ...later, route: 'orderBooks' })).toBe(false)
})
