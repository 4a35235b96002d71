import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { err, ok, type Result } from '../../domain/result.ts'
import { BUSY_TIMEOUT_MS } from '../sqlite/database.ts'
import { takeLock } from '../sqlite/lock.ts'
import { type Migrated, migrate, readMigrations } from '../sqlite/migrate.ts'
import { lockedBy, type OpenError, openErrorOf } from '../sqlite/open-error.ts'

export interface OpenedHistory {
  readonly database: DatabaseSync
  readonly migrated: Migrated
  close(): void
}

const MIGRATIONS = new URL('../migrations/history/', import.meta.url)

/** Locks and migrates. It is not read through first: it is large, and what it holds the venues still have. */
export function openHistoryDatabase(path: string): Result<OpenedHistory, OpenError> {
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
    const migrated = migrate(database, path, readMigrations(MIGRATIONS))
    if (!migrated.ok) {
      close()
      return migrated
    }
    // A power cut may take the last units, rows and coverage together: they are read again. So no disk is waited for.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    // Ids are chance: an index that does not stay in memory is read and written page by page (32 MiB).
    database.exec('PRAGMA cache_size = -32768')
    // What trading syncs waits for the disk as long as this log is carried over: 4 MiB at a time cost no more CPU than 32.
    database.exec('PRAGMA wal_autocheckpoint = 1024')
    return ok({ database, migrated: migrated.value, close })
  } catch (error) {
    close()
    return err(openErrorOf(error, path))
  }
}
