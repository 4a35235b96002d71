import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'

const LOGGING = new URL('../../src/ops/logging.ts', import.meta.url)

let child: ChildProcess | null = null
afterEach(() => {
  child?.kill('SIGKILL')
})

/** A process whose log nobody reads. @returns what it says on stdout, when it has ended */
async function unread(program: string): Promise<readonly string[]> {
  const source = `import { createProcessLog } from ${JSON.stringify(String(LOGGING))}\n${program}`
  const started = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = started
  started.stderr.pause()
  const lines: string[] = []
  createInterface({ input: started.stdout }).on('line', line => lines.push(line))
  await once(started, 'exit')
  return lines
}

/** Logs some 30 MB, a turn of the event loop every now and then, and says what that made of its memory. */
const MUCH = `
  const log = createProcessLog({ level: 'info', format: 'json' })
  for (let line = 0; line < 200_000; line += 1) {
    log.info('order_refused', { line, message: 'x'.repeat(100) })
    if (line % 1_000 === 0) await new Promise(setImmediate)
    if (line === 40_000) console.log(process.memoryUsage().rss)
  }
  console.log(process.memoryUsage().rss)
`

test('[LM5] a log that nobody reads keeps at most 4 MiB of lines, and nothing waits for it', async () => {
  const [early = 0, late = Number.NaN] = (await unread(`${MUCH} process.exit()`)).map(Number)
  // 27 MB of lines came in between; the rest of what is allowed is garbage not yet collected.
  expect(late - early).toBeLessThan(24_000_000)
})

test.each([
  ['it has said all', 'log.flush()'],
  ['somebody insists', 'process.exit(0)'],
])('[OP5] a reader that stands still does not keep a process alive when %s', async (_case, ending) => {
  expect(await unread(`${MUCH} ${ending}`)).toHaveLength(2)
})
