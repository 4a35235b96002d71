import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { err, must, ok, type Result } from '../../domain/result.ts'
import { BUSY_TIMEOUT_MS } from '../sqlite/database.ts'
import { messageOf } from '../sqlite/database-error.ts'
import { HistoryReader } from './reader.ts'
import type { HistoryAsk, HistoryFound } from './reads.ts'

export type HistoryReadRequest = HistoryAsk | 'close'
/** All as of one moment; or why there is nothing. */
export type HistoryReadAnswer = Result<Partial<HistoryFound>, string>

const port = must(parentPort, 'runs as a worker of the history store')
const database = new DatabaseSync(String(workerData), { readOnly: true, timeout: BUSY_TIMEOUT_MS })
const reader = new HistoryReader(database)
port.postMessage('started')
port.on('message', (request: HistoryReadRequest) => {
  if (request !== 'close') return port.postMessage([answer(request)])
  database.close()
  port.postMessage([ok({})])
  port.close()
})

function answer(ask: HistoryAsk): HistoryReadAnswer {
  try {
    database.exec('BEGIN')
    return ok(reader.answer(ask))
  } catch (error) {
    return err(messageOf(error))
  } finally {
    if (database.isTransaction) database.exec('COMMIT')
  }
}
