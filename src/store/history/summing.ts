import type { HistoryKind } from '../../domain/history.ts'
import {
  type ClosedPnlSum,
  ClosedPnlSums,
  type DayTotals,
  dayOf,
  noTotals,
  type SumsBy,
  withClosing,
  withEntry,
  withExecution,
} from '../../domain/history-totals.ts'
import type { AccountId, InstrumentId } from '../../domain/ids.ts'
import type { DayCount, HistoryFilter, HistorySpan } from '../../ports/history-store.ts'
import { amount, number, text } from '../codec.ts'
import { closedPnl, venueExecutions, walletLog } from './tables.ts'

export type Cells = readonly unknown[]

/** What is added up where it is stored: rows come one by one, in no order, and none of them stays in memory. */
export interface SumRows {
  /** Time, instrument, closed PnL, exit notional of the closings of an account that pass. */
  summed(accountId: AccountId, filter: HistoryFilter): Iterable<Cells>
  /** Whole rows of a table. */
  span(span: HistorySpan): Iterable<Cells>
  /** Days since 1970, and how many rows. */
  days(span: HistorySpan): Iterable<Cells>
}

const DAY_MS = 24 * 3_600_000
const instrument = text<InstrumentId>()

export function sumsOf(rows: SumRows, filter: HistoryFilter, by: SumsBy): readonly ClosedPnlSum[] {
  const sums = new ClosedPnlSums(by)
  for (const accountId of filter.accountIds)
    for (const [at, instrumentId, pnl, notional] of rows.summed(accountId, filter))
      sums.add({
        accountId,
        instrumentId: instrument.decode(instrumentId),
        at: number().decode(at),
        closedPnl: amount.decode(pnl),
        exitNotional: amount.decode(notional),
      })
  return sums.all()
}

export function totalsOf(
  rows: SumRows,
  span: Omit<HistorySpan, 'kind'>,
  currency: string,
): readonly DayTotals[] {
  const days = new Map<string, DayTotals>()
  const put = (at: number, add: (totals: DayTotals) => DayTotals): void => {
    const day = dayOf(at)
    days.set(day, add(days.get(day) ?? noTotals(day)))
  }
  for (const cells of rows.span({ ...span, kind: 'closed_pnl' })) {
    const row = closedPnl.decode(cells)
    put(row.at, totals => withClosing(totals, row))
  }
  for (const cells of rows.span({ ...span, kind: 'executions' })) {
    const row = venueExecutions.decode(cells)
    put(row.at, totals => withExecution(totals, row))
  }
  for (const cells of rows.span({ ...span, kind: 'wallet' })) {
    const row = walletLog.decode(cells)
    if (row.currency === currency) put(row.at, totals => withEntry(totals, row))
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

export function dayCountsOf(
  rows: SumRows,
  { accountIds, window }: Omit<HistoryFilter, 'instrumentId'>,
  kinds: readonly HistoryKind[],
): readonly DayCount[] {
  const counts = accountIds.flatMap(accountId =>
    kinds.flatMap(kind =>
      Array.from(rows.days({ accountId, kind, window }), ([day, count]) => ({
        accountId,
        day: dayOf(number().decode(day) * DAY_MS),
        kind,
        rows: number().decode(count),
      })),
    ),
  )
  return counts.sort((a, b) => (a.day > b.day ? -1 : a.day < b.day ? 1 : 0))
}
