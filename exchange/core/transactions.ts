import { add, type Decimal, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { Account } from './account.ts'
import type { Transaction } from './records.ts'
import type { ExchangeExecution } from './types.ts'
import type { World } from './world.ts'

/** Writes down what changed a wallet and was no execution. @param transfer `amount`: signed, quote, booked already */
export function recordTransfer(
  world: World,
  account: Account,
  transfer: {
    readonly kind: 'deposit' | 'withdrawal' | 'insurance'
    readonly amount: Decimal
    readonly at: number
  },
): void {
  const { kind, amount, at } = transfer
  account.transfers.push({
    ...NO_TRADE,
    id: world.nextId(),
    kind,
    cashFlow: amount,
    change: amount,
    balanceAfter: account.balance,
    at,
  })
}

/** Executions are rows already; transfers are sorted in by time. Newest first; within one ms ids tell, whose tails count up. */
export function transactionsOf(account: Account): readonly Transaction[] {
  const executions = account.executions.newestFirst().map(rowOf)
  return [...account.transfers.newestFirst(), ...executions].sort(
    (a, b) => b.at - a.at || (countOf(b) > countOf(a) ? 1 : -1),
  )
}

function countOf({ id }: Transaction): string {
  return id.slice(id.lastIndexOf('-'))
}

function rowOf(execution: ExchangeExecution): Transaction {
  const { kind, fee, realizedPnl } = execution
  const isFunding = kind === 'funding'
  const funding = isFunding ? negate(fee) : ZERO
  const paid = isFunding ? ZERO : fee
  return {
    id: execution.tradeId,
    kind,
    symbol: execution.symbol,
    side: execution.side,
    orderId: execution.orderId,
    clientOrderId: execution.clientOrderId,
    tradeId: execution.tradeId,
    quantity: execution.quantity,
    price: execution.price,
    positionAfter: execution.positionAfter,
    fee: paid,
    feeRate: execution.feeRate,
    funding,
    cashFlow: realizedPnl,
    change: subtract(add(realizedPnl, funding), paid),
    balanceAfter: execution.balanceAfter,
    at: execution.at,
  }
}

const NO_TRADE = {
  symbol: '',
  side: null,
  orderId: '',
  clientOrderId: '',
  tradeId: '',
  quantity: ZERO,
  price: ZERO,
  positionAfter: ZERO,
  fee: ZERO,
  feeRate: ZERO,
  funding: ZERO,
} as const
