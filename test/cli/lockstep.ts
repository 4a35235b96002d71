import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../bin/lockstep', import.meta.url))
/** Generous: a loaded machine is no failure. */
const WAIT_MS = 45_000
const POLL_MS = 25

/** Folders and processes of one test; all of them end with it. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'lockstep-cli-'))
  readonly #processes: Lockstep[] = []

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Lockstep {
    const process = new Lockstep(args, { cwd: this.folder, env })
    this.#processes.push(process)
    return process
  }

  /** From start to end. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended()
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map(process => process.end('SIGKILL')))
    rmSync(this.folder, { recursive: true })
  }
}

export interface Ended {
  /** Null: a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Channel = 'stdout' | 'stderr'

/** One process of bin/lockstep, and what it says. */
export class Lockstep {
  readonly startedAt = performance.now()
  readonly lines: Readonly<Record<Channel, string[]>> = { stdout: [], stderr: [] }
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #closed: Promise<unknown>
  readonly #wakers = new Set<() => void>()

  constructor(args: readonly string[], { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> }) {
    this.#child = spawn(process.execPath, [COMMAND, ...args], {
      cwd,
      // Nothing of the caller's own configuration.
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const channel of ['stdout', 'stderr'] as const)
      createInterface({ input: this.#child[channel] }).on('line', line => this.#take(channel, line))
    this.#closed = once(this.#child, 'close').then(() => this.#wake())
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Stops reading what it says, as `| head` does. */
  leave(): void {
    this.#child.stdout.destroy()
  }

  async end(signal: NodeJS.Signals): Promise<Ended> {
    if (this.isRunning()) this.signal(signal)
    return this.ended()
  }

  async ended(): Promise<Ended> {
    await within(this.#closed, () => `the process did not end: ${this.#said()}`)
    const { stdout, stderr } = this.lines
    return { code: this.#child.exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n') }
  }

  /** As soon as what it said so far fits. */
  async says<T>(channel: Channel, find: (lines: readonly string[]) => T | undefined): Promise<T> {
    const until = performance.now() + WAIT_MS
    for (;;) {
      const found = find(this.lines[channel])
      if (found !== undefined) return found
      if (!this.isRunning() || performance.now() > until) throw new Error(`not said: ${this.#said()}`)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, WAIT_MS)
        this.#wakers.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #take(channel: Channel, line: string): void {
    this.lines[channel].push(line)
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#wakers) wake()
    this.#wakers.clear()
  }

  #said(): string {
    const { stdout, stderr } = this.lines
    return `code ${this.#child.exitCode}\n${stdout.slice(-10).join('\n')}\n${stderr.slice(-20).join('\n')}`
  }
}

export type Row = Readonly<Record<string, unknown>>

/** The JSON lines among `lines`. */
export function rowsOf(lines: readonly string[]): readonly Row[] {
  return lines.filter(line => line.startsWith('{')).map((line): Row => JSON.parse(line))
}

/** For what another process does, and nothing tells of. */
export async function eventually(check: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const until = performance.now() + WAIT_MS
  while (!(await check())) {
    if (performance.now() > until) throw new Error(`did not happen: ${what}`)
    await pause(POLL_MS)
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, delayMs))
}

async function within(promise: Promise<unknown>, complaint: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), WAIT_MS)
  })
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
