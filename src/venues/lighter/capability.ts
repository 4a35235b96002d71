import type { BudgetRule, Capability } from '../../domain/capability.ts'

export type BudgetName = 'transactions' | 'reads' | 'trades' | 'http' | 'sends' | 'connect' | 'messages'
/** What the account's owner has at the venue; the wallet's address has it, for all of its accounts. */
export type LighterTier = 'standard' | 'premium'

const MINUTE_MS = 60_000
const MAXIMUM_CLIENT_ORDER_INDEX = 2 ** 48 - 1

/**
 * apidocs.lighter.xyz, "Rate Limits": a standard account may make 60 reads and 60 transactions in a rolling minute, and
 * both hold per wallet address and per IP address. `trades` weighs 600 of 24,000, which is less for every account.
 * What is per IP is asked for at nine tenths.
 */
export const LIGHTER_BUDGETS: Readonly<Record<BudgetName, BudgetRule>> = {
  transactions: { scope: 'account', requests: 60, perMs: MINUTE_MS },
  reads: { scope: 'account', requests: 60, perMs: MINUTE_MS },
  trades: { scope: 'account', requests: 40, perMs: MINUTE_MS },
  http: { scope: 'egress', requests: 54, perMs: MINUTE_MS },
  sends: { scope: 'egress', requests: 54, perMs: MINUTE_MS },
  connect: { scope: 'egress', requests: 200, perMs: MINUTE_MS },
  // Of 200 client messages: what the market stream subscribes to. Of 50 without an answer it takes 48 at most.
  messages: { scope: 'egress', requests: 60, perMs: MINUTE_MS },
}

/** What a premium account's transactions may be at the least; its reads are weighted, and no more than a standard one's. */
export const PREMIUM_TRANSACTIONS: BudgetRule = { scope: 'account', requests: 4_000, perMs: MINUTE_MS }

export const LIGHTER_CAPABILITY: Capability = {
  venue: 'lighter',
  clientOrderId: { kind: 'integer', maximum: MAXIMUM_CLIENT_ORDER_INDEX },
  deadline: 'signed_expiry',
  // Above what the venue's clock may be wrong by (half a second) and what it holds standard accounts back (300 ms).
  receiveWindowMs: 5_000,
  // Whatever does not reduce may vanish without a report.
  reduceOnly: 'refuses',
  idReuse: 'after_terminal',
  quantityUnit: 'base',
  settlementCurrency: 'USDC',
  // Not documented. Generous, because a doubt resolved wrongly costs a second order.
  queryLagMs: 5_000,
  maximumBatch: 1,
  maximumOpenOrdersPerSymbol: 1_000,
  budgets: LIGHTER_BUDGETS,
}
