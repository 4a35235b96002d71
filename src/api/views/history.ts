import type { z } from 'zod'
import type {
  closedPnlAnswer,
  jobAnswer,
  pastOrderAnswer,
  scheduleAnswer,
  sumAnswer,
  tieOutAnswer,
} from '../../../protocol/rest/history.ts'
import type { ClosedPnlSum, Comparison, TieOut } from '../../domain/history-totals.ts'
import type { HistoryJob, PlacedRow } from '../../ports/history-store.ts'
import type { ScheduleState } from '../past.ts'
import { text, textOrNull } from './amounts.ts'

export function closedPnlView({ place, row }: PlacedRow<'closed_pnl'>): z.infer<typeof closedPnlAnswer> {
  return {
    accountId: place.accountId,
    instrument: row.instrumentId,
    venueOrderId: row.venueOrderId,
    side: row.side,
    closedQuantity: text(row.closedQuantity),
    averageEntryPrice: text(row.averageEntryPrice),
    averageExitPrice: text(row.averageExitPrice),
    entryNotional: text(row.entryNotional),
    exitNotional: text(row.exitNotional),
    openFee: textOrNull(row.openFee),
    closeFee: textOrNull(row.closeFee),
    closedPnl: text(row.closedPnl),
    fillCount: row.fillCount,
    leverage: textOrNull(row.leverage),
    cause: row.cause,
    createdAt: row.createdAt,
    at: row.at,
  }
}

export function pastOrderView({ place, row }: PlacedRow<'orders'>): z.infer<typeof pastOrderAnswer> {
  return {
    accountId: place.accountId,
    instrument: row.instrumentId,
    venueOrderId: row.venueOrderId,
    clientOrderId: row.clientOrderId,
    side: row.side,
    type: row.type,
    status: row.status,
    venueStatus: row.venueStatus,
    quantity: text(row.quantity),
    filled: text(row.filled),
    limitPrice: textOrNull(row.limitPrice),
    averagePrice: textOrNull(row.averagePrice),
    fee: textOrNull(row.fee),
    reduceOnly: row.reduceOnly,
    reason: row.reason,
    createdAt: row.createdAt,
    at: row.at,
  }
}

export function sumView({ closedPnl, exitNotional, ...sum }: ClosedPnlSum): z.infer<typeof sumAnswer> {
  return { ...sum, closedPnl: text(closedPnl), exitNotional: text(exitNotional) }
}

export function tieOutView(
  { day, isTied, result, fees, funding, total, otherChange }: TieOut,
  isComplete: boolean,
): z.infer<typeof tieOutAnswer> {
  return {
    day,
    isComplete,
    isTied,
    result: comparisonView(result),
    fees: comparisonView(fees),
    funding: comparisonView(funding),
    total: comparisonView(total),
    otherChange: text(otherChange),
  }
}

function comparisonView({ byLists, byWallet, difference }: Comparison) {
  return { byLists: textOrNull(byLists), byWallet: text(byWallet), difference: textOrNull(difference) }
}

export function jobView(job: HistoryJob): z.infer<typeof jobAnswer> {
  return { ...job, kinds: [...job.kinds] }
}

export function scheduleView(row: ScheduleState): z.infer<typeof scheduleAnswer> {
  return { ...row, kinds: [...row.kinds] }
}
