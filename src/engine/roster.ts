import type { Account } from '../domain/account.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Pair } from '../domain/pair.ts'
import type { Link, Source, Strategy } from '../domain/strategy.ts'
import type { StoreImage, Write } from '../ports/store.ts'
import type { EngineState } from './state.ts'

/** Everything that is in force: set up by config.yaml or by people. */
export interface Roster {
  readonly accounts: readonly Account[]
  readonly sources: readonly Source[]
  readonly strategies: readonly Strategy[]
  readonly links: readonly Link[]
  readonly pairs: readonly Pair[]
}

export function rosterOf(state: EngineState): Roster {
  return {
    accounts: Array.from(state.accounts.values(), ({ account }) => account),
    sources: Array.from(state.sources.values(), ({ source }) => source),
    strategies: [...state.strategies.values()],
    links: Array.from(state.links.values(), ({ link }) => link),
    pairs: Array.from(state.pairs.values(), ({ pair }) => pair),
  }
}

/** Whether a key must be able to trade: a link copies with it, or a pair has a leg there. */
export function tradesOn({ links, pairs }: Roster, accountId: AccountId): boolean {
  const isLeg = pairs.some(({ a, b }) => a.accountId === accountId || b.accountId === accountId)
  return isLeg || links.some(link => link.accountId === accountId)
}

/** What was in force when the store was last written. */
export function storedRoster({ accounts, sources, strategies, links, pairs }: StoreImage): Roster {
  return {
    accounts: inForce(accounts),
    sources: inForce(sources),
    strategies: inForce(strategies),
    links: inForce(links),
    pairs: inForce(pairs),
  }
}

function inForce<Row extends Account | Source | Strategy | Link | Pair>(
  rows: readonly Row[],
): readonly Row[] {
  return rows.filter(({ origin }) => origin !== 'removed')
}

/** Rows that are new or other than before, and rows that are in force no more. By reference: rows are never changed. */
export interface RowChanges<Row> {
  readonly put: readonly Row[]
  readonly removed: readonly Row[]
}

export function changesOf<Row extends { readonly id: string }>(
  before: readonly Row[],
  after: readonly Row[],
): RowChanges<Row> {
  const kept = new Set(after.map(({ id }) => id))
  const known = new Set(before)
  return {
    put: after.filter(row => !known.has(row)),
    removed: before.filter(({ id }) => !kept.has(id)),
  }
}

/** The rows to store so that `after` is in force; what is referred to comes first. */
export function rosterWrites(before: Roster, after: Roster): readonly Write[] {
  const accounts = changesOf(before.accounts, after.accounts)
  const sources = changesOf(before.sources, after.sources)
  const strategies = changesOf(before.strategies, after.strategies)
  const links = changesOf(before.links, after.links)
  const pairs = changesOf(before.pairs, after.pairs)
  return [
    ...rowsToStore(accounts).map(row => ({ kind: 'account', row }) as const),
    ...rowsToStore(sources).map(row => ({ kind: 'source', row }) as const),
    ...rowsToStore(strategies).map(row => ({ kind: 'strategy', row }) as const),
    ...rowsToStore(links).map(row => ({ kind: 'link', row }) as const),
    ...rowsToStore(pairs).map(row => ({ kind: 'pair', row }) as const),
  ]
}

function rowsToStore<Row extends Account | Source | Strategy | Link | Pair>(
  changes: RowChanges<Row>,
): readonly Row[] {
  return [...changes.put, ...changes.removed.map(row => ({ ...row, origin: 'removed' as const }))]
}
