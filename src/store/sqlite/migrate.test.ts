import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Migration, migrate, readMigrations } from './migrate.ts'

const SECOND: Migration = {
  version: 2,
  name: '002_second.sql',
  sql: 'ALTER TABLE notices ADD COLUMN seen_at DOUBLE PRECISION',
}

const account = {
  id: 'a',
  name: 'ada',
  venue: 'bybit',
  environment: 'paper',
  status: 'active',
  maximum_leverage: '3',
}

let folder: string
let path: string
let database: DatabaseSync
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-migrate-'))
  path = join(folder, 'lockstep.db')
  database = new DatabaseSync(path)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

test('[ST27] a database of an older release is kept aside whole before it is changed', () => {
  const first = readMigrations().filter(migration => migration.version === 1)
  expect(migrate(database, path, first)).toMatchObject({ value: { from: 0, to: 1, backup: null } })
  database.exec(`INSERT INTO settings (name, value) VALUES ('installation_tag', 'abc1234')`)
  const migrated = migrate(database, path, [...first, SECOND])
  const backup = `${path}.version-1.backup`
  expect(migrated).toEqual({ ok: true, value: { from: 1, to: 2, backup } })
  expect(columnsOf(database)).toContain('seen_at')
  const before = new DatabaseSync(backup)
  expect(columnsOf(before)).not.toContain('seen_at')
  expect(before.prepare('SELECT value FROM settings').get()).toEqual({ value: 'abc1234' })
  before.close()
  // The second start finds nothing to do and makes no backup.
  expect(migrate(database, path, [...first, SECOND])).toMatchObject({
    value: { from: 2, to: 2, backup: null },
  })
})

test('[ST28] a migration that fails leaves the database as it was, and may be tried again', () => {
  const first = readMigrations().filter(migration => migration.version === 1)
  migrate(database, path, first)
  const failing = { ...SECOND, sql: `${SECOND.sql}; ALTER TABLE nowhere ADD COLUMN x TEXT` }
  expect(() => migrate(database, path, [...first, failing])).toThrow('nowhere')
  expect(columnsOf(database)).not.toContain('seen_at')
  expect(migrate(database, path, [...first, SECOND])).toMatchObject({ value: { from: 1, to: 2 } })
})

test('[ST37] rows on their way are not left to a release that does not know their columns', () => {
  const first = readMigrations().filter(migration => migration.version === 1)
  migrate(database, path, first)
  database.exec(`INSERT INTO journal (unit, body) VALUES (1, x'00')`)
  const refused = migrate(database, path, [...first, SECOND])
  expect(refused).toMatchObject({ ok: false, error: { kind: 'unfinished' } })
  expect(refused.ok ? '' : refused.error.message).toContain('version 1')
  expect(columnsOf(database)).not.toContain('seen_at')
  database.exec('DELETE FROM journal')
  expect(migrate(database, path, [...first, SECOND])).toMatchObject({ ok: true })
})

test('[ST66] a database of before people keeps its rows: set up by the file, acknowledged by nobody', () => {
  migrate(
    database,
    path,
    readMigrations().filter(migration => migration.version === 1),
  )
  database.exec(`
    INSERT INTO accounts VALUES ('a', 'ada', 'bybit', 'paper', 'active', '3');
    INSERT INTO sources VALUES ('s', 'fills of ada', 'a');
    INSERT INTO strategies VALUES ('t', 'calm', 's', 'on', '{}', '{}', '{}', '{}', '[]', 60000, NULL);
    INSERT INTO links VALUES ('l', 't', 'a', 'on', NULL, 7);
    INSERT INTO notices VALUES ('n', 'gap', 'warning', 'a', NULL, 'Look there.', 5)`)
  expect(migrate(database, path, readMigrations())).toMatchObject({ value: { from: 1 } })
  expect(rowOf(database, 'accounts')).toEqual({ ...account, kind: 'venue', origin: 'file' })
  for (const table of ['sources', 'strategies', 'links'])
    expect(rowOf(database, table)).toMatchObject({ origin: 'file' })
  expect(rowOf(database, 'links')).toMatchObject({ id: 'l', start_sequence: 7 })
  expect(rowOf(database, 'notices')).toMatchObject({
    text: 'Look there.',
    action: 'Do what the text says.',
    recovers: null,
    acknowledged_at: null,
    acknowledged_by: null,
  })
})

function rowOf(of: DatabaseSync, table: string): unknown {
  return of.prepare(`SELECT * FROM ${table}`).get()
}

function columnsOf(of: DatabaseSync): unknown[] {
  return of
    .prepare('PRAGMA table_info(notices)')
    .all()
    .map(row => row['name'])
}
