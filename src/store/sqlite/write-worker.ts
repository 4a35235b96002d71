import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { err, must, ok, type Result } from '../../domain/result.ts'
import { type OpenedDatabase, openDatabase } from './database.ts'
import { messageOf } from './database-error.ts'
import type { Migrated } from './migrate.ts'
import { corrupt, type OpenError } from './open-error.ts'
import { type Outcome, Writer } from './writer.ts'

export type WriteGreeting = Result<Migrated, OpenError>
/**
 * One unit as `writeUnit` makes it; or: bring a slice of rows to the tables (Writer.settleUpTo); or: take units
 * again after a failure; or: forget what is old (Writer.forgetAnswers); or: bring all to the tables and end.
 */
export type WriteRequest = Uint8Array | SettleRequest | ForgetRequest | 'resume' | 'close'
export interface SettleRequest {
  readonly upTo: number | null
}

export interface ForgetRequest {
  readonly before: number
  readonly limit: number
}

/** Units in one transaction: what waits longer than this many others would wait for their rows too. */
const MAXIMUM_GROUP = 256
/** After so long without a unit there is time for the tables, ms. */
const QUIET_MS = 40
/** Without a pause they are brought along all the same, so that neither memory nor the journal grows for ever. */
const MAXIMUM_BACKLOG_ROWS = 20_000
/** Rows after which a pause is used for a checkpoint; SQLite makes one by itself when there is none for long. */
const CHECKPOINT_ROWS = 2_000

const port = must(parentPort, 'runs as a worker of the store')
const begun = begin(String(workerData))
port.postMessage(begun.ok ? ok(begun.value.migrated) : begun)
if (begun.ok) serve(port, begun.value)

interface Begun extends OpenedDatabase {
  readonly writer: Writer
}

/** What the process before this one left on its way comes to the tables first. */
function begin(path: string): Result<Begun, OpenError> {
  const opened = openDatabase(path)
  if (!opened.ok) return opened
  try {
    const writer = new Writer(opened.value.database)
    writer.settle()
    return ok({ ...opened.value, writer })
  } catch (error) {
    opened.value.close()
    return err(corrupt(path, messageOf(error)))
  }
}

/** What arrived while the disk was busy is one group: the next transaction takes all of it. */
function serve(port: MessagePort, { writer, close }: Begun): void {
  let quiet: NodeJS.Timeout | undefined
  let slice: NodeJS.Immediate | undefined
  const settle = (): void => {
    if (writer.settleSlice()) slice = setImmediate(settle)
    else writer.checkpoint(CHECKPOINT_ROWS)
  }
  port.on('message', (first: WriteRequest) => {
    clearImmediate(slice)
    clearTimeout(quiet)
    const requests = [first]
    while (requests.length < MAXIMUM_GROUP) {
      const next = receiveMessageOnPort(port)
      if (next === undefined) break
      requests.push(next.message)
    }
    const outcomes = apply(writer, requests)
    const closing = requests.includes('close')
    if (closing) close()
    port.postMessage(outcomes)
    if (closing) return port.close()
    writer.settle(MAXIMUM_BACKLOG_ROWS)
    quiet = setTimeout(settle, QUIET_MS)
  })
}

function apply(writer: Writer, requests: readonly WriteRequest[]): readonly Outcome[] {
  const outcomes: Outcome[] = []
  const units: Uint8Array[] = []
  for (const request of requests) {
    if (request instanceof Uint8Array) {
      units.push(request)
      continue
    }
    outcomes.push(...writer.apply(units.splice(0)))
    outcomes.push(answer(writer, request))
  }
  return [...outcomes, ...writer.apply(units)]
}

function answer(writer: Writer, request: Exclude<WriteRequest, Uint8Array>): Outcome {
  if (request === 'resume') return writer.resume()
  if (request === 'close') return writer.settle()
  return 'upTo' in request ? writer.settleUpTo(request.upTo) : writer.forgetAnswers(request)
}
