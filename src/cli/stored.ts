import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, type Result } from '../domain/result.ts'
import { openStoredSecurity } from '../front/open-people.ts'
import { makeFolder } from '../ops/folder.ts'
import { createProcessLog } from '../ops/logging.ts'
import { systemClock } from '../ops/system-clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Store } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import type { Security } from '../security/security.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { EXIT, type Failure } from './exit-codes.ts'
import type { Where } from './where.ts'

const DATABASE = 'lockstep.db'
/** No account is asked about here. */
const NO_KEYS: Vault = { credential: () => err({ message: 'No server runs.' }) }

interface Options {
  /** A folder without a database gets one. Otherwise it was the wrong folder. */
  readonly mayBegin: boolean
}

type Answer<T> = Promise<Result<T, Failure>>

/** For what a command does while no server runs: a running one has the database locked. */
export async function withStore<T>(
  { dataFolder }: Pick<Where, 'dataFolder'>,
  { mayBegin }: Options,
  work: (store: Store, log: Log) => Answer<T>,
): Answer<T> {
  const path = join(dataFolder, DATABASE)
  if (!mayBegin && !existsSync(path))
    return cannotRun(`There is no database in the data folder ${dataFolder}. Name the server's with --data.`)
  const made = makeFolder(dataFolder)
  if (!made.ok) return cannotRun(made.error)
  const log = createProcessLog({ level: 'error', format: 'pretty' })
  const store = await openSqliteStore({ path, log })
  if (!store.ok) return cannotRun(store.error.message)
  try {
    return await work(store.value, log)
  } finally {
    await store.value.close()
    log.flush()
  }
}

/** The same for people and secrets. */
export function withSecurity<T>(
  where: Where,
  options: Options,
  work: (security: Security) => Answer<T>,
): Answer<T> {
  const { masterKeyPath } = where
  return withStore(where, options, async (store, log) => {
    const clock = systemClock()
    const security = await openStoredSecurity({ store, clock, log, masterKeyPath, fallback: NO_KEYS })
    return security.ok ? work(security.value) : cannotRun(security.error)
  })
}

export function cannotRun(message: string): Result<never, Failure> {
  return err({ message, exitCode: EXIT.cannotRun })
}
