import { readConfig } from '../../src/cli/config.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { settingsOf } from '../../src/cli/serve.ts'
import { untilStopped } from '../../src/cli/signals.ts'
import { must } from '../../src/domain/result.ts'
import { startServer } from '../../src/main.ts'
import { createProcessLog } from '../../src/ops/logging.ts'
import { FailpointPorts, parseTrap } from './failpoints.ts'

/**
 * What `lockstep serve` runs, with a trap in front of the engine's ports: node test/chaos/server.ts <trap>.
 * The process kills itself there, so that not one instruction more is carried out.
 */
const trap = must(parseTrap(process.argv[2] ?? ''), 'the argument is a trap')
const ports = new FailpointPorts(trap, () => process.kill(process.pid, 'SIGKILL'))
const config = readConfig({})
if (!config.ok) throw new Error(config.error.join('\n'))
const waiting = untilStopped()
const started = await startServer({
  ...settingsOf(config.value),
  log: createProcessLog(config.value.log),
  between: ports,
  onFatal: message => waiting.stop({ kind: 'failed', message }),
})
if (!started.ok) throw new Error(started.error.join('\n'))
const reason = await waiting.stopped
await started.value.stop()
process.exitCode = reason.kind === 'asked' ? EXIT.ok : EXIT.stopped
