import { assert } from '../../domain/result.ts'
import type { StoredFill, StoreImage } from '../../ports/store.ts'
import type { Table } from '../codec.ts'
import * as setup from '../setup-tables.ts'
import type { Query, Read } from '../sql/reads.ts'
import * as tables from '../tables.ts'
import type { Rows } from './read-worker.ts'

/** What an image is made of; asked together, so that all of it is as of one moment. */
const PARTS = [
  'installationTag',
  'lastIntentSequence',
  'accounts',
  'sources',
  'strategies',
  'links',
  'pairs',
  'pairStates',
  'roundsOpen',
  'books',
  'linkStates',
  'decisionsNotDone',
  'intentsUnsettled',
  'positions',
  'syncs',
] as const satisfies readonly Read[]

export const IMAGE_QUERIES: readonly Query[] = PARTS.map(read => ({ read, values: [] }))

/** @param answers one for each of IMAGE_QUERIES */
export function imageOf(answers: readonly Rows[]): StoreImage {
  const part = (name: (typeof PARTS)[number]) => answers[PARTS.indexOf(name)] ?? []
  return {
    installationTag: textOf(part('installationTag')),
    lastIntentSequence: numberOf(part('lastIntentSequence')),
    accounts: rowsOf(setup.accounts, part('accounts')),
    sources: rowsOf(setup.sources, part('sources')),
    strategies: rowsOf(setup.strategies, part('strategies')),
    links: rowsOf(setup.links, part('links')),
    pairs: rowsOf(setup.pairs, part('pairs')),
    pairStates: rowsOf(tables.pairStates, part('pairStates')),
    rounds: rowsOf(tables.rounds, part('roundsOpen')),
    books: rowsOf(tables.books, part('books')),
    linkStates: rowsOf(tables.linkStates, part('linkStates')),
    decisions: rowsOf(tables.decisions, part('decisionsNotDone')),
    intents: rowsOf(tables.intents, part('intentsUnsettled')),
    positions: rowsOf(tables.positions, part('positions')),
    syncs: rowsOf(tables.accountSyncs, part('syncs')),
  }
}

export function rowsOf<Row>(table: Table<Row>, rows: Rows): Row[] {
  return rows.map(cells => table.decode(cells))
}

export function fillsOf(rows: Rows): StoredFill[] {
  return rowsOf(tables.fills, rows).map(tables.storedFill)
}

export function numberOf(rows: Rows): number {
  const value = rows[0]?.[0]
  assert(typeof value === 'number', 'one number expected')
  return value
}

function textOf(rows: Rows): string {
  const value = rows[0]?.[0]
  assert(typeof value === 'string', 'one text expected')
  return value
}
