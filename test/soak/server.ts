import { monitorEventLoopDelay } from 'node:perf_hooks'
import { readConfig } from '../../src/cli/config.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { settingsOf } from '../../src/cli/serve.ts'
import { untilStopped } from '../../src/cli/signals.ts'
import { startServer } from '../../src/main.ts'
import { createProcessLog } from '../../src/ops/logging.ts'

/**
 * What `lockstep serve` runs, watched from inside: a line on stdout now and then, with the memory after a
 * collection and the event loop's delays since the line before.
 */
const TELL_EVERY_MS = 5_000
/** Timers are set this far apart; what comes later than that is the delay. */
const RESOLUTION_MS = 1
const NANOSECONDS = 1e6

const config = readConfig({})
if (!config.ok) throw new Error(config.error.join('\n'))
const waiting = untilStopped()
const started = await startServer({
  ...settingsOf(config.value),
  log: createProcessLog(config.value.log),
  onFatal: message => waiting.stop({ kind: 'failed', message }),
})
if (!started.ok) throw new Error(started.error.join('\n'))

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delays.enable()
const timer = setInterval(() => {
  const late = (share: number) => Math.max(0, delays.percentile(share) / NANOSECONDS - RESOLUTION_MS)
  const line = { p50Ms: late(50), p99Ms: late(99), maxMs: late(100) }
  // The collection is this program's own doing, so its time must not count.
  delays.disable()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ ...line, rss, heap: heapUsed + external })}\n`)
  delays.reset()
  delays.enable()
}, TELL_EVERY_MS)

const reason = await waiting.stopped
clearInterval(timer)
await started.value.stop()
process.exitCode = reason.kind === 'asked' ? EXIT.ok : EXIT.stopped
