import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { User } from '../../domain/user.ts'
import type { RecordWrite } from '../../ports/records.ts'
import { INSTALLATION_TAG } from '../record-tables.ts'
import type { Change } from '../sql/writes.ts'
import { marksOf, signalMark } from './backlog.ts'

/** Why a unit is refused; nothing of it is written then. */
export type Refused = string | null

export interface Before {
  /** Whether something unique is durable and on its way, or the unit's own. */
  readonly known: (mark: string) => boolean
  /** What the unit has changed so far. */
  readonly changes: readonly Change[]
}

/** Says of people's records what Admission says of trading's. */
export class RecordAdmission {
  readonly #signal: StatementSync
  readonly #sameSignal: StatementSync
  readonly #sameEntry: StatementSync
  readonly #sameAnswer: StatementSync
  /** Who has which, as the last unit left it: as many as there are people. */
  readonly #emails: Map<string, string>

  constructor(database: DatabaseSync) {
    this.#signal = database.prepare('SELECT 1 FROM signals WHERE id = ?')
    this.#sameSignal = database.prepare(`
      SELECT EXISTS (SELECT 1 FROM signals WHERE id = ?)
        OR EXISTS (SELECT 1 FROM signals WHERE source_id = ? AND external_id = ?) AS found`)
    this.#sameEntry = database.prepare('SELECT 1 FROM audit WHERE sequence = ?')
    this.#sameAnswer = database.prepare('SELECT 1 FROM idempotent_answers WHERE actor = ? AND key = ?')
    const users = database.prepare('SELECT id, email FROM users').all()
    this.#emails = new Map(users.map(({ id, email }) => [String(id), String(email)]))
  }

  refusalOf(write: RecordWrite, { known, changes }: Before): Refused {
    switch (write.kind) {
      case 'user':
        return this.#hasEmail(write.row, changes) ? 'another user has the email' : null
      case 'setting':
        return write.row.name === INSTALLATION_TAG ? 'the installation tag never changes' : null
      case 'audit':
      case 'signal_insert':
      case 'idempotent_answer':
        return marksOf(write).some(known) || this.#isStored(write) ? 'it exists already' : null
      case 'signal_update': {
        const { id } = write.row
        const exists = known(signalMark(id)) || this.#signal.get(id) !== undefined
        return exists ? null : 'there is no such signal'
      }
      default:
        return null
    }
  }

  /** What is durable by now. */
  note(user: User): void {
    this.#emails.set(user.id, user.email)
  }

  /** Two people may swap their emails, but at no moment of the unit may they share one. */
  #hasEmail({ id, email }: User, changes: readonly Change[]): boolean {
    const emails = new Map(this.#emails)
    for (const change of changes) if (change.kind === 'user') emails.set(change.row.id, change.row.email)
    return [...emails].some(([other, taken]) => taken === email && other !== id)
  }

  #isStored(write: Extract<RecordWrite, { kind: 'audit' | 'signal_insert' | 'idempotent_answer' }>): boolean {
    switch (write.kind) {
      case 'audit':
        return this.#sameEntry.get(write.row.sequence) !== undefined
      case 'signal_insert': {
        const { id, sourceId, externalId } = write.row
        return this.#sameSignal.get(id, sourceId, externalId)?.['found'] === 1
      }
      case 'idempotent_answer':
        return this.#sameAnswer.get(write.row.actor, write.row.key) !== undefined
    }
  }
}
