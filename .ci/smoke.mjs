// npm start -- --json must show a copied trade in time, and end cleanly when told to.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const FIRST_COPY_MS = 60_000
const STOP_MS = 15_000

const server = spawn('npm', ['start', '--', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
})
const ended = new Promise(resolve => server.once('exit', (code, signal) => resolve(signal ?? code)))
const startedAt = Date.now()

const failure = (await firstCopy()) ?? (await stop())
console.log(failure === null ? 'smoke: passed' : `smoke: failed, ${failure}`)
process.exit(failure === null ? 0 : 1)

/** Null once a follower has copied a trade; otherwise what was seen instead. */
async function firstCopy() {
  const seen = new Map()
  const lines = createInterface({ input: server.stdout })
  const outOfTime = setTimeout(() => lines.close(), FIRST_COPY_MS)
  try {
    for await (const line of lines) {
      // npm's own banner is on stdout too.
      if (!line.startsWith('{')) continue
      const { event } = JSON.parse(line)
      seen.set(event, (seen.get(event) ?? 0) + 1)
      if (event !== 'copy') continue
      console.log(`smoke: first copy ${Date.now() - startedAt} ms after the command: ${line}`)
      return null
    }
  } catch (error) {
    killGroup('SIGKILL')
    return `a line of npm start -- --json is not JSON: ${error.message}`
  } finally {
    clearTimeout(outOfTime)
  }
  killGroup('SIGKILL')
  return `no copy within ${FIRST_COPY_MS} ms; events seen: ${JSON.stringify(Object.fromEntries(seen))}`
}

async function stop() {
  server.stdout.resume()
  server.kill('SIGINT')
  const code = await Promise.race([ended, new Promise(resolve => setTimeout(resolve, STOP_MS, 'nothing'))])
  if (code === 0) return null
  killGroup('SIGKILL')
  return `after SIGINT npm start ended with ${code} instead of 0 within ${STOP_MS} ms`
}

/** npm, the start script and the server: a process group of their own. */
function killGroup(signal) {
  try {
    process.kill(-server.pid, signal)
  } catch {
    // Already gone.
  }
}
