import { DatabaseSync } from 'node:sqlite'
import { err, ok, type Result } from '../../domain/result.ts'
import { faultOf } from './database-error.ts'

/** Holds the lock until it is closed or its process ends, however it ends. */
export type Lock = Pick<DatabaseSync, 'close'>

/**
 * One process per database: an unfinished transaction on a second, tiny database beside it.
 *
 * SQLite's lock is the kernel's, so that a kill -9 frees it and no pid has to be judged stale; and a
 * transaction that only intends to write lets others read who holds it.
 * @returns the lock, or the pid of its holder (null: not known)
 */
export function takeLock(path: string): Result<Lock, number | null> {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 })
  try {
    lock.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL); DELETE FROM holder')
    lock.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid)
    lock.exec('COMMIT; BEGIN IMMEDIATE')
    return ok(lock)
  } catch (error) {
    const holder = faultOf(error) === 'busy' ? readHolder(lock) : null
    lock.close()
    if (faultOf(error) === 'busy') return err(holder)
    throw error
  }
}

function readHolder(lock: DatabaseSync): number | null {
  try {
    const pid = lock.prepare('SELECT pid FROM holder').get()?.['pid']
    return typeof pid === 'number' ? pid : null
  } catch {
    // Just being taken: its holder has not written its pid yet.
    return null
  }
}
