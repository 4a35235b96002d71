import { readConfig } from '../../src/cli/config.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { settingsOf } from '../../src/cli/serve.ts'
import { untilStopped } from '../../src/cli/signals.ts'
import { startServer } from '../../src/main.ts'
import { createProcessLog } from '../../src/ops/logging.ts'
import { Delays } from './delays.ts'

/**
 * What `lockstep serve` runs, watched from inside: a line on stdout now and then, with the memory after a
 * collection and the event loop's delays since the line before.
 */
const TELL_EVERY_MS = 5_000

const config = readConfig({})
if (!config.ok) throw new Error(config.error.join('\n'))
const waiting = untilStopped()
const started = await startServer({
  ...settingsOf(config.value),
  log: createProcessLog(config.value.log),
  onFatal: message => waiting.stop({ kind: 'failed', message }),
})
if (!started.ok) throw new Error(started.error.join('\n'))

const delays = new Delays()
delays.begin()
const timer = setInterval(() => {
  // The collection is this program's own doing: no span has it.
  const span = delays.end()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ ...span, rss, heap: heapUsed + external })}\n`)
  delays.begin()
}, TELL_EVERY_MS)

const reason = await waiting.stopped
clearInterval(timer)
await started.value.stop()
process.exitCode = reason.kind === 'asked' ? EXIT.ok : EXIT.stopped
