import { assert } from '../../domain/result.ts'
import type { RecordWrite } from '../../ports/records.ts'
import { signalProgressOf } from '../record-tables.ts'
import type { Change } from '../sql/writes.ts'
import { progressOf } from '../tables.ts'

/** What is referred to stands before what refers to it, for whoever reads the file in between. */
const ORDER: readonly Change['kind'][] = [
  'account',
  'source',
  'strategy',
  'link',
  'pair',
  'lease',
  'book',
  'position',
  'link_state',
  'pair_state',
  'round',
  'intent_insert',
  'intent_update',
  'decision',
  'fill',
  'account_sync',
  'notice',
  'user',
  'login',
  'login_end',
  'api_token',
  'api_token_end',
  'account_profile',
  'secret',
  'secret_end',
  'setting',
  'signal_insert',
  'signal_update',
  'idempotent_answer',
  'audit',
]

/**
 * Rows that are durable in the journal and not yet in their tables, each as it stands after its last change:
 * an order that is placed, acknowledged and filled meanwhile is written once.
 */
export class Backlog {
  readonly #rows = new Map<string, Change>()
  readonly #marks = new Set<string>()

  get size(): number {
    return this.#rows.size
  }

  /** Whether something unique is in it, by the names of `marksOf`. */
  has(mark: string): boolean {
    return this.#marks.has(mark)
  }

  add(change: Change): void {
    for (const mark of marksOf(change)) this.#marks.add(mark)
    const key = keyOf(change)
    const before = this.#rows.get(key)
    this.#rows.set(key, before === undefined ? change : merged(before, change))
  }

  /** In the order in which the tables take them. */
  rows(): readonly Change[] {
    const byKind = Map.groupBy(this.#rows.values(), ({ kind }) => kind)
    return ORDER.flatMap(kind => byKind.get(kind) ?? [])
  }
}

/** What may exist once in the whole store, under names that cannot be mixed up. */
export function marksOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'intent_insert': {
      const { intentId, sequence, clientOrderId, accountId } = change.row
      return [intentMark(intentId), `sequence/${sequence}`, `client/${clientOrderId}/${accountId}`]
    }
    case 'fill': {
      const { fill, sourceId, sourceSequence } = change.row
      const trade = `trade/${fill.accountId}/${fill.instrumentId}/${fill.tradeId}`
      return sourceId === null ? [trade] : [trade, `source/${sourceId}/${sourceSequence}`]
    }
    case 'audit':
      return [`audit/${change.row.sequence}`]
    case 'signal_insert': {
      const { id, sourceId, externalId } = change.row
      return [signalMark(id), `external/${sourceId}/${externalId}`]
    }
    case 'idempotent_answer':
      return [`answer/${change.row.actor}/${change.row.key}`]
    default:
      return []
  }
}

export function intentMark(intentId: string): string {
  return `intent/${intentId}`
}

export function signalMark(signalId: string): string {
  return `signal/${signalId}`
}

/** What an update leaves of an insert: its meaning is fixed, what became of it is new. */
function merged(before: Change, after: Change): Change {
  if (after.kind === 'signal_update') {
    assert(before.kind === 'signal_insert' || before.kind === 'signal_update', 'an update follows its signal')
    return { kind: before.kind, row: { ...before.row, ...signalProgressOf(after.row) } }
  }
  if (after.kind !== 'intent_update') return after
  assert(before.kind === 'intent_insert' || before.kind === 'intent_update', 'an update follows its intent')
  return { kind: before.kind, row: { ...before.row, ...progressOf(after.row) } }
}

/** The primary key of the row. An insert, its updates and its end are one row. */
function keyOf(change: Change): string {
  const { kind } = change
  switch (kind) {
    case 'account':
    case 'source':
    case 'strategy':
    case 'link':
    case 'pair':
    case 'round':
    case 'decision':
    case 'notice':
      return `${kind}/${change.row.id}`
    case 'lease':
    case 'account_sync':
      return `${kind}/${change.row.accountId}`
    case 'pair_state':
      return `${kind}/${change.row.pairId}`
    case 'book':
      return `book/${change.row.sourceId}/${placeOf(change.row)}`
    case 'link_state':
      return `link_state/${change.row.linkId}/${placeOf(change.row)}`
    case 'position':
      return `position/${change.row.accountId}/${placeOf(change.row)}`
    case 'intent_insert':
    case 'intent_update':
      return intentMark(change.row.intentId)
    case 'fill': {
      const { accountId, instrumentId, tradeId } = change.row.fill
      return `fill/${accountId}/${instrumentId}/${tradeId}`
    }
    default:
      return recordKeyOf(change)
  }
}

function recordKeyOf(change: RecordWrite): string {
  const { kind } = change
  switch (kind) {
    case 'user':
      return `${kind}/${change.row.id}`
    case 'api_token':
    case 'api_token_end':
      return `api_token/${change.row.id}`
    case 'login':
    case 'login_end':
      return `login/${change.row.id}`
    case 'account_profile':
      return `${kind}/${change.row.accountId}`
    case 'secret':
    case 'secret_end':
      return `secret/${change.row.field}/${change.row.owner}`
    case 'setting':
      return `${kind}/${change.row.name}`
    case 'audit':
      return `${kind}/${change.row.sequence}`
    case 'signal_insert':
    case 'signal_update':
      return signalMark(change.row.id)
    case 'idempotent_answer':
      return `${kind}/${change.row.actor}/${change.row.key}`
  }
}

function placeOf(row: { readonly instrumentId: string; readonly positionIndex: number }): string {
  return `${row.instrumentId}/${row.positionIndex}`
}
