import { decimal } from '../../src/domain/decimal.ts'
import type { VenueExecution, VenueOrder, WalletEntry } from '../../src/domain/history.ts'
import { instrumentId, type TradeId, type VenueOrderId } from '../../src/domain/ids.ts'
import type { CountedClosedPnl, HistoryJob } from '../../src/ports/history-store.ts'
import { id } from './store-rows.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
export const START = 1_700_000_000_000

export function closing(count: number, change: Partial<CountedClosedPnl> = {}): CountedClosedPnl {
  return {
    instrumentId: BTC,
    venueOrderId: `closing-${count}` as VenueOrderId,
    ordinal: 0,
    side: 'sell',
    closedQuantity: decimal('0.5'),
    averageEntryPrice: decimal('60000.1'),
    averageExitPrice: decimal('60001'),
    entryNotional: decimal('30000.05'),
    exitNotional: decimal('30000.5'),
    openFee: null,
    closeFee: decimal('0.000000000000000001'),
    closedPnl: decimal('-0.45'),
    fillCount: 3,
    leverage: decimal('10'),
    cause: 'Trade',
    createdAt: START + count,
    at: START + count,
    ...change,
  }
}

export function venueOrder(count: number, change: Partial<VenueOrder> = {}): VenueOrder {
  return {
    instrumentId: BTC,
    positionIndex: 0,
    venueOrderId: `order-${count}` as VenueOrderId,
    clientOrderId: null,
    side: 'buy',
    type: 'limit',
    status: 'open',
    venueStatus: 'New',
    quantity: decimal('1'),
    filled: decimal('0'),
    limitPrice: decimal('50000'),
    averagePrice: null,
    fee: null,
    reduceOnly: true,
    reason: null,
    createdAt: START + count,
    at: START + count,
    ...change,
  }
}

export function execution(count: number, change: Partial<VenueExecution> = {}): VenueExecution {
  return {
    instrumentId: BTC,
    tradeId: `trade-${count}` as TradeId,
    venueOrderId: `order-${count}` as VenueOrderId,
    clientOrderId: id('client', count),
    kind: 'trade',
    side: 'sell',
    quantity: decimal('0.001'),
    fillPrice: decimal('60000'),
    fee: decimal('-0.01'),
    liquidity: 'maker',
    at: START + count,
    ...change,
  }
}

export function walletEntry(count: number, change: Partial<WalletEntry> = {}): WalletEntry {
  return {
    entryId: `entry-${count}`,
    type: 'TRADE',
    currency: 'USDT',
    instrumentId: BTC,
    venueOrderId: null,
    tradeId: null,
    cashFlow: decimal('1'),
    funding: null,
    fee: decimal('0.1'),
    change: decimal('0.9'),
    balanceAfter: decimal('100.9'),
    at: START + count,
    ...change,
  }
}

export function historyJob(count: number, change: Partial<HistoryJob> = {}): HistoryJob {
  return {
    id: id('job', count),
    accountId: id('account', 1),
    kinds: ['orders', 'closed_pnl'],
    since: START,
    until: START + 1_000,
    status: 'running',
    reachedAt: null,
    added: 0,
    reason: null,
    createdAt: 1_700_000_000_000.5,
    updatedAt: 1_700_000_000_000.5,
    ...change,
  }
}
