import type { LighterAccount } from './accounts.ts'
import type { LighterFailure } from './codes.ts'
import { microseconds } from './text.ts'
import type { ReceivedTransaction } from './transaction-shape.ts'

/** apidocs.lighter.xyz, "Data Structures, Constants and Errors". */
const STATUS = { failed: 0, pending: 1, executed: 2 } as const

/** A transaction that the API took, and what became of it. */
export interface LoggedTransaction {
  readonly hash: string
  readonly account: LighterAccount
  readonly received: ReceivedTransaction
  readonly sequenceIndex: number
  /** Wall clock, ms. */
  readonly queuedAt: number
  status: keyof typeof STATUS
  /** Wall clock, ms; 0: not yet. */
  executedAt: number
  failure: LighterFailure | null
}

/** Transactions that can still be asked for; the oldest is forgotten first. */
const MAXIMUM_TRANSACTIONS = 100_000

export class TransactionLog {
  readonly #byHash = new Map<string, LoggedTransaction>()
  #count = 0

  add(taken: Pick<LoggedTransaction, 'hash' | 'account' | 'received' | 'queuedAt'>): LoggedTransaction {
    const [oldest] = this.#byHash.keys()
    if (this.#byHash.size >= MAXIMUM_TRANSACTIONS && oldest !== undefined) this.#byHash.delete(oldest)
    this.#count += 1
    const logged: LoggedTransaction = {
      ...taken,
      sequenceIndex: this.#count,
      status: 'pending',
      executedAt: 0,
      failure: null,
    }
    this.#byHash.set(taken.hash, logged)
    return logged
  }

  find(hash: string): LoggedTransaction | undefined {
    return this.#byHash.get(hash.toLowerCase().replace(/^0x/, ''))
  }
}

/** A row of `tx` and of the `account_tx` channel. */
export function transactionRow(logged: LoggedTransaction): Record<string, unknown> {
  const { received, account } = logged
  const { transaction } = received
  return {
    hash: logged.hash,
    type: received.txType,
    info: received.txInfo,
    // A text of JSON; `ae` is why the sequencer refused, '' where it did not.
    event_info: JSON.stringify({ a: account.index, ae: errorText(logged.failure) }),
    status: STATUS[logged.status],
    transaction_index: logged.sequenceIndex,
    l1_address: account.l1Address,
    account_index: account.index,
    nonce: transaction.nonce,
    expire_at: transaction.expiredAt,
    block_height: logged.sequenceIndex,
    queued_at: Math.trunc(logged.queuedAt),
    executed_at: Math.trunc(logged.executedAt),
    sequence_index: logged.sequenceIndex,
    parent_hash: '',
    api_key_index: transaction.apiKeyIndex,
    transaction_time: microseconds(logged.executedAt || logged.queuedAt),
  }
}

function errorText(failure: LighterFailure | null): string {
  return failure === null ? '' : JSON.stringify({ code: failure.code, message: failure.message })
}
