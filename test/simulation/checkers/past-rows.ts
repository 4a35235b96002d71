import type { ClosedPnl, Transaction } from '../../../exchange/core/records.ts'
import type { ExchangeExecution, ExchangeOrder, ExchangeRecords } from '../../../exchange/core/types.ts'
import type { HistoryRows, VenueOrderStatus } from '../../../src/domain/history.ts'
import { symbolOf } from '../../../src/domain/ids.ts'
import type { PastRow } from './past.ts'

/** The past in the words of the checker, from either side. Amounts are counts of 10^-18 on both. */

export interface VenuePast {
  readonly closings: readonly ClosedPnl[]
  readonly orders: readonly ExchangeOrder[]
  readonly executions: readonly ExchangeExecution[]
  readonly wallet: readonly Transaction[]
}

const STATUS: Readonly<Record<ExchangeOrder['status'], VenueOrderStatus>> = {
  untriggered: 'open',
  triggered: 'open',
  new: 'open',
  partially_filled: 'open',
  filled: 'filled',
  canceled: 'canceled',
  partially_filled_canceled: 'canceled',
  rejected: 'rejected',
}

export function venuePast(exchange: ExchangeRecords, account: string): VenuePast {
  return {
    closings: exchange.closedPnl(account),
    orders: [...exchange.closedOrders(account), ...exchange.openOrders(account)],
    executions: exchange.executions(account),
    wallet: exchange.transactions(account),
  }
}

export function closingHad(row: ClosedPnl): PastRow {
  const { symbol, orderId, side, closedSize, entryNotional, exitNotional, openFee, closeFee } = row
  const { closedPnl, fillCount, createdAt, updatedAt } = row
  return {
    kind: 'closed_pnl',
    name: `${orderId} ${symbol} ${createdAt}`,
    at: updatedAt,
    says: says(
      side,
      closedSize,
      entryNotional,
      exitNotional,
      openFee,
      closeFee,
      closedPnl,
      fillCount,
      updatedAt,
    ),
  }
}

export function orderHad(row: ExchangeOrder): PastRow {
  const { symbol, orderId, side, status, quantity, filled, fee, createdAt, updatedAt } = row
  return {
    kind: 'orders',
    name: `${orderId} ${symbol}`,
    at: createdAt,
    says: says(side, STATUS[status], quantity, filled, fee, updatedAt),
  }
}

export function executionHad(row: ExchangeExecution): PastRow {
  const { symbol, tradeId, kind, side, quantity, price, fee, isMaker, at } = row
  const fillPrice = kind === 'trade' ? price : null
  return {
    kind: 'executions',
    name: `${tradeId} ${symbol}`,
    at,
    says: says(kind, side, quantity, fillPrice, fee, isMaker ? 'maker' : 'taker'),
  }
}

export function walletHad({ id, cashFlow, funding, fee, change, balanceAfter, at }: Transaction): PastRow {
  return { kind: 'wallet', name: id, at, says: says(cashFlow, funding, fee, change, balanceAfter) }
}

export function keptRows(found: HistoryRows): readonly PastRow[] {
  const { kind } = found
  switch (kind) {
    case 'closed_pnl':
      return found.rows.map(row => {
        const { instrumentId, venueOrderId, side, closedQuantity, entryNotional, exitNotional } = row
        const { openFee, closeFee, closedPnl, fillCount, createdAt, at } = row
        const name = `${venueOrderId} ${symbolOf(instrumentId)} ${createdAt}`
        const amounts = [closedQuantity, entryNotional, exitNotional, openFee, closeFee, closedPnl]
        return { kind, name, at, says: says(side, ...amounts, fillCount, at) }
      })
    case 'orders':
      return found.rows.map(row => {
        const { instrumentId, venueOrderId, side, status, quantity, filled, fee, createdAt, at } = row
        const name = `${venueOrderId} ${symbolOf(instrumentId)}`
        return { kind, name, at: createdAt, says: says(side, status, quantity, filled, fee ?? 0, at) }
      })
    case 'executions':
      return found.rows.map(row => {
        const { instrumentId, tradeId, side, quantity, fee, liquidity, at } = row
        const fillPrice = row.kind === 'trade' ? row.fillPrice : null
        const name = `${tradeId} ${symbolOf(instrumentId)}`
        return { kind, name, at, says: says(row.kind, side, quantity, fillPrice, fee, liquidity) }
      })
    case 'wallet':
      return found.rows.map(({ entryId, cashFlow, funding, fee, change, balanceAfter, at }) => {
        return { kind, name: entryId, at, says: says(cashFlow, funding ?? 0, fee, change, balanceAfter) }
      })
  }
}

function says(...words: readonly (string | number | bigint | null)[]): string {
  return words.join(' ')
}
