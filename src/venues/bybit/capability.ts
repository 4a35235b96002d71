import type { BudgetRule, Capability } from '../../domain/capability.ts'

export type BudgetName = 'create' | 'amend' | 'cancel' | 'settings' | 'read' | 'http' | 'trade' | 'connect'

const SECOND_MS = 1_000

/**
 * bybit-exchange/docs, docs/v5/rate-limit: per UID and endpoint, rolling second; per address 600 HTTP
 * requests in 5 s, 3000 trade requests a second, 500 connections in 5 minutes. What is per address is
 * asked for at nine tenths: passing it stops every account behind the address for ten minutes.
 */
export const BYBIT_BUDGETS: Readonly<Record<BudgetName, BudgetRule>> = {
  create: { scope: 'account', requests: 10, perMs: SECOND_MS },
  amend: { scope: 'account', requests: 10, perMs: SECOND_MS },
  cancel: { scope: 'account', requests: 10, perMs: SECOND_MS },
  settings: { scope: 'account', requests: 10, perMs: SECOND_MS },
  // 50 for each endpoint; one budget for all of them keeps below whichever is asked.
  read: { scope: 'account', requests: 50, perMs: SECOND_MS },
  http: { scope: 'egress', requests: 540, perMs: 5 * SECOND_MS },
  trade: { scope: 'egress', requests: 2_700, perMs: SECOND_MS },
  connect: { scope: 'egress', requests: 450, perMs: 300 * SECOND_MS },
}

export const BYBIT_CAPABILITY: Capability = {
  venue: 'bybit',
  clientOrderId: { kind: 'text', maximumLength: 36 },
  deadline: 'receive_window',
  receiveWindowMs: 2_000,
  reduceOnly: 'trims',
  idReuse: 'never',
  quantityUnit: 'base',
  settlementCurrency: 'USDT',
  // Not documented: order/history "may delay". Generous, because a doubt resolved late costs one entry
  // and a doubt resolved wrongly costs a second order.
  queryLagMs: 3_000,
  maximumBatch: 20,
  maximumOpenOrdersPerSymbol: 500,
  budgets: BYBIT_BUDGETS,
}
