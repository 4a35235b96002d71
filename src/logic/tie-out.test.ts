import { expect, test } from 'vitest'
import { decimal, ZERO } from '../domain/decimal.ts'
import { noTotals, withClosing, withEntry, withExecution } from '../domain/history-totals.ts'
import { instrumentId } from '../domain/ids.ts'
import { tieOut } from './tie-out.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
const NOTHING = { cashFlow: ZERO, fee: ZERO, funding: null, change: ZERO }

/** Opened and closed on one day, 10 earned before fees of 1 and 2, and 0.5 of funding paid. */
function traded() {
  let totals = noTotals('2026-11-21')
  totals = withClosing(totals, { closedPnl: decimal('7'), openFee: decimal('1'), closeFee: decimal('2') })
  for (const fee of ['1', '2']) totals = withExecution(totals, { kind: 'trade', fee: decimal(fee) })
  totals = withExecution(totals, { kind: 'funding', fee: decimal('0.5') })
  const about = { ...NOTHING, instrumentId: BTC }
  totals = withEntry(totals, { ...about, fee: decimal('1'), change: decimal('-1') })
  totals = withEntry(totals, { ...about, funding: decimal('-0.5'), change: decimal('-0.5') })
  const close = { cashFlow: decimal('10'), fee: decimal('2'), change: decimal('8') }
  return withEntry(totals, { ...about, ...close })
}

test('[HS60] a day whose three lists say the same is tied, whatever was transferred on it', () => {
  const transfer = { ...NOTHING, instrumentId: null, change: decimal('1000') }
  const day = tieOut(withEntry(traded(), transfer))
  expect(day).toMatchObject({ isTied: true, otherChange: decimal('1000') })
  expect(day.total).toEqual({ byLists: decimal('6.5'), byWallet: decimal('6.5'), difference: ZERO })
})

test('[HS60] what one list lacks is a difference of exactly as much, and where it is can be seen', () => {
  // The wallet has a fee that no execution tells of.
  const day = tieOut(
    withEntry(traded(), { ...NOTHING, instrumentId: BTC, fee: decimal('0.25'), change: decimal('-0.25') }),
  )
  expect(day.isTied).toBe(false)
  expect(day.fees.difference).toBe(decimal('0.25'))
  expect(day.result.difference).toBe(ZERO)
  expect(day.funding.difference).toBe(ZERO)
  expect(day.total.difference).toBe(decimal('-0.25'))
})

test('[HS61] where the venue does not tell the fees of a closing nothing is said to be tied', () => {
  const day = tieOut(withClosing(traded(), { closedPnl: ZERO, openFee: null, closeFee: null }))
  expect(day.isTied).toBe(false)
  expect(day.result).toMatchObject({ byLists: null, difference: null })
  expect(day.fees.difference).toBe(ZERO)
})
