import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { Transaction } from '../../../src/venues/lighter/sign/transaction.ts'
import type { LighterAccount, LighterKey } from './accounts.ts'
import {
  API_KEY_NOT_FOUND,
  BATCH_LENGTHS,
  BATCH_NONCE,
  BATCH_OWNERS,
  BATCH_SIZE,
  INVALID_EXPIRY,
  INVALID_MARKET,
  INVALID_NONCE,
  type LighterFailure,
  TX_EXPIRED,
} from './codes.ts'
import type { LoggedTransaction } from './transaction-log.ts'
import { leavesOutNonces, type ReceivedTransaction, readTransaction } from './transaction-shape.ts'
import type { LighterVenue } from './venue.ts'

const MAXIMUM_BATCH = 50
const MINIMUM_EXPIRY_MS = 5 * 60_000
const MAXIMUM_EXPIRY_MS = 30 * 24 * 3_600_000

/** One transaction as it was sent: its kind's number, and a text of JSON. */
export interface SentTransaction {
  readonly txType: number
  readonly txInfo: string
}

/** Reads a batch: all of one account and key, each nonce one more than the one before, or none is taken. */
export function readBatch(
  venue: LighterVenue,
  sent: readonly SentTransaction[],
): Result<readonly ReceivedTransaction[], LighterFailure> {
  if (sent.length === 0) return err(BATCH_LENGTHS)
  if (sent.length > MAXIMUM_BATCH) return err(BATCH_SIZE)
  const received: ReceivedTransaction[] = []
  for (const { txType, txInfo } of sent) {
    const read = readTransaction(txType, txInfo, venue.chainId)
    if (!read.ok) return read
    const before = received.at(-1)?.transaction
    const { transaction } = read.value
    if (before !== undefined && !isSameKey(before, transaction)) return err(BATCH_OWNERS)
    if (before !== undefined && transaction.nonce !== before.nonce + 1) return err(BATCH_NONCE)
    received.push(read.value)
  }
  return ok(received)
}

/**
 * What the API checks before it says 200: the key, the signature, the times, and last the nonce, which is used by that.
 * Everything about balances, positions and orders is left to the sequencer.
 */
export function admit(
  venue: LighterVenue,
  batch: readonly ReceivedTransaction[],
): Result<readonly LoggedTransaction[], LighterFailure> {
  const checked: Checked[] = []
  for (const received of batch) {
    const each = check(venue, received)
    if (!each.ok) return each
    checked.push(each.value)
  }
  // A batch is of one key, with nonces in a row: what holds for the first holds for all.
  for (const { key, received } of checked) {
    const { transaction } = received
    if (!key.nonces.accept(transaction.nonce, leavesOutNonces(transaction))) return err(INVALID_NONCE)
  }
  const queuedAt = venue.now()
  return ok(
    checked.map(({ hash, account, received }) =>
      venue.transactions.add({ hash, account, received, queuedAt }),
    ),
  )
}

interface Checked {
  readonly received: ReceivedTransaction
  readonly account: LighterAccount
  readonly key: LighterKey
  readonly hash: string
}

function check(venue: LighterVenue, received: ReceivedTransaction): Result<Checked, LighterFailure> {
  const { transaction } = received
  const account = venue.accounts.at(transaction.accountIndex)
  const key = account?.keys.get(transaction.apiKeyIndex)
  if (account === undefined || key === undefined) return err(API_KEY_NOT_FOUND)
  const hash = venue.verifier.transaction(received, key.publicKey)
  if (!hash.ok) return hash
  const wrong = untimely(transaction, venue.now()) ?? elsewhere(venue, transaction)
  return wrong === null ? ok({ received, account, key, hash: hash.value }) : err(wrong)
}

function untimely(transaction: Transaction, now: number): LighterFailure | null {
  if (transaction.expiredAt <= now) return TX_EXPIRED
  if (transaction.kind !== 'create_order' || transaction.orderExpiry === 0) return null
  const ahead = transaction.orderExpiry - now
  return ahead < MINIMUM_EXPIRY_MS || ahead > MAXIMUM_EXPIRY_MS ? INVALID_EXPIRY : null
}

function elsewhere({ markets }: LighterVenue, transaction: Transaction): LighterFailure | null {
  if (!('marketIndex' in transaction)) return null
  return markets.at(transaction.marketIndex) === undefined ? INVALID_MARKET : null
}

function isSameKey(a: Transaction, b: Transaction): boolean {
  return a.accountIndex === b.accountIndex && a.apiKeyIndex === b.apiKeyIndex
}
