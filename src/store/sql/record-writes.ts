import type { RecordWrite } from '../../ports/records.ts'
import type { Cell } from '../codec.ts'
import * as tables from '../record-tables.ts'
import { assignments, insert, insertOnce, overwrites, remove, upsert } from './statements.ts'

const { signals, signalProgress } = tables

export const RECORD_WRITES: Readonly<Record<RecordWrite['kind'], string>> = {
  user: upsert(tables.users),
  login: upsert(tables.logins),
  login_end: remove(tables.logins),
  api_token: upsert(tables.apiTokens),
  api_token_end: remove(tables.apiTokens),
  account_profile: upsert(tables.accountProfiles),
  secret: upsert(tables.secrets),
  secret_end: remove(tables.secrets),
  setting: upsert(tables.settings),
  audit: insertOnce(tables.audit),
  // A row may come once more after a crash: what it says stays, what became of it is as new.
  signal_insert: `
    ${insert(signals.name, signals.columns)}
    ON CONFLICT (id) DO UPDATE SET ${overwrites(signalProgress.columns)}`,
  signal_update: `UPDATE signals SET ${assignments(signalProgress.columns)} WHERE id = ?`,
  idempotent_answer: insertOnce(tables.idempotentAnswers),
}

/** The oldest ones before a time, at most so many. */
export const FORGET_ANSWERS = `
  DELETE FROM idempotent_answers WHERE (actor, key) IN
    (SELECT actor, key FROM idempotent_answers WHERE at < ? ORDER BY at LIMIT ?)`

export function recordValues(write: RecordWrite): readonly Cell[] {
  switch (write.kind) {
    case 'user':
      return tables.users.encode(write.row)
    case 'login':
      return tables.logins.encode(write.row)
    case 'login_end':
    case 'api_token_end':
      return [write.row.id]
    case 'api_token':
      return tables.apiTokens.encode(write.row)
    case 'account_profile':
      return tables.accountProfiles.encode(write.row)
    case 'secret':
      return tables.secrets.encode(write.row)
    case 'secret_end':
      return [write.row.owner, write.row.field]
    case 'setting':
      return tables.settings.encode(write.row)
    case 'audit':
      return tables.audit.encode(write.row)
    case 'signal_insert':
      return signals.encode(write.row)
    case 'signal_update':
      return [...signalProgress.encode(tables.signalProgressOf(write.row)), write.row.id]
    case 'idempotent_answer':
      return tables.idempotentAnswers.encode(write.row)
  }
}
