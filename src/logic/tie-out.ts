import { add, type Decimal, subtract, ZERO } from '../domain/decimal.ts'
import type { Comparison, DayTotals, TieOut } from '../domain/history-totals.ts'

/** Compares what the venue's three lists say of one day of an account. A difference is shown, never made up for. */
export function tieOut(totals: DayTotals): TieOut {
  const { day, grossPnl, tradeFees, fundingByExecutions, otherChange } = totals
  const earned = grossPnl === null ? null : add(subtract(grossPnl, tradeFees), fundingByExecutions)
  const result = compare(grossPnl, totals.cashFlow)
  const fees = compare(tradeFees, totals.walletFees)
  const funding = compare(fundingByExecutions, totals.fundingByWallet)
  const total = compare(earned, totals.walletChange)
  const isTied = [result, fees, funding, total].every(({ difference }) => difference === ZERO)
  return { day, result, fees, funding, total, otherChange, isTied }
}

function compare(byLists: Decimal | null, byWallet: Decimal): Comparison {
  return { byLists, byWallet, difference: byLists === null ? null : subtract(byWallet, byLists) }
}
