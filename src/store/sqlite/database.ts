import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { INSTALLATION_TAG_LENGTH } from '../../domain/capability.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { takeLock } from './lock.ts'
import { type Migrated, migrate, readMigrations } from './migrate.ts'
import { corrupt, lockedBy, type OpenError, openErrorOf } from './open-error.ts'

export interface OpenedDatabase {
  readonly database: DatabaseSync
  readonly migrated: Migrated
  close(): void
}

/** A program that reads the file (a backup, a shell) may stand in the way this long. */
export const BUSY_TIMEOUT_MS = 5_000
const TAG_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Locks, checks, backs up, migrates, in this order: a database that is not ours is not written to. */
export function openDatabase(path: string): Result<OpenedDatabase, OpenError> {
  const opened: { close(): void }[] = []
  const close = () => {
    for (const resource of opened.splice(0).reverse()) resource.close()
  }
  try {
    mkdirSync(dirname(path), { recursive: true })
    const lock = takeLock(path)
    if (!lock.ok) return err(lockedBy(path, lock.error))
    opened.push(lock.value)
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    opened.push(database)
    const migrated = prepare(database, path)
    if (migrated.ok) return ok({ database, migrated: migrated.value, close })
    close()
    return migrated
  } catch (error) {
    close()
    return err(openErrorOf(error, path))
  }
}

function prepare(database: DatabaseSync, path: string): Result<Migrated, OpenError> {
  const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (check !== 'ok') return err(corrupt(path, String(check)))
  const migrated = migrate(database, path, readMigrations())
  if (!migrated.ok) return migrated
  // Every commit reaches the disk before it is acknowledged; readers and the writer do not wait for one another.
  // Checkpoints are made in pauses (write-worker.ts); this is for a server that never has one.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384')
  const tag = `INSERT INTO settings (name, value) VALUES ('installation_tag', ?) ON CONFLICT (name) DO NOTHING`
  database.prepare(tag).run(drawTag())
  return migrated
}

function drawTag(): string {
  return Array.from({ length: INSTALLATION_TAG_LENGTH }, () =>
    TAG_LETTERS.charAt(randomInt(TAG_LETTERS.length)),
  ).join('')
}
