import type { ClosedPnl as ExchangeClosing, Transaction } from '../../../exchange/core/records.ts'
import type { ExchangeExecution, ExchangeOrder } from '../../../exchange/core/types.ts'
import { divide } from '../../../src/domain/decimal.ts'
import type { ClosedPnl, VenueExecution, VenueOrder, WalletEntry } from '../../../src/domain/history.ts'
import { type ClientOrderId, instrumentId, type TradeId, type VenueOrderId } from '../../../src/domain/ids.ts'
import { orderReport } from '../venue-rows.ts'

/** The exchange's rows as an adapter hands them on. */

export function closingTold(row: ExchangeClosing): ClosedPnl {
  const { closedSize, entryNotional, exitNotional, openFee, closeFee, closedPnl, fillCount } = row
  return {
    instrumentId: instrumentId('bybit', row.symbol),
    venueOrderId: row.orderId as VenueOrderId,
    side: row.side,
    closedQuantity: closedSize,
    averageEntryPrice: divide(entryNotional, closedSize),
    averageExitPrice: divide(exitNotional, closedSize),
    entryNotional,
    exitNotional,
    openFee,
    closeFee,
    closedPnl,
    fillCount,
    leverage: row.leverage,
    cause: row.kind,
    createdAt: row.createdAt,
    at: row.updatedAt,
  }
}

export function orderTold(row: ExchangeOrder): VenueOrder {
  const { status, ...report } = orderReport('bybit', row)
  return {
    ...report,
    status: status === 'created' ? 'open' : status,
    venueStatus: row.status,
    fee: row.fee,
    createdAt: row.createdAt,
  }
}

export function executionTold(row: ExchangeExecution): VenueExecution {
  return {
    instrumentId: instrumentId('bybit', row.symbol),
    tradeId: row.tradeId as TradeId,
    venueOrderId: row.orderId as VenueOrderId,
    clientOrderId: row.clientOrderId === '' ? null : (row.clientOrderId as ClientOrderId),
    kind: row.kind,
    side: row.side,
    quantity: row.quantity,
    fillPrice: row.price,
    fee: row.fee,
    liquidity: row.isMaker ? 'maker' : 'taker',
    at: row.at,
  }
}

/** @param currency the account's only one */
export function walletTold(row: Transaction, currency: string): WalletEntry {
  return {
    entryId: row.id,
    type: row.kind,
    currency,
    instrumentId: row.symbol === '' ? null : instrumentId('bybit', row.symbol),
    venueOrderId: row.orderId === '' ? null : row.orderId,
    tradeId: row.tradeId === '' ? null : row.tradeId,
    cashFlow: row.cashFlow,
    funding: row.funding,
    fee: row.fee,
    change: row.change,
    balanceAfter: row.balanceAfter,
    at: row.at,
  }
}
