import type { Account } from '../../domain/account.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Book, LinkState } from '../../domain/link-state.ts'
import type { Notice } from '../../domain/notice.ts'
import type { Order } from '../../domain/order.ts'
import type { Pair, PairState, Round } from '../../domain/pair.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Link, Source, Strategy } from '../../domain/strategy.ts'
import type { AccountSync, StoredFill, StoredPosition, StoreError, Write } from '../../ports/store.ts'
import { progressOf } from '../tables.ts'
import { Changes, key } from './changes.ts'
import { RecordTables } from './record-tables.ts'

export interface Lease {
  readonly holder: number
  readonly epoch: number
}

/** What is durable: rows by their key, and the unique keys that other columns carry. */
export class MemoryTables {
  readonly accounts = new Map<string, Account>()
  readonly sources = new Map<string, Source>()
  readonly strategies = new Map<string, Strategy>()
  readonly links = new Map<string, Link>()
  readonly pairs = new Map<string, Pair>()
  readonly pairStates = new Map<string, PairState>()
  readonly rounds = new Map<string, Round>()
  readonly books = new Map<string, Book>()
  readonly linkStates = new Map<string, LinkState>()
  readonly decisions = new Map<string, Decision>()
  readonly intents = new Map<string, Order>()
  readonly intentsByClientOrderId = new Map<string, Order['intentId']>()
  readonly intentsBySequence = new Map<number, Order['intentId']>()
  readonly fills = new Map<string, StoredFill>()
  readonly fillsBySource = new Map<string, StoredFill>()
  readonly lastSourceSequences = new Map<string, number>()
  readonly positions = new Map<string, StoredPosition>()
  readonly syncs = new Map<string, AccountSync>()
  readonly notices = new Map<string, Notice>()
  readonly leases = new Map<string, Lease>()
  readonly records = new RecordTables()

  /** The whole unit or none of it. */
  apply(unit: readonly Write[]): Result<void, StoreError> {
    const changes = new Changes()
    for (const write of unit) {
      const refusal = this.#write(write, changes)
      if (refusal === null) continue
      changes.takeBack()
      return err({ kind: 'conflict', message: `${write.kind} refused: ${refusal}` })
    }
    return ok()
  }

  /** Who holds it already keeps its epoch; a new holder fences off every claim of the former. */
  takeLease(accountId: string, holder: number): number {
    const lease = this.leases.get(accountId)
    if (lease?.holder === holder) return lease.epoch
    const epoch = (lease?.epoch ?? 0) + 1
    this.leases.set(accountId, { holder, epoch })
    return epoch
  }

  /** @returns why it is refused, or null */
  #write(write: Write, changes: Changes): string | null {
    switch (write.kind) {
      case 'account':
        return changes.put(this.accounts, write.row.id, write.row)
      case 'source':
        return changes.put(this.sources, write.row.id, write.row)
      case 'strategy':
        return changes.put(this.strategies, write.row.id, write.row)
      case 'link':
        return changes.put(this.links, write.row.id, write.row)
      case 'pair':
        return changes.put(this.pairs, write.row.id, write.row)
      case 'pair_state':
        return changes.put(this.pairStates, write.row.pairId, write.row)
      case 'round':
        return changes.put(this.rounds, write.row.id, write.row)
      case 'book':
        return changes.put(this.books, placeKey(write.row.sourceId, write.row), write.row)
      case 'link_state':
        return changes.put(this.linkStates, placeKey(write.row.linkId, write.row), write.row)
      case 'decision':
        return changes.put(this.decisions, write.row.id, write.row)
      case 'intent_insert':
        return this.#insertIntent(write.row, changes)
      case 'intent_update':
        return this.#updateIntent(write.row, changes)
      case 'fill':
        return this.#insertFill(write.row, changes)
      case 'position':
        return changes.put(this.positions, placeKey(write.row.accountId, write.row), write.row)
      case 'account_sync':
        return changes.put(this.syncs, write.row.accountId, write.row)
      case 'notice':
        return changes.put(this.notices, write.row.id, write.row)
      default:
        return this.records.write(write, changes)
    }
  }

  #insertIntent(row: Order, changes: Changes): string | null {
    const clientKey = key(row.accountId, row.clientOrderId)
    if (this.intents.has(row.intentId)) return `the intent ${row.intentId} exists`
    if (this.intentsBySequence.has(row.sequence)) return `the sequence ${row.sequence} exists`
    if (this.intentsByClientOrderId.has(clientKey)) return `the client order id ${row.clientOrderId} exists`
    if (row.claim !== null && this.leases.get(row.accountId)?.epoch !== row.claim.leaseEpoch)
      return 'the lease of its account has passed on'
    changes.put(this.intentsBySequence, row.sequence, row.intentId)
    changes.put(this.intentsByClientOrderId, clientKey, row.intentId)
    return changes.put(this.intents, row.intentId, row)
  }

  #updateIntent(row: Order, changes: Changes): string | null {
    const stored = this.intents.get(row.intentId)
    if (stored === undefined) return 'there is no such intent'
    return changes.put(this.intents, row.intentId, { ...stored, ...progressOf(row) })
  }

  #insertFill(row: StoredFill, changes: Changes): string | null {
    const { accountId, instrumentId, tradeId } = row.fill
    const tradeKey = key(accountId, instrumentId, tradeId)
    if (this.fills.has(tradeKey)) return `the trade ${tradeId} exists`
    if (row.sourceId !== null && row.sourceSequence !== null) {
      const sourceKey = key(row.sourceId, row.sourceSequence)
      if (this.fillsBySource.has(sourceKey)) return `the source's fill ${row.sourceSequence} exists`
      changes.put(this.fillsBySource, sourceKey, row)
      const last = this.lastSourceSequences.get(row.sourceId) ?? 0
      changes.put(this.lastSourceSequences, row.sourceId, Math.max(last, row.sourceSequence))
    }
    return changes.put(this.fills, tradeKey, row)
  }
}

function placeKey(owner: string, of: Pick<Book, 'instrumentId' | 'positionIndex'>): string {
  return key(owner, of.instrumentId, of.positionIndex)
}
