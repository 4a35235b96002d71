import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { err, must, ok, type Result } from '../../domain/result.ts'
import { type Query, READS, type Read } from '../sql/reads.ts'
import { BUSY_TIMEOUT_MS } from './database.ts'
import { messageOf } from './database-error.ts'

export type ReadRequest = readonly Query[] | 'close'
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

function answer(queries: readonly Query[]): ReadAnswer {
  try {
    database.exec('BEGIN')
    return ok(queries.map(({ read, values }) => rowsOf(prepared(read).all(...values))))
  } catch (error) {
    return err(messageOf(error))
  } finally {
    if (database.isTransaction) database.exec('COMMIT')
  }
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
