import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { err, must, ok, type Result } from '../../domain/result.ts'
import type { Ingested } from '../../ports/history-store.ts'
import { messageOf } from '../sqlite/database-error.ts'
import type { Migrated } from '../sqlite/migrate.ts'
import type { OpenError } from '../sqlite/open-error.ts'
import { type OpenedHistory, openHistoryDatabase } from './database.ts'
import { HistoryReader, type Rows } from './reader.ts'
import type { HistoryQuestion } from './reads.ts'
import { HistoryWriter, type UnitBody } from './writer.ts'

export type HistoryGreeting = Result<Migrated, OpenError>
export type HistoryRequest = { readonly unit: UnitBody } | { readonly question: HistoryQuestion } | 'close'
export type HistoryAnswer = Result<{ readonly ingested: Ingested } | { readonly rows: Rows }, string>

/** Units in one transaction: who asks meanwhile waits for no more than these. */
const MAXIMUM_GROUP = 32

/** After a group it leaves its core and the disk to others for so many times as long, up to a maximum. */
const REST = 3
const MAXIMUM_REST_MS = 50
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4))

const port = must(parentPort, 'runs as a worker of the history store')
const opened = openHistoryDatabase(String(workerData))
port.postMessage(opened.ok ? ok(opened.value.migrated) : opened)
if (opened.ok) serve(port, opened.value)

function serve(to: MessagePort, { database, close }: OpenedHistory): void {
  const writer = new HistoryWriter(database)
  const reader = new HistoryReader(database)
  to.on('message', (first: HistoryRequest) => {
    const requests = [first]
    while (requests.length < MAXIMUM_GROUP) {
      const next = receiveMessageOnPort(to)
      if (next === undefined) break
      requests.push(next.message)
    }
    const begunAt = performance.now()
    const answers: HistoryAnswer[] = []
    const units: UnitBody[] = []
    for (const request of requests) {
      if (isUnit(request)) {
        units.push(request.unit)
        continue
      }
      answers.push(...write(writer, units.splice(0)))
      answers.push(request === 'close' ? ok({ rows: [] }) : read(reader, request))
    }
    answers.push(...write(writer, units))
    if (requests.includes('close')) close()
    else if (requests.some(isUnit)) rest(performance.now() - begunAt)
    to.postMessage(answers)
    if (requests.includes('close')) to.close()
  })
}

function isUnit(request: HistoryRequest): request is { readonly unit: UnitBody } {
  return request !== 'close' && 'unit' in request
}

/** Before it answers: who ingests asks for the next unit no sooner, and keeps the event loop for as little. */
function rest(workedMs: number): void {
  Atomics.wait(NEVER_WOKEN, 0, 0, Math.min(MAXIMUM_REST_MS, REST * workedMs))
}

function write(writer: HistoryWriter, units: readonly UnitBody[]): readonly HistoryAnswer[] {
  if (units.length === 0) return []
  try {
    return writer.apply(units).map(ingested => ok({ ingested }))
  } catch (error) {
    const failed = err(messageOf(error))
    return units.map(() => failed)
  }
}

function read(reader: HistoryReader, { question }: { readonly question: HistoryQuestion }): HistoryAnswer {
  try {
    return ok({ rows: reader.rows(question) })
  } catch (error) {
    return err(messageOf(error))
  }
}
