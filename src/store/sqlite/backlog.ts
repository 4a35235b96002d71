import { assert } from '../../domain/result.ts'
import type { Change } from '../sql/writes.ts'
import { progressOf } from '../tables.ts'

/** What is referred to stands before what refers to it, for whoever reads the file in between. */
const ORDER: readonly Change['kind'][] = [
  'account',
  'source',
  'strategy',
  'link',
  'lease',
  'book',
  'position',
  'link_state',
  'intent_insert',
  'intent_update',
  'decision',
  'fill',
  'account_sync',
  'notice',
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
    default:
      return []
  }
}

export function intentMark(intentId: string): string {
  return `intent/${intentId}`
}

/** What an update leaves of an insert: its meaning is fixed, what became of it is new. */
function merged(before: Change, after: Change): Change {
  if (after.kind !== 'intent_update') return after
  assert(before.kind === 'intent_insert' || before.kind === 'intent_update', 'an update follows its intent')
  return { kind: before.kind, row: { ...before.row, ...progressOf(after.row) } }
}

/** The primary key of the row. An intent's insert and its updates are one row. */
function keyOf(change: Change): string {
  const { kind } = change
  switch (kind) {
    case 'account':
    case 'source':
    case 'strategy':
    case 'link':
    case 'decision':
    case 'notice':
      return `${kind}/${change.row.id}`
    case 'lease':
    case 'account_sync':
      return `${kind}/${change.row.accountId}`
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
  }
}

function placeOf(row: { readonly instrumentId: string; readonly positionIndex: number }): string {
  return `${row.instrumentId}/${row.positionIndex}`
}
