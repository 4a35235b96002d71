import { parentPort } from 'node:worker_threads'
import { must } from '../../src/domain/result.ts'
import { Delays } from './delays.ts'

/** A thread that does nothing but measure how late it is: what the machine alone makes of any program. */
const SPAN_MS = 5_000
const port = must(parentPort, 'runs as a worker of the soak')
const delays = new Delays()
delays.begin()
setInterval(() => {
  port.postMessage(delays.end().p99Ms)
  delays.begin()
}, SPAN_MS)
