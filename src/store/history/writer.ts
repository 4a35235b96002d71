import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { HistoryKind, Interval } from '../../domain/history.ts'
import type { Ingested } from '../../ports/history-store.ts'
import type { Cell } from '../codec.ts'
import { insert, upsert } from '../sql/statements.ts'
import { IngestCount, judge } from './ingest.ts'
import { jobs, LAYOUTS } from './tables.ts'

/** A unit on its way to the thread that writes. */
export interface UnitBody {
  readonly accountId: string
  /** All rows' cells, one row after the other. */
  readonly found: { readonly kind: HistoryKind; readonly cells: readonly Cell[] } | null
  readonly coverage: { readonly kind: HistoryKind; readonly intervals: readonly Interval[] } | null
  readonly job: readonly Cell[] | null
}

interface RowStatements {
  readonly width: number
  readonly keyAt: readonly number[]
  readonly insert: StatementSync
  readonly find: StatementSync
  readonly update: StatementSync
}

/** Writes units, one transaction for as many as come together. Synchronous: it has a thread of its own. */
export class HistoryWriter {
  readonly #database: DatabaseSync
  readonly #rows = new Map<HistoryKind, RowStatements>()
  readonly #uncover: StatementSync
  readonly #cover: StatementSync
  readonly #job: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#uncover = database.prepare('DELETE FROM coverage WHERE account_id = ? AND kind = ?')
    this.#cover = database.prepare(insert('coverage', ['account_id', 'kind', 'from_at', 'to_at']))
    this.#job = database.prepare(upsert(jobs))
  }

  /** All of them or none. Throws what the database says. */
  apply(units: readonly UnitBody[]): readonly Ingested[] {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const ingested = units.map(unit => this.#write(unit))
      this.#database.exec('COMMIT')
      return ingested
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #write({ accountId, found, coverage, job }: UnitBody): Ingested {
    const count = new IngestCount()
    if (found !== null) this.#ingest(accountId, found, count)
    if (coverage !== null) {
      this.#uncover.run(accountId, coverage.kind)
      for (const { from, to } of coverage.intervals) this.#cover.run(accountId, coverage.kind, from, to)
    }
    if (job !== null) this.#job.run(...job)
    return count.total()
  }

  #ingest(accountId: string, { kind, cells }: NonNullable<UnitBody['found']>, count: IngestCount): void {
    const statements = this.#statementsOf(kind)
    for (let start = 0; start < cells.length; start += statements.width) {
      const fresh = cells.slice(start, start + statements.width)
      // Most rows are new: the one statement that they need says whether they were.
      if (statements.insert.run(accountId, ...fresh).changes === 1) {
        count.added()
        continue
      }
      const key = statements.keyAt.map(index => fresh[index] ?? null)
      const stored: unknown = statements.find.get(accountId, ...key)
      const row: readonly unknown[] = Array.isArray(stored) ? stored : []
      const verdict = judge(kind, row, fresh)
      if (verdict.write) statements.update.run(...fresh, accountId, ...key)
      count.judged(kind, verdict, { stored: row, fresh })
    }
  }

  #statementsOf(kind: HistoryKind): RowStatements {
    const known = this.#rows.get(kind)
    if (known !== undefined) return known
    const { name, key, columns } = LAYOUTS[kind]
    const where = ['account_id', ...key].map(column => `${column} = ?`).join(' AND ')
    const sets = columns.map(column => `${column} = ?`).join(', ')
    const find = this.#database.prepare(`SELECT ${columns.join(', ')} FROM ${name} WHERE ${where}`)
    find.setReturnArrays(true)
    const made: RowStatements = {
      width: columns.length,
      keyAt: key.map(column => columns.indexOf(column)),
      insert: this.#database.prepare(`${insert(name, ['account_id', ...columns])} ON CONFLICT DO NOTHING`),
      find,
      update: this.#database.prepare(`UPDATE ${name} SET ${sets} WHERE ${where}`),
    }
    this.#rows.set(kind, made)
    return made
  }
}
