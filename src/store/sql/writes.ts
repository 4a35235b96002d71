import type { AccountId } from '../../domain/ids.ts'
import type { Order } from '../../domain/order.ts'
import type { Write } from '../../ports/store.ts'
import type { Cell } from '../codec.ts'
import * as setup from '../setup-tables.ts'
import * as tables from '../tables.ts'
import { RECORD_WRITES, recordValues } from './record-writes.ts'
import { assignments, insert, insertOnce, overwrites, upsert } from './statements.ts'

/** One statement to run, with what stands for its placeholders. */
export interface Step {
  readonly operation: Operation
  readonly values: readonly Cell[]
}

/** What a unit is made of inside the store: a lease is taken in the order of the units. */
export type Change = Write | { readonly kind: 'lease'; readonly row: LeaseRow }

export interface LeaseRow {
  readonly accountId: AccountId
  readonly holder: string
  /** Null until the unit's turn has come: who held it before decides. */
  readonly epoch: number | null
}

export type Operation = Change['kind']

/** One statement per operation, in what SQLite and PostgreSQL both understand. */
export const WRITES: Readonly<Record<Operation, string>> = {
  account: upsert(setup.accounts),
  source: upsert(setup.sources),
  strategy: upsert(setup.strategies),
  link: upsert(setup.links),
  pair: upsert(setup.pairs),
  book: upsert(tables.books),
  link_state: upsert(tables.linkStates),
  pair_state: upsert(tables.pairStates),
  round: upsert(tables.rounds),
  decision: upsert(tables.decisions),
  // A row may come once more after a crash: what it means stays, what became of it is as new.
  intent_insert: `
    ${insert(tables.intents.name, [...tables.intents.columns, 'settled'])}
    ON CONFLICT (intent_id) DO UPDATE SET ${overwrites([...tables.progress.columns, 'settled'])}`,
  intent_update: `
    UPDATE intents SET ${assignments([...tables.progress.columns, 'settled'])}
    WHERE intent_id = ?`,
  fill: insertOnce(tables.fills),
  position: upsert(tables.positions),
  account_sync: upsert(tables.accountSyncs),
  notice: upsert(tables.notices),
  lease: `
    INSERT INTO leases (account_id, holder, epoch) VALUES (?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE SET ${overwrites(['holder', 'epoch'])}`,
  ...RECORD_WRITES,
}

export function stepOf(change: Change): Step {
  return { operation: change.kind, values: valuesOf(change) }
}

function valuesOf(change: Change): readonly Cell[] {
  switch (change.kind) {
    case 'account':
      return setup.accounts.encode(change.row)
    case 'source':
      return setup.sources.encode(change.row)
    case 'strategy':
      return setup.strategies.encode(change.row)
    case 'link':
      return setup.links.encode(change.row)
    case 'pair':
      return setup.pairs.encode(change.row)
    case 'book':
      return tables.books.encode(change.row)
    case 'link_state':
      return tables.linkStates.encode(change.row)
    case 'pair_state':
      return tables.pairStates.encode(change.row)
    case 'round':
      return tables.rounds.encode(change.row)
    case 'decision':
      return tables.decisions.encode(change.row)
    case 'intent_insert':
      return [...tables.intents.encode(change.row), settled(change.row)]
    case 'intent_update':
      return progress(change.row)
    case 'fill':
      return tables.fills.encode(tables.fillRow(change.row))
    case 'position':
      return tables.positions.encode(change.row)
    case 'account_sync':
      return tables.accountSyncs.encode(change.row)
    case 'notice':
      return tables.notices.encode(change.row)
    case 'lease':
      return [change.row.accountId, change.row.holder, change.row.epoch]
    default:
      return recordValues(change)
  }
}

function progress(order: Order): readonly Cell[] {
  return [...tables.progress.encode(tables.progressOf(order)), settled(order), order.intentId]
}

function settled(order: Order): Cell {
  return tables.isSettled(order) ? 1 : 0
}
