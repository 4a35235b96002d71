import type { Origin } from '../../domain/strategy.ts'
import type { StoredFill, StoreImage } from '../../ports/store.ts'
import { isSettled } from '../tables.ts'
import type { MemoryTables } from './tables.ts'

/** In the order in which rows first came: the same seed gives the same image. */
export function imageOf(tables: MemoryTables, installationTag: string): StoreImage {
  const intents = [...tables.intents.values()].filter(row => !isSettled(row))
  return {
    installationTag,
    lastIntentSequence: [...tables.intentsBySequence.keys()].reduce((a, b) => Math.max(a, b), 0),
    accounts: inForce(tables.accounts),
    sources: inForce(tables.sources),
    strategies: inForce(tables.strategies),
    links: inForce(tables.links),
    pairs: inForce(tables.pairs),
    pairStates: [...tables.pairStates.values()],
    rounds: [...tables.rounds.values()].filter(({ outcome }) => outcome === 'open'),
    books: [...tables.books.values()],
    linkStates: [...tables.linkStates.values()],
    decisions: [...tables.decisions.values()].filter(row => row.status !== 'done'),
    intents: intents.sort((a, b) => a.sequence - b.sequence),
    positions: [...tables.positions.values()],
    syncs: [...tables.syncs.values()],
  }
}

function inForce<Row extends { readonly origin: Origin }>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  return [...rows.values()].filter(({ origin }) => origin !== 'removed')
}

/** Ids are time-ordered. */
export function newestFirst<Row extends { readonly id: string }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => (a.id < b.id ? 1 : -1))
}

export function fillsByTime(rows: StoredFill[]): StoredFill[] {
  return rows.sort((a, b) => a.fill.at - b.fill.at || (a.fill.tradeId < b.fill.tradeId ? -1 : 1))
}
