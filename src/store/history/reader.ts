import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { must } from '../../domain/result.ts'
import { HISTORY_READS, type HistoryQuestion, type HistoryRead } from './reads.ts'

export type Rows = readonly (readonly unknown[])[]

/** Answers questions, synchronously. */
export class HistoryReader {
  readonly #database: DatabaseSync
  readonly #statements = new Map<HistoryRead, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Throws what the database says. */
  rows({ read, values }: HistoryQuestion): Rows {
    const found: readonly unknown[] = this.#prepared(read).all(...values)
    return found.map(row => (Array.isArray(row) ? row : []))
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
