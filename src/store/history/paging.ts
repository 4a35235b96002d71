import type { HistoryKind } from '../../domain/history.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { HistoryPageQuery, HistoryPlace, PlacedRow } from '../../ports/history-store.ts'
import { number } from '../codec.ts'
import type { Cells } from './summing.ts'
import { TABLES } from './tables.ts'

/** What of one account stands behind a place, newest first. */
export interface PlaceBound {
  readonly accountId: AccountId
  readonly from: number
  /** Up to and with this time; of it only numbers below `number`. */
  readonly at: number
  readonly number: number
  readonly limit: number
}

/** A row of one account: time, number, and the columns of its table. */
export type ReadPart = (bound: PlaceBound) => readonly Cells[]

export interface PlacedCells {
  readonly place: HistoryPlace
  readonly cells: Cells
}

/**
 * The page over all accounts, merged of one reading of each: an index serves each of them, and what is found so far
 * says how far back the others need to be read.
 */
export function mergedPage(query: HistoryPageQuery<HistoryKind>, read: ReadPart): readonly PlacedCells[] {
  const { accountIds, window, limit } = query
  let found: PlacedCells[] = []
  let from = window.from
  for (const accountId of accountIds) {
    const rows = read({ accountId, from, limit, ...boundOf(query, accountId) })
    if (rows.length === 0) continue
    found.push(
      ...rows.map(([at, of, ...cells]) => ({
        place: { at: number().decode(at), accountId, number: number().decode(of) },
        cells,
      })),
    )
    if (found.length < limit) continue
    found = found.sort((a, b) => order(a.place, b.place)).slice(0, limit)
    from = Math.max(from, found.at(-1)?.place.at ?? from)
  }
  return found.sort((a, b) => order(a.place, b.place))
}

export function placedRows<Kind extends HistoryKind>(
  kind: Kind,
  found: readonly PlacedCells[],
): readonly PlacedRow<Kind>[] {
  return found.map(({ place, cells }) => ({ place, row: TABLES[kind].decode(cells) }))
}

function boundOf(
  { window, before }: HistoryPageQuery<HistoryKind>,
  accountId: AccountId,
): Pick<PlaceBound, 'at' | 'number'> {
  const last = window.to - 1
  if (before === null || before.at > last) return { at: last, number: Number.MAX_SAFE_INTEGER }
  // Of the same time accounts follow each other, the last one first.
  if (accountId === before.accountId) return { at: before.at, number: before.number }
  return { at: before.at, number: accountId < before.accountId ? Number.MAX_SAFE_INTEGER : 0 }
}

function order(a: HistoryPlace, b: HistoryPlace): number {
  if (a.at !== b.at) return b.at - a.at
  if (a.accountId !== b.accountId) return a.accountId < b.accountId ? 1 : -1
  return b.number - a.number
}
