import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { StoreError } from '../../ports/store.ts'
import { FORGET_ANSWERS } from '../sql/record-writes.ts'
import { type Change, type Operation, stepOf, WRITES } from '../sql/writes.ts'
import { Admission } from './admission.ts'
import { Backlog } from './backlog.ts'
import { type DatabaseFault, faultOf, messageOf } from './database-error.ts'
import { Journal } from './journal.ts'
import { readUnit } from './unit.ts'

/** What became of one unit, or of what else was asked for. `value` is the epoch where it took a lease. */
export type Outcome =
  | { readonly ok: true; readonly value: number | null }
  | { readonly ok: false; readonly error: StoreError }

const DONE: Outcome = { ok: true, value: null }

/** Rows that go to their tables in one transaction: a unit that comes meanwhile waits for no more than these. */
const SLICE_ROWS = 256

const BEGIN_UNSYNCHRONISED = 'PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE'
const COMMIT_UNSYNCHRONISED = 'COMMIT; PRAGMA synchronous = FULL'

/** A backlog on its way to the tables. */
interface Settling {
  readonly backlog: Backlog
  readonly rows: readonly Change[]
  /** Units up to it are in the tables when the last row is. */
  readonly lastUnit: number
  next: number
}

/**
 * Makes groups of units durable by appending them to the journal, one transaction each, and brings their rows
 * to the tables when there is time (decision 0007). Synchronous: it has a thread of its own.
 */
export class Writer {
  readonly #database: DatabaseSync
  readonly #journal: Journal
  readonly #statements = new Map<Operation, StatementSync>()
  #admission: Admission
  #backlog = new Backlog()
  #settling: Settling | null = null
  /** Every row of the units up to it is in its table. */
  #settledUnit = 0
  /** Rows since the last checkpoint. */
  #moved = 0
  #halted: Outcome | null = null
  #broken = false

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#journal = new Journal(database)
    this.#admission = this.#newAdmission()
    this.#recall()
  }

  /** How many rows are not in their tables yet. */
  get backlog(): number {
    const settling = this.#settling === null ? 0 : this.#settling.rows.length - this.#settling.next
    return this.#backlog.size + settling
  }

  /** A conflict refuses its own unit; a failing disk undoes the whole group and refuses every later one. */
  apply(units: readonly Uint8Array[]): readonly Outcome[] {
    if (units.length === 0) return []
    const halted = this.#halted
    if (halted !== null) return units.map(() => halted)
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const outcomes = units.map(unit => this.#take(unit))
      this.#database.exec('COMMIT')
      return outcomes
    } catch (error) {
      const refused = this.#halt(error)
      return units.map(() => refused)
    }
  }

  /** Brings rows to their tables until no more than that many wait. */
  settle(remaining = 0): Outcome {
    while (this.backlog > remaining && this.settleSlice());
    return this.#halted ?? DONE
  }

  /**
   * One slice of it, so that units come in between: who only wants to read must not hold up an order.
   *
   * @param unit the last one that must be in the tables; null: the last one that is durable
   * @returns with null as its value when it is so; else that unit, to be asked for again
   */
  settleUpTo(unit: number | null): Outcome {
    const upTo = unit ?? this.#journal.last
    const isReached = () => this.backlog === 0 || this.#settledUnit >= upTo
    if (!isReached()) this.settleSlice()
    return this.#halted ?? { ok: true, value: isReached() ? null : upTo }
  }

  /** @returns whether rows are left */
  settleSlice(): boolean {
    if (this.#halted !== null || this.backlog === 0) return false
    this.#settling ??= this.#seal()
    try {
      // Not synchronised: it is in the journal, and the next unit's commit takes this with it.
      this.#database.exec(BEGIN_UNSYNCHRONISED)
      this.#move(this.#settling)
      this.#database.exec(COMMIT_UNSYNCHRONISED)
    } catch (error) {
      this.#halt(error)
      return false
    }
    if (this.#settling.next === this.#settling.rows.length) this.#settling = null
    return this.backlog > 0
  }

  /** Not synchronised: what comes back after a power cut is forgotten another time. @returns with how many as its value */
  forgetAnswers({ before, limit }: { readonly before: number; readonly limit: number }): Outcome {
    if (this.#halted !== null) return this.#halted
    try {
      this.#database.exec(BEGIN_UNSYNCHRONISED)
      const { changes } = this.#database.prepare(FORGET_ANSWERS).run(before, limit)
      this.#database.exec(COMMIT_UNSYNCHRONISED)
      return { ok: true, value: Number(changes) }
    } catch (error) {
      return this.#halt(error)
    }
  }

  /** Empties the write-ahead log into the database file, where that many rows have moved since the last time. */
  checkpoint(rows: number): void {
    if (this.#halted !== null || this.#moved < rows) return
    this.#moved = 0
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (error) {
      this.#halt(error)
    }
  }

  /** Takes units again after a full disk. Not after a failed write: what the disk then holds is not certain. */
  resume(): Outcome {
    if (this.#broken || this.#halted === null) return this.settle()
    this.#halted = null
    this.#admission = this.#newAdmission()
    this.#recall()
    this.settle()
    // What was in the way of others is theirs again: the log begins anew.
    this.checkpoint(0)
    return this.#halted ?? DONE
  }

  #take(body: Uint8Array): Outcome {
    const unit = readUnit(body)
    const refused = this.#admission.refusalOf(unit)
    if (refused !== null) return { ok: false, error: { kind: 'conflict', message: refused } }
    this.#journal.append(body)
    return this.#add(unit)
  }

  #add(unit: readonly Change[]): Outcome {
    let value: number | null = null
    for (const change of unit) {
      const accepted = this.#admission.accepted(change)
      this.#backlog.add(accepted)
      if (accepted.kind === 'lease') value = accepted.row.epoch
    }
    return value === null ? DONE : { ok: true, value }
  }

  #seal(): Settling {
    const backlog = this.#backlog
    this.#backlog = new Backlog()
    return { backlog, rows: backlog.rows(), lastUnit: this.#journal.last, next: 0 }
  }

  #move(settling: Settling): void {
    const slice = settling.rows.slice(settling.next, settling.next + SLICE_ROWS)
    for (const change of slice) {
      const { operation, values } = stepOf(change)
      this.#prepared(operation).run(...values)
    }
    settling.next += slice.length
    this.#moved += slice.length
    if (settling.next < settling.rows.length) return
    this.#journal.forget(settling.lastUnit)
    this.#settledUnit = settling.lastUnit
  }

  /** What the journal holds is durable, and may be in the tables in part: it is brought there once more, whole. */
  #recall(): void {
    this.#settling = null
    this.#backlog = new Backlog()
    for (const body of this.#journal.units()) this.#add(readUnit(body))
  }

  #newAdmission(): Admission {
    return new Admission(
      this.#database,
      mark => this.#backlog.has(mark) || (this.#settling?.backlog.has(mark) ?? false),
    )
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
    const message = explain(fault, messageOf(error))
    const halted: Outcome = { ok: false, error: { kind: 'unavailable', message } }
    this.#halted = halted
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      this.#database.exec('PRAGMA synchronous = FULL')
    } catch {
      this.#broken = true
    }
    return halted
  }
}

function explain(fault: DatabaseFault, detail: string): string {
  switch (fault) {
    case 'full':
      return 'The disk of the database is full. Free some space; nothing is sent until then.'
    case 'busy':
      return 'Another program holds the database. End it (a backup, a shell) and start again.'
    default:
      return `The database cannot be written (${detail}). See to the disk and start again.`
  }
}
