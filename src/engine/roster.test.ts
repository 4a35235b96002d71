import { expect, test } from 'vitest'
import type { AccountId } from '../domain/ids.ts'
import { aPair } from '../logic/testing/pair.ts'
import { tradesOn } from './roster.ts'

test('[HG42] a pair trades on the accounts of both of its legs', () => {
  const roster = { accounts: [], sources: [], strategies: [], links: [], pairs: [aPair()] }
  const accounts = ['a', 'b', 'c'].map(name => name as AccountId)
  expect(accounts.map(id => tradesOn(roster, id))).toEqual([true, true, false])
})
