import { add, type Decimal, subtract, ZERO } from './decimal.ts'
import type { ClosedPnl, VenueExecution, WalletEntry } from './history.ts'
import type { AccountId, InstrumentId } from './ids.ts'

/** What closed PnL can be added up by. Days and months are UTC. */
export const SUMS_BY = ['day', 'month', 'instrument', 'account'] as const
export type SumsBy = (typeof SUMS_BY)[number]

export interface ClosedPnlSum {
  /** `2026-11-21`, `2026-11`, an instrument or an account. */
  readonly key: string
  readonly closings: number
  /** Closings that earned something. */
  readonly won: number
  /** Quote, as the venue states it: after fees. */
  readonly closedPnl: Decimal
  /** Quote. */
  readonly exitNotional: Decimal
}

export type Summed = Pick<ClosedPnl, 'closedPnl' | 'exitNotional' | 'at'> & {
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
}

/** Adds rows up as they come, so that no more of them are in memory than their keys. */
export class ClosedPnlSums {
  readonly #by: SumsBy
  readonly #sums = new Map<string, ClosedPnlSum>()

  constructor(by: SumsBy) {
    this.#by = by
  }

  add(row: Summed): void {
    const key = keyOf(row, this.#by)
    const sum = this.#sums.get(key)
    this.#sums.set(key, {
      key,
      closings: (sum?.closings ?? 0) + 1,
      won: (sum?.won ?? 0) + (row.closedPnl > ZERO ? 1 : 0),
      closedPnl: add(sum?.closedPnl ?? ZERO, row.closedPnl),
      exitNotional: add(sum?.exitNotional ?? ZERO, row.exitNotional),
    })
  }

  /** By their keys. */
  all(): readonly ClosedPnlSum[] {
    return [...this.#sums.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }
}

function keyOf(row: Summed, by: SumsBy): string {
  if (by === 'account') return row.accountId
  return by === 'instrument' ? row.instrumentId : dayOf(row.at).slice(0, by === 'day' ? 10 : 7)
}

/** @returns `2026-11-21`, UTC. @param at ms */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** What the venue's three lists say of one account and one day (UTC), in the settlement currency. */
export interface DayTotals {
  readonly day: string
  readonly closings: number
  /** After fees, as the venue states it. */
  readonly closedPnl: Decimal
  /** Before fees; null where the venue does not tell the fees of one of the closings. */
  readonly grossPnl: Decimal | null
  readonly executions: number
  /** Of trades; positive is paid. */
  readonly tradeFees: Decimal
  /** Positive is received. */
  readonly fundingByExecutions: Decimal
  readonly entries: number
  /** Of the wallet's changes that concern an instrument: before fees and funding, positive is received. */
  readonly cashFlow: Decimal
  readonly walletFees: Decimal
  readonly fundingByWallet: Decimal
  /** All of those together. */
  readonly walletChange: Decimal
  /** Of transfers and whatever else concerns no instrument. */
  readonly otherChange: Decimal
}

export function noTotals(day: string): DayTotals {
  return {
    day,
    closings: 0,
    closedPnl: ZERO,
    grossPnl: ZERO,
    executions: 0,
    tradeFees: ZERO,
    fundingByExecutions: ZERO,
    entries: 0,
    cashFlow: ZERO,
    walletFees: ZERO,
    fundingByWallet: ZERO,
    walletChange: ZERO,
    otherChange: ZERO,
  }
}

export function withClosing(
  totals: DayTotals,
  { closedPnl, openFee, closeFee }: Pick<ClosedPnl, 'closedPnl' | 'openFee' | 'closeFee'>,
): DayTotals {
  const isKnown = totals.grossPnl !== null && openFee !== null && closeFee !== null
  return {
    ...totals,
    closings: totals.closings + 1,
    closedPnl: add(totals.closedPnl, closedPnl),
    grossPnl: isKnown ? add(add(add(totals.grossPnl, closedPnl), openFee), closeFee) : null,
  }
}

export function withExecution(
  totals: DayTotals,
  { kind, fee }: Pick<VenueExecution, 'kind' | 'fee'>,
): DayTotals {
  const executions = totals.executions + 1
  if (kind === 'funding')
    return { ...totals, executions, fundingByExecutions: subtract(totals.fundingByExecutions, fee) }
  return { ...totals, executions, tradeFees: add(totals.tradeFees, fee) }
}

export function withEntry(
  totals: DayTotals,
  entry: Pick<WalletEntry, 'instrumentId' | 'cashFlow' | 'fee' | 'funding' | 'change'>,
): DayTotals {
  const entries = totals.entries + 1
  if (entry.instrumentId === null)
    return { ...totals, entries, otherChange: add(totals.otherChange, entry.change) }
  return {
    ...totals,
    entries,
    cashFlow: add(totals.cashFlow, entry.cashFlow),
    walletFees: add(totals.walletFees, entry.fee),
    fundingByWallet: add(totals.fundingByWallet, entry.funding ?? ZERO),
    walletChange: add(totals.walletChange, entry.change),
  }
}

/** One thing that two of the venue's lists say. */
export interface Comparison {
  /** By closed PnL, or by executions; null: the venue does not say it. */
  readonly byLists: Decimal | null
  readonly byWallet: Decimal
  /** What the wallet has more; null where one side is not known. */
  readonly difference: Decimal | null
}

export interface TieOut {
  readonly day: string
  /** What trading earned before fees: closings against the wallet's cash flow. */
  readonly result: Comparison
  /** What trades cost: executions against the wallet. Positive is paid. */
  readonly fees: Comparison
  /** Executions against the wallet. Positive is received. */
  readonly funding: Comparison
  /** What all of it changed: result - fees + funding against the wallet's changes. */
  readonly total: Comparison
  /** Transfers and the like: no list but the wallet has them. */
  readonly otherChange: Decimal
  /** Everything is known, and nothing differs. */
  readonly isTied: boolean
}
