import type { AccountId } from '../../domain/ids.ts'
import type { Order } from '../../domain/order.ts'
import type { Write } from '../../ports/store.ts'
import type { Cell, Table } from '../codec.ts'
import * as tables from '../tables.ts'

/** One statement to run, with what stands for its placeholders. */
export interface Step {
  readonly operation: Operation
  readonly values: readonly Cell[]
}

/** What a unit is made of inside the store: a lease is taken in the order of the units. */
export type Change = Write | { readonly kind: 'lease'; readonly row: LeaseRow }

interface LeaseRow {
  readonly accountId: AccountId
  readonly holder: string
}

export type Operation = Change['kind'] | 'fence'

/** One statement per operation, in what SQLite and PostgreSQL both understand. */
export const WRITES: Readonly<Record<Operation, string>> = {
  account: upsert(tables.accounts),
  source: upsert(tables.sources),
  strategy: upsert(tables.strategies),
  link: upsert(tables.links),
  book: upsert(tables.books),
  link_state: upsert(tables.linkStates),
  decision: upsert(tables.decisions),
  intent_insert: insert(tables.intents.name, [...tables.intents.columns, 'settled']),
  intent_update: `
    UPDATE intents SET ${assignments([...tables.progress.columns, 'settled'])}
    WHERE intent_id = ?`,
  fill: insert(tables.fills.name, tables.fills.columns),
  position: upsert(tables.positions),
  account_sync: upsert(tables.accountSyncs),
  notice: upsert(tables.notices),
  // Who holds it already keeps its epoch; a new holder fences off every claim of the former.
  lease: `
    INSERT INTO leases (account_id, holder, epoch) VALUES (?, ?, 1)
    ON CONFLICT (account_id) DO UPDATE SET
      epoch = CASE WHEN leases.holder = excluded.holder THEN leases.epoch ELSE leases.epoch + 1 END,
      holder = excluded.holder
    RETURNING epoch`,
  fence: 'SELECT epoch FROM leases WHERE account_id = ? AND epoch = ?',
}

/** Operations that must find a row: the unit is refused with these words when there is none. */
export const REFUSALS: Readonly<Partial<Record<Operation, string>>> = {
  intent_update: 'there is no such intent',
  fence: 'the lease of its account has passed on',
}

/** A claim is fenced by a question of its own, so that the refusal can say what it was. */
export function stepsOf(change: Change): readonly Step[] {
  const step: Step = { operation: change.kind, values: valuesOf(change) }
  if (change.kind !== 'intent_insert' || change.row.claim === null) return [step]
  const { accountId, claim } = change.row
  return [{ operation: 'fence', values: [accountId, claim.leaseEpoch] }, step]
}

function valuesOf(change: Change): readonly Cell[] {
  switch (change.kind) {
    case 'account':
      return tables.accounts.encode(change.row)
    case 'source':
      return tables.sources.encode(change.row)
    case 'strategy':
      return tables.strategies.encode(change.row)
    case 'link':
      return tables.links.encode(change.row)
    case 'book':
      return tables.books.encode(change.row)
    case 'link_state':
      return tables.linkStates.encode(change.row)
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
      return [change.row.accountId, change.row.holder]
  }
}

function progress(order: Order): readonly Cell[] {
  return [...tables.progress.encode(tables.progressOf(order)), settled(order), order.intentId]
}

function settled(order: Order): Cell {
  return tables.isSettled(order) ? 1 : 0
}

function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

function upsert({ name, key, columns }: Pick<Table<never>, 'name' | 'key' | 'columns'>): string {
  const rest = columns.filter(column => !key.includes(column))
  const changes = rest.map(column => `${column} = excluded.${column}`).join(', ')
  return `${insert(name, columns)} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${changes}`
}

function assignments(columns: readonly string[]): string {
  return columns.map(column => `${column} = ?`).join(', ')
}
