import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AccountId } from '../../domain/ids.ts'
import type { Change, LeaseRow } from '../sql/writes.ts'
import { intentMark, marksOf } from './backlog.ts'
import { type Before, RecordAdmission, type Refused } from './record-admission.ts'

/** Whether something is already durable, and on its way to its table. */
export type OnItsWay = (mark: string) => boolean

/** Says whether a unit may be written, before any of it is: what is unique, what must exist, whose the lease is. */
export class Admission {
  readonly #onItsWay: OnItsWay
  readonly #intent: StatementSync
  readonly #sameIntent: StatementSync
  readonly #sameTrade: StatementSync
  readonly #sameSourceFill: StatementSync
  readonly #lease: StatementSync
  readonly #records: RecordAdmission
  /** As the last unit left them. */
  readonly #leases = new Map<AccountId, LeaseRow>()

  constructor(database: DatabaseSync, onItsWay: OnItsWay) {
    this.#onItsWay = onItsWay
    this.#intent = database.prepare('SELECT 1 FROM intents WHERE intent_id = ?')
    this.#sameIntent = database.prepare(`
      SELECT EXISTS (SELECT 1 FROM intents WHERE intent_id = ?)
        OR EXISTS (SELECT 1 FROM intents WHERE sequence = ?)
        OR EXISTS (SELECT 1 FROM intents WHERE client_order_id = ? AND account_id = ?) AS found`)
    this.#sameTrade = database.prepare(
      'SELECT 1 FROM fills WHERE account_id = ? AND instrument_id = ? AND trade_id = ?',
    )
    this.#sameSourceFill = database.prepare('SELECT 1 FROM fills WHERE source_id = ? AND source_sequence = ?')
    this.#lease = database.prepare('SELECT holder, epoch FROM leases WHERE account_id = ?')
    this.#records = new RecordAdmission(database)
  }

  /** A unit's own changes count: it may bring an intent and its update, and not the same trade twice. */
  refusalOf(unit: readonly Change[]): Refused {
    const own = new Set<string>()
    const known = (mark: string): boolean => own.has(mark) || this.#onItsWay(mark)
    const changes: Change[] = []
    for (const change of unit) {
      const refused = this.#refusalOf(change, { known, changes })
      if (refused !== null) return `${change.kind} refused: ${refused}`
      for (const mark of marksOf(change)) own.add(mark)
      changes.push(change)
    }
    return null
  }

  /** What is durable with it: a lease has its epoch by now. */
  accepted(change: Change): Change {
    if (change.kind === 'user') this.#records.note(change.row)
    return change.kind === 'lease' ? { kind: 'lease', row: this.#take(change.row) } : change
  }

  /** Who holds it already keeps its epoch; a new holder fences off every claim of the former. */
  #take({ accountId, holder }: LeaseRow): LeaseRow {
    const before = this.#leaseOf(accountId)
    const epoch = before?.epoch ?? 0
    const lease = { accountId, holder, epoch: before?.holder === holder ? epoch : epoch + 1 }
    this.#leases.set(accountId, lease)
    return lease
  }

  #refusalOf(change: Change, before: Before): Refused {
    const { known } = before
    switch (change.kind) {
      case 'intent_insert': {
        const { accountId, claim } = change.row
        if (claim !== null && this.#leaseOf(accountId)?.epoch !== claim.leaseEpoch)
          return 'the lease of its account has passed on'
        return marksOf(change).some(known) || this.#isStored(change) ? 'it exists already' : null
      }
      case 'intent_update': {
        const { intentId } = change.row
        const exists = known(intentMark(intentId)) || this.#intent.get(intentId) !== undefined
        return exists ? null : 'there is no such intent'
      }
      case 'fill':
        return marksOf(change).some(known) || this.#isStored(change) ? 'it exists already' : null
      case 'account':
      case 'source':
      case 'strategy':
      case 'link':
      case 'pair':
      case 'pair_state':
      case 'round':
      case 'book':
      case 'link_state':
      case 'decision':
      case 'position':
      case 'account_sync':
      case 'notice':
      case 'lease':
        return null
      default:
        return this.#records.refusalOf(change, before)
    }
  }

  #isStored(change: Extract<Change, { kind: 'intent_insert' | 'fill' }>): boolean {
    if (change.kind === 'intent_insert') {
      const { intentId, sequence, clientOrderId, accountId } = change.row
      return this.#sameIntent.get(intentId, sequence, clientOrderId, accountId)?.['found'] === 1
    }
    const { fill, sourceId, sourceSequence } = change.row
    if (this.#sameTrade.get(fill.accountId, fill.instrumentId, fill.tradeId) !== undefined) return true
    return sourceId !== null && this.#sameSourceFill.get(sourceId, sourceSequence) !== undefined
  }

  #leaseOf(accountId: AccountId): LeaseRow | undefined {
    const known = this.#leases.get(accountId)
    if (known !== undefined) return known
    const row = this.#lease.get(accountId)
    if (row === undefined) return undefined
    const lease = { accountId, holder: String(row['holder']), epoch: Number(row['epoch']) }
    this.#leases.set(accountId, lease)
    return lease
  }
}
