import type { HistoryKind, VenueExecution, VenueOrder, WalletEntry } from '../../domain/history.ts'
import type { CountedClosedPnl, HistoryJob, RowOf, StoredRows } from '../../ports/history-store.ts'
import { amount, flag, json, list, nullable, number, type Table, table, text } from '../codec.ts'

export const closedPnl = table<CountedClosedPnl>(
  'closed_pnl',
  ['venueOrderId', 'instrumentId', 'createdAt', 'ordinal'],
  {
    instrumentId: text(),
    venueOrderId: text(),
    createdAt: number(),
    ordinal: number(),
    side: text(),
    closedQuantity: amount,
    averageEntryPrice: amount,
    averageExitPrice: amount,
    entryNotional: amount,
    exitNotional: amount,
    openFee: nullable(amount),
    closeFee: nullable(amount),
    closedPnl: amount,
    fillCount: number(),
    leverage: nullable(amount),
    cause: text(),
    at: number(),
  },
)

export const venueOrders = table<VenueOrder>('venue_orders', ['venueOrderId', 'instrumentId'], {
  instrumentId: text(),
  venueOrderId: text(),
  positionIndex: number(),
  clientOrderId: nullable(text()),
  side: text(),
  type: text(),
  status: text(),
  venueStatus: text(),
  quantity: amount,
  filled: amount,
  limitPrice: nullable(amount),
  averagePrice: nullable(amount),
  fee: nullable(amount),
  reduceOnly: flag,
  reason: nullable(text()),
  createdAt: number(),
  at: number(),
})

export const venueExecutions = table<VenueExecution>('venue_executions', ['tradeId', 'instrumentId'], {
  instrumentId: text(),
  tradeId: text(),
  venueOrderId: text(),
  clientOrderId: nullable(text()),
  kind: text(),
  side: text(),
  quantity: amount,
  fillPrice: amount,
  fee: amount,
  liquidity: text(),
  at: number(),
})

export const walletLog = table<WalletEntry>('wallet_log', ['entryId'], {
  entryId: text(),
  type: text(),
  currency: text(),
  instrumentId: nullable(text()),
  venueOrderId: nullable(text()),
  tradeId: nullable(text()),
  cashFlow: amount,
  funding: nullable(amount),
  fee: amount,
  change: amount,
  balanceAfter: amount,
  at: number(),
})

export const jobs = table<HistoryJob>('history_jobs', ['id'], {
  id: text(),
  accountId: text(),
  kinds: json(list(text<HistoryKind>())),
  since: number(),
  until: number(),
  status: text(),
  reachedAt: nullable(number()),
  added: number(),
  reason: nullable(text()),
  createdAt: number(),
  updatedAt: number(),
})

/** Of each kind. */
export const TABLES: { readonly [Kind in HistoryKind]: Table<RowOf[Kind]> } = {
  closed_pnl: closedPnl,
  orders: venueOrders,
  executions: venueExecutions,
  wallet: walletLog,
}

type Layout = Pick<Table<never>, 'name' | 'key' | 'columns'> & {
  /** What a span goes by. */
  readonly time: 'at' | 'created_at'
}

/** Every row is an account's: its id is the first column and the first part of the key of each of them. */
export const LAYOUTS: Readonly<Record<HistoryKind, Layout>> = {
  closed_pnl: { ...closedPnl, time: 'at' },
  orders: { ...venueOrders, time: 'created_at' },
  executions: { ...venueExecutions, time: 'at' },
  wallet: { ...walletLog, time: 'at' },
}

/** One after the other, each with as many cells as its layout has columns. */
export function encodeRows(found: StoredRows): (string | number | null)[] {
  switch (found.kind) {
    case 'closed_pnl':
      return found.rows.flatMap(row => closedPnl.encode(row))
    case 'orders':
      return found.rows.flatMap(row => venueOrders.encode(row))
    case 'executions':
      return found.rows.flatMap(row => venueExecutions.encode(row))
    case 'wallet':
      return found.rows.flatMap(row => walletLog.encode(row))
  }
}

export function decodeRows(kind: HistoryKind, rows: readonly (readonly unknown[])[]): StoredRows {
  switch (kind) {
    case 'closed_pnl':
      return { kind, rows: rows.map(cells => closedPnl.decode(cells)) }
    case 'orders':
      return { kind, rows: rows.map(cells => venueOrders.decode(cells)) }
    case 'executions':
      return { kind, rows: rows.map(cells => venueExecutions.decode(cells)) }
    case 'wallet':
      return { kind, rows: rows.map(cells => walletLog.decode(cells)) }
  }
}
