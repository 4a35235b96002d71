import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { err, must, ok, type Result } from '../../domain/result.ts'
import type { Page } from '../sql/pages.ts'
import { type Query, READS, type Read } from '../sql/reads.ts'
import { BUSY_TIMEOUT_MS } from './database.ts'
import { messageOf } from './database-error.ts'

/** A page is answered as one query. */
export type ReadRequest = readonly Query[] | PageRequest | 'close'
export type PageRequest = Pick<Page, 'lists' | 'limit'> & {
  /** The number of the column that rows come by. */
  readonly newestBy: number
}
export type Rows = readonly (readonly unknown[])[]
/** The rows of each query, all as of one moment; or why there are none. */
export type ReadAnswer = Result<readonly Rows[], string>

const port = must(parentPort, 'runs as a worker of the store')
const database = new DatabaseSync(String(workerData), { readOnly: true, timeout: BUSY_TIMEOUT_MS })
const statements = new Map<Read, StatementSync>()
port.postMessage('started')
port.on('message', (request: ReadRequest) => {
  if (request !== 'close') return port.postMessage([answer(request)])
  database.close()
  port.postMessage([ok([])])
  port.close()
})

function answer(request: readonly Query[] | PageRequest): ReadAnswer {
  try {
    database.exec('BEGIN')
    return ok('lists' in request ? [pageOf(request)] : allOf(request))
  } catch (error) {
    return err(messageOf(error))
  } finally {
    if (database.isTransaction) database.exec('COMMIT')
  }
}

function allOf(queries: readonly Query[]): readonly Rows[] {
  return queries.map(({ read, values }) => rowsOf(prepared(read).all(...values)))
}

/** Here and not by whoever asks: rows that are not on the page would cost that thread time. */
function pageOf({ lists, newestBy, limit }: PageRequest): Rows {
  const rows = allOf(lists).flat()
  return rows.sort((a, b) => newestFirst(a[newestBy], b[newestBy])).slice(0, limit)
}

function newestFirst(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return String(a) < String(b) ? 1 : -1
}

/** Its type does not know of setReturnArrays. */
function rowsOf(rows: readonly unknown[]): Rows {
  return rows.map(row => (Array.isArray(row) ? row : []))
}

function prepared(read: Read): StatementSync {
  const known = statements.get(read)
  if (known !== undefined) return known
  const statement = database.prepare(READS[read])
  statement.setReturnArrays(true)
  statements.set(read, statement)
  return statement
}
