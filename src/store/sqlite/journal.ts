import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { assert } from '../../domain/result.ts'

/** Units that are durable, in their order, until all their rows are in their tables. */
export class Journal {
  readonly #append: StatementSync
  readonly #forget: StatementSync
  readonly #units: StatementSync
  #last: number

  constructor(database: DatabaseSync) {
    this.#append = database.prepare('INSERT INTO journal (unit, body) VALUES (?, ?)')
    this.#forget = database.prepare('DELETE FROM journal WHERE unit <= ?')
    this.#units = database.prepare('SELECT body FROM journal ORDER BY unit')
    const last = database.prepare('SELECT COALESCE(MAX(unit), 0) AS last FROM journal').get()?.['last']
    this.#last = Number(last)
  }

  /** The number of the newest unit. */
  get last(): number {
    return this.#last
  }

  append(body: Uint8Array): void {
    this.#last += 1
    this.#append.run(this.#last, body)
  }

  /** Every unit up to this one. */
  forget(unit: number): void {
    this.#forget.run(unit)
  }

  units(): readonly Uint8Array[] {
    return this.#units.all().map(({ body }) => {
      assert(body instanceof Uint8Array, 'a unit is a blob')
      return body
    })
  }
}
