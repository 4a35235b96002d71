import type { AuditEntry } from '../../domain/audit.ts'
import type { SealedSecret } from '../../domain/secret.ts'
import type { Signal } from '../../domain/signal.ts'
import type { AccountProfile, ApiToken, Login, User } from '../../domain/user.ts'
import type { IdempotentAnswer, RecordWrite } from '../../ports/records.ts'
import { INSTALLATION_TAG, signalProgressOf } from '../record-tables.ts'
import { type Changes, key } from './changes.ts'

/** What people made, by its key. */
export class RecordTables {
  readonly users = new Map<string, User>()
  readonly logins = new Map<string, Login>()
  readonly apiTokens = new Map<string, ApiToken>()
  readonly profiles = new Map<string, AccountProfile>()
  readonly secrets = new Map<string, SealedSecret>()
  readonly settings = new Map<string, string>()
  readonly audit = new Map<number, AuditEntry>()
  readonly signals = new Map<string, Signal>()
  readonly signalsByExternalId = new Map<string, Signal['id']>()
  readonly answers = new Map<string, IdempotentAnswer>()

  /** @returns why it is refused, or null */
  write(write: RecordWrite, changes: Changes): string | null {
    switch (write.kind) {
      case 'user':
        if (this.#emailIsTaken(write.row)) return 'another user has the email'
        return changes.put(this.users, write.row.id, write.row)
      case 'login':
        return changes.put(this.logins, write.row.id, write.row)
      case 'login_end':
        return changes.remove(this.logins, write.row.id)
      case 'api_token':
        return changes.put(this.apiTokens, write.row.id, write.row)
      case 'api_token_end':
        return changes.remove(this.apiTokens, write.row.id)
      case 'account_profile':
        return changes.put(this.profiles, write.row.accountId, write.row)
      case 'secret':
        return changes.put(this.secrets, key(write.row.owner, write.row.field), write.row)
      case 'secret_end':
        return changes.remove(this.secrets, key(write.row.owner, write.row.field))
      case 'setting':
        if (write.row.name === INSTALLATION_TAG) return 'the installation tag never changes'
        return changes.put(this.settings, write.row.name, write.row.value)
      case 'audit':
        if (this.audit.has(write.row.sequence)) return `the entry ${write.row.sequence} exists`
        return changes.put(this.audit, write.row.sequence, write.row)
      case 'signal_insert':
        return this.#insertSignal(write.row, changes)
      case 'signal_update':
        return this.#updateSignal(write.row, changes)
      case 'idempotent_answer':
        return this.#insertAnswer(write.row, changes)
    }
  }

  /** @returns how many answers from before that time are forgotten, the oldest ones */
  forgetAnswers(before: number, limit: number): number {
    const old = [...this.answers].filter(([, { at }]) => at < before).sort(([, a], [, b]) => a.at - b.at)
    for (const [place] of old.slice(0, limit)) this.answers.delete(place)
    return Math.min(old.length, limit)
  }

  #emailIsTaken({ id, email }: User): boolean {
    return [...this.users.values()].some(user => user.email === email && user.id !== id)
  }

  #insertSignal(row: Signal, changes: Changes): string | null {
    const external = key(row.sourceId, row.externalId)
    if (this.signals.has(row.id)) return `the signal ${row.id} exists`
    if (this.signalsByExternalId.has(external)) return `the external id ${row.externalId} exists`
    changes.put(this.signalsByExternalId, external, row.id)
    return changes.put(this.signals, row.id, row)
  }

  #updateSignal(row: Signal, changes: Changes): string | null {
    const stored = this.signals.get(row.id)
    if (stored === undefined) return 'there is no such signal'
    return changes.put(this.signals, row.id, { ...stored, ...signalProgressOf(row) })
  }

  #insertAnswer(row: IdempotentAnswer, changes: Changes): string | null {
    const at = key(row.actor, row.key)
    if (this.answers.has(at)) return `the key ${row.key} was used`
    return changes.put(this.answers, at, row)
  }
}
