import type { Directory } from '../../ports/records.ts'
import * as tables from '../record-tables.ts'
import type { Query, Read } from '../sql/reads.ts'
import { rowsOf } from './image.ts'
import type { Rows } from './read-worker.ts'

/** What a directory is made of; asked together, so that all of it is as of one moment. */
const PARTS = [
  'users',
  'logins',
  'apiTokens',
  'profiles',
  'secrets',
  'settings',
  'lastAudit',
] as const satisfies readonly Read[]

export const DIRECTORY_QUERIES: readonly Query[] = PARTS.map(read => ({ read, values: [] }))

/** @param answers one for each of DIRECTORY_QUERIES */
export function directoryOf(answers: readonly Rows[]): Directory {
  const part = (name: (typeof PARTS)[number]) => answers[PARTS.indexOf(name)] ?? []
  const settings = rowsOf(tables.settings, part('settings'))
  return {
    users: rowsOf(tables.users, part('users')),
    logins: rowsOf(tables.logins, part('logins')),
    apiTokens: rowsOf(tables.apiTokens, part('apiTokens')),
    profiles: rowsOf(tables.accountProfiles, part('profiles')),
    secrets: rowsOf(tables.secrets, part('secrets')),
    settings: new Map(settings.map(({ name, value }) => [name, value])),
    lastAudit: rowsOf(tables.audit, part('lastAudit'))[0] ?? null,
  }
}
