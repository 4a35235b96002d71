import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoreError } from '../../ports/store.ts'
import { type Change, type Operation, REFUSALS, type Step, stepsOf, WRITES } from '../sql/writes.ts'
import { faultOf, messageOf } from './database-error.ts'

/** What became of one unit. `value` is what its last step answered, where it answers something. */
export type Outcome =
  | { readonly ok: true; readonly value: number | null }
  | { readonly ok: false; readonly error: StoreError }

const DONE: Outcome = { ok: true, value: null }

/** Undoes its unit and no other: what `conflict` tells. */
class Refusal extends Error {}

/** Applies groups of units, one transaction each. Synchronous: it has a thread of its own. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #statements = new Map<Operation, StatementSync>()
  #halted: Outcome | null = null
  #broken = false

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** A conflict undoes its own unit; a failing disk undoes the whole group and refuses every later one. */
  apply(units: readonly (readonly Change[])[]): readonly Outcome[] {
    if (units.length === 0) return []
    const halted = this.#halted
    if (halted !== null) return units.map(() => halted)
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const outcomes = units.map(unit => this.#applyUnit(unit))
      this.#database.exec('COMMIT')
      return outcomes
    } catch (error) {
      const refused = this.#halt(error)
      return units.map(() => refused)
    }
  }

  /** Takes units again after a full disk. Not after a failed write: what the disk then holds is not certain. */
  resume(): Outcome {
    if (!this.#broken) this.#halted = null
    return this.#halted ?? DONE
  }

  #applyUnit(unit: readonly Change[]): Outcome {
    this.#database.exec('SAVEPOINT unit')
    try {
      let value: number | null = null
      for (const step of unit.flatMap(stepsOf)) value = this.#run(step)
      this.#database.exec('RELEASE unit')
      return value === null ? DONE : { ok: true, value }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#database.exec('ROLLBACK TO unit; RELEASE unit')
      return { ok: false, error: { kind: 'conflict', message: error.message } }
    }
  }

  #run({ operation, values }: Step): number | null {
    const statement = this.#prepared(operation)
    try {
      if (operation === 'lease' || operation === 'fence')
        return epochOf(statement.get(...values)) ?? refuse(operation)
      return statement.run(...values).changes === 1 ? null : refuse(operation)
    } catch (error) {
      if (faultOf(error) === 'exists') throw new Refusal(`${operation} refused: ${messageOf(error)}`)
      throw error
    }
  }

  #prepared(operation: Operation): StatementSync {
    const known = this.#statements.get(operation)
    if (known !== undefined) return known
    const statement = this.#database.prepare(WRITES[operation])
    this.#statements.set(operation, statement)
    return statement
  }

  #halt(error: unknown): Outcome {
    const fault = faultOf(error)
    this.#broken = fault !== 'full' && fault !== 'busy'
    const message = explain(fault === 'full', messageOf(error))
    const halted: Outcome = { ok: false, error: { kind: 'unavailable', message } }
    this.#halted = halted
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {
      this.#broken = true
    }
    return halted
  }
}

function refuse(operation: Operation): never {
  throw new Refusal(`${operation} refused: ${REFUSALS[operation] ?? 'it changed nothing'}`)
}

function epochOf(row: Record<string, unknown> | undefined): number | null {
  const epoch = row?.['epoch']
  return typeof epoch === 'number' ? epoch : null
}

function explain(full: boolean, detail: string): string {
  return full
    ? 'The disk of the database is full. Free some space; nothing is sent until then.'
    : `The database cannot be written (${detail}). See to the disk and start again.`
}
