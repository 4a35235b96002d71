import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { must, ok, type Result } from '../../domain/result.ts'
import type { Change } from '../sql/writes.ts'
import { openDatabase } from './database.ts'
import type { Migrated } from './migrate.ts'
import type { OpenError } from './open-error.ts'
import { type Outcome, Writer } from './writer.ts'

export type WriteGreeting = Result<Migrated, OpenError>
/**
 * One unit; or: take units again after a failure; or: end.
 *
 * Rows travel as they are: cloning them costs the caller a third of what turning them into columns there would.
 */
export type WriteRequest = readonly Change[] | 'resume' | 'close'

/** Units in one transaction: what waits longer than this many others would wait for their rows too. */
const MAXIMUM_GROUP = 256

const port = must(parentPort, 'runs as a worker of the store')
const opened = openDatabase(String(workerData))
port.postMessage(opened.ok ? ok(opened.value.migrated) : opened)
if (opened.ok) serve(port, new Writer(opened.value.database), opened.value.close)

/** What arrived while the disk was busy is one group: the next transaction takes all of it. */
function serve(port: MessagePort, writer: Writer, close: () => void): void {
  port.on('message', (first: WriteRequest) => {
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
    if (closing) port.close()
  })
}

function apply(writer: Writer, requests: readonly WriteRequest[]): readonly Outcome[] {
  const outcomes: Outcome[] = []
  const units: (readonly Change[])[] = []
  for (const request of requests) {
    if (typeof request !== 'string') {
      units.push(request)
      continue
    }
    outcomes.push(...writer.apply(units.splice(0)), writer.resume())
  }
  return [...outcomes, ...writer.apply(units)]
}
