import { expect, test } from 'vitest'
import { tieOutText } from './tie-out.ts'

const same = (amount: string) => ({ byLists: amount, byWallet: amount, difference: '0' })
const TIED = {
  day: '2026-11-20',
  isComplete: true,
  isTied: true,
  result: same('10'),
  fees: same('3'),
  funding: same('-0.5'),
  total: same('6.5'),
  otherChange: '0',
}

test('[HS99] a day that balances says so with what it is made of, and what was transferred', () => {
  expect(tieOutText([TIED, { ...TIED, day: '2026-11-21', isComplete: false, otherChange: '500' }])).toBe(
    [
      '2026-11-20  tied     wallet 6.5 = result 10 - fees 3 + funding -0.5',
      '2026-11-21  tied     wallet 6.5 = result 10 - fees 3 + funding -0.5, transfers 500, not all of the day is here',
    ].join('\n'),
  )
})

test('[HS99] a difference says where it is and how large; what the venue does not tell is no balance', () => {
  const fees = { byLists: '3', byWallet: '3.25', difference: '0.25' }
  const total = { byLists: '6.5', byWallet: '6.25', difference: '-0.25' }
  expect(tieOutText([{ ...TIED, isTied: false, fees, total }])).toBe(
    '2026-11-20  differs  wallet 6.25 = result 10 - fees 3.25 + funding -0.5; the wallet has more by fees 0.25, total -0.25',
  )
  const unknown = { byLists: null, byWallet: '6.5', difference: null }
  expect(tieOutText([{ ...TIED, isTied: false, result: unknown, total: unknown }])).toMatch(
    /^2026-11-20 {2}unknown .*; the venue does not tell the fees of a closing$/,
  )
  expect(tieOutText([])).toBe('There are no rows of these days.')
})
