import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { rowsOf } from '../cli/lockstep.ts'
import { type DiskTrouble, troubled } from './disk.ts'
import { type Trap, trapText } from './failpoints.ts'

const COMMAND = fileURLToPath(new URL('../../bin/lockstep', import.meta.url))
const TRAPPED = fileURLToPath(new URL('./server.ts', import.meta.url))
const LAST_LINES = 20

export interface ServerStart {
  /** Holds config.yaml; its log goes there as well. */
  readonly folder: string
  readonly trap?: Trap
  readonly trouble?: DiskTrouble
}

/** `lockstep serve`, or the same with a trap, and what it says of its sessions. */
export class ServerProcess {
  readonly startedAt = performance.now()
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #live = new Set<string>()
  readonly #lastLines: string[] = []

  constructor({ folder, trap, trouble }: ServerStart) {
    const program = trap === undefined ? [COMMAND, 'serve'] : [TRAPPED, trapText(trap)]
    const line = [...(trouble === undefined ? [] : troubled(trouble)), process.execPath, ...program]
    const [command = '', ...args] = line
    const child = spawn(command, args, {
      cwd: folder,
      // Nothing of the caller's own configuration.
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    this.#exited = once(child, 'exit')
    // A run that is broken off must not leave a server behind.
    const end = (): boolean => child.kill('SIGKILL')
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    const log = join(folder, 'server.log')
    createInterface({ input: child.stderr }).on('line', text => {
      appendFileSync(log, `${text}\n`)
      this.#hear(text)
    })
  }

  isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Accounts that follow their streams now. */
  get liveAccounts(): number {
    return this.#live.size
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** @returns its exit code; null: a signal ended it */
  async ended(): Promise<number | null> {
    await this.#exited
    return this.#child.exitCode
  }

  /** The end of what it said. */
  said(): string {
    return this.#lastLines.join('\n')
  }

  #hear(text: string): void {
    this.#lastLines.push(text)
    if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift()
    const [row] = rowsOf([text])
    if (row?.['event'] !== 'session') return
    const account = String(row['account'])
    if (row['state'] === 'live') this.#live.add(account)
    else this.#live.delete(account)
  }
}
