import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { err, must, ok, type Result } from '../../domain/result.ts'
import { newerVersion, notOurs, type OpenError, unfinished } from './open-error.ts'

/** What was done, for the log. */
export interface Migrated {
  /** 0: the database is new. */
  readonly from: number
  readonly to: number
  /** Holds the database as it was before; the way back. Null: there was nothing to keep. */
  readonly backup: string | null
}

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

const FOLDER = new URL('../migrations/', import.meta.url)
const NAME = /^(\d{3})_\w+\.sql$/

/** Brings a locked database to the newest schema, each step whole or not at all. */
export function migrate(
  database: DatabaseSync,
  path: string,
  migrations: readonly Migration[],
): Result<Migrated, OpenError> {
  const to = Math.max(...migrations.map(migration => migration.version))
  const from = versionOf(database)
  if (from === null) return err(notOurs(path))
  if (from > to) return err(newerVersion(path, from, to))
  if (from !== 0 && from !== to && hasUnits(database)) return err(unfinished(path, from))
  const backup = from === 0 || from === to ? null : backUp(database, path, from)
  for (const migration of migrations) if (migration.version > from) apply(database, migration)
  return ok({ from, to, backup })
}

/** 0: an empty database; null: one that is somebody else's. */
function versionOf(database: DatabaseSync): number | null {
  const names = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  if (names.length === 0) return 0
  if (!names.some(row => row['name'] === 'migrations')) return null
  const version = database.prepare('SELECT MAX(version) AS version FROM migrations').get()?.['version']
  return typeof version === 'number' ? version : null
}

/** Only the release that wrote them knows which columns they were meant for. */
function hasUnits(database: DatabaseSync): boolean {
  const journal = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'journal'`).get()
  return journal !== undefined && database.prepare('SELECT 1 FROM journal LIMIT 1').get() !== undefined
}

function apply(database: DatabaseSync, { version, name, sql }: Migration): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    database.exec(sql)
    const record = database.prepare('INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)')
    record.run(version, name, Date.now())
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** The backup takes its name only when it is whole and on the disk. */
function backUp(database: DatabaseSync, path: string, version: number): string {
  const backup = `${path}.version-${version}.backup`
  const unfinished = `${backup}.unfinished`
  rmSync(unfinished, { force: true })
  database.prepare('VACUUM INTO ?').run(unfinished)
  const file = openSync(unfinished, 'r+')
  fsyncSync(file)
  closeSync(file)
  renameSync(unfinished, backup)
  return backup
}

/** Numbered SQL files, forward only. @param folder those of trading where nothing is said */
export function readMigrations(folder = FOLDER): readonly Migration[] {
  const names = readdirSync(folder).filter(name => NAME.test(name))
  return names.sort().map(name => ({
    version: Number(must(NAME.exec(name)?.[1], `${name} has no number`)),
    name,
    sql: readFileSync(new URL(name, folder), 'utf8'),
  }))
}
