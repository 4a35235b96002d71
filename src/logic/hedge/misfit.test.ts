import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { anInstrument } from '../testing/builders.ts'
import { aPair, quotingOf } from '../testing/pair.ts'
import { type MisfitInput, misfitOf } from './misfit.ts'

const fits: MisfitInput = {
  pair: aPair({ quoting: quotingOf() }),
  a: anInstrument(),
  b: anInstrument({ symbol: 'BTC', minimumNotional: decimal('150') }),
  markA: decimal('100'),
  markB: decimal('100'),
}

test('[HG18] a pair is compared with its markets: tolerance, quantity and ratio must make orders that they take', () => {
  const wide = { ...fits, pair: { ...fits.pair, tolerance: decimal('2') } }
  expect(misfitOf(wide)).toBeNull()
  // 150 of notional at 100 are 1.5, and whatever is below two whole lots is not taken.
  const low = { ...fits, pair: { ...fits.pair, tolerance: decimal('1.5') } }
  expect(misfitOf(low)).toContain('The tolerance 1.5 is below the smallest order of BTC, 2.')
  const small = { ...wide.pair, quoting: quotingOf({ quantity: decimal('0.5') }) }
  expect(misfitOf({ ...wide, pair: small })).toContain('below the smallest order of BTCUSDT, 1.')
  expect(misfitOf({ ...wide, pair: { ...wide.pair, ratioBps: 1_000 } })).toContain('Raise the ratio')
  expect(misfitOf({ ...wide, b: anInstrument({ symbol: 'BTC', status: 'closed' }) })).toContain(
    'does not trade',
  )
})

test('[HG38] a market that counts in thousands where the other does not is no hedge at one to one', () => {
  const input = { a: anInstrument(), b: anInstrument({ symbol: '1000PEPEUSDT' }), markA: decimal('0.01') }
  const pair = aPair({ tolerance: decimal('1000') })
  expect(misfitOf({ ...input, pair, markB: decimal('10') })).toMatch(
    /worth 1\.0e\+3 times what it hedges: 1000PEPEUSDT counts in another scale/,
  )
  expect(misfitOf({ ...input, pair, markB: decimal('0.00001') })).toMatch(/worth 0\.0010 times/)
  expect(misfitOf({ ...input, pair: { ...pair, ratioBps: 10 }, markB: decimal('10') })).toBeNull()
})
