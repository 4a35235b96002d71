import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { HISTORY_KINDS } from '../../domain/history.ts'
import { must } from '../../domain/result.ts'
import type { Cell } from '../codec.ts'
import { mergedPage } from './paging.ts'
import {
  HISTORY_READS,
  type HistoryAsk,
  type HistoryFound,
  type HistoryQuestion,
  type HistoryRead,
} from './reads.ts'
import { type Cells, dayCountsOf, type SumRows, sumsOf, totalsOf } from './summing.ts'

export type Rows = readonly Cells[]

/** Answers questions, synchronously. */
export class HistoryReader {
  readonly #database: DatabaseSync
  readonly #statements = new Map<HistoryRead, StatementSync>()
  readonly #rows: SumRows = {
    summed: (accountId, { window, instrumentId }) =>
      this.#each('sums', [accountId, window.from, window.to, instrumentId]),
    span: ({ accountId, kind, window }) => this.#each(`span ${kind}`, [accountId, window.from, window.to]),
    days: ({ accountId, kind, window }) => this.#each(`days ${kind}`, [accountId, window.from, window.to]),
  }

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Throws what the database says. */
  rows({ read, values }: HistoryQuestion): Rows {
    return [...this.#each(read, values)]
  }

  /** What takes more than one statement. @returns what can be sent to another thread */
  answer(ask: HistoryAsk): Partial<HistoryFound> {
    switch (ask.ask) {
      case 'page': {
        const { kind, instrumentId } = ask.query
        const page = mergedPage(ask.query, ({ accountId, from, at, number, limit }) =>
          this.rows({ read: `page ${kind}`, values: [accountId, from, at, number, instrumentId, limit] }),
        )
        return { page }
      }
      case 'sums':
        return { sums: sumsOf(this.#rows, ask.filter, ask.by) }
      case 'totals':
        return { totals: totalsOf(this.#rows, ask.span, ask.currency) }
      case 'dayCounts':
        return { dayCounts: dayCountsOf(this.#rows, ask.filter, HISTORY_KINDS) }
    }
  }

  *#each(read: HistoryRead, values: readonly Cell[]): Iterable<Cells> {
    for (const row of this.#prepared(read).iterate(...values)) if (Array.isArray(row)) yield row
  }

  #prepared(read: HistoryRead): StatementSync {
    const known = this.#statements.get(read)
    if (known !== undefined) return known
    const statement = this.#database.prepare(must(HISTORY_READS.get(read), `no statement for ${read}`))
    statement.setReturnArrays(true)
    this.#statements.set(read, statement)
    return statement
  }
}
