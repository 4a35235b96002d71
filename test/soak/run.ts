import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { nodeFlags } from '../../scripts/node.mjs'
import { followersOf, LEADER, writeConfig } from '../chaos/cast.ts'
import { troubled } from '../chaos/disk.ts'
import { Leader } from '../chaos/leader.ts'
import { ChaosVenue } from '../chaos/venue.ts'
import { Wire } from '../chaos/wire.ts'
import { percentile } from '../e2e/percentile.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { slopePerHour } from './slope.ts'

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url))
const PACE = { least: 300, most: 1_200 }
/** Of the run: caches fill, and code is compiled. */
const WARM_UP_SHARE = 0.25
const MEBIBYTE = 1_048_576

const lineShape = z.object({
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  rss: z.number(),
  heap: z.number(),
})
type Line = z.output<typeof lineShape> & { readonly at: number }

export interface SoakWish {
  readonly minutes: number
  readonly accounts: number
  /** What each sync of the server's disk takes more; 0: nothing. */
  readonly syncMs: number
  readonly seed: number
}

export interface SoakReport {
  readonly minutes: number
  readonly accounts: number
  readonly syncMs: number
  readonly leaderOrders: number
  readonly trades: number
  /** Of the event loop, ms: the median span of 5 s, and over all spans after the warm-up. */
  readonly delayP50Ms: number | null
  /** The worst p99 of any span, and their median. */
  readonly delayWorstP99Ms: number | null
  readonly delayP99Ms: number | null
  readonly delayMaxMs: number | null
  /** The same median p99 of a thread that does nothing, on the same machine at the same time. */
  readonly floorP99Ms: number | null
  readonly rssMb: number
  readonly rssSlopeMbPerHour: number | null
  /** What is in use after a collection. */
  readonly heapSlopeMbPerHour: number | null
}

/** A server with a slow disk, a leader that trades, and what the server says of itself. */
export async function soak(wish: SoakWish, tell: (line: string) => void): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-soak-'))
  const wire = await Wire.start()
  const followers = followersOf(wish.accounts)
  const venue = await ChaosVenue.start({ folder, wire, accounts: [LEADER, ...followers], limits: 'off' })
  writeConfig(folder, { exchange: wire.address, followers, pairs: [], isCalm: false })
  const server = startServer(folder, wish.syncMs)
  const floor = new Worker(new URL('./floor.ts', import.meta.url))
  const floors: number[] = []
  floor.on('message', (p99Ms: number) => floors.push(p99Ms))
  const random = new SeededRandom(wish.seed)
  const leader = new Leader(random.fork(), PACE, () => venue.trader(LEADER, random.fork()))
  try {
    const lines = listen(server.child, tell)
    leader.begin()
    await Promise.race([sleep(wish.minutes * 60_000), server.ended])
    await leader.pause()
    if (server.child.exitCode !== null) throw new Error(`the server ended; see ${folder}/server.log`)
    await venue.gather()
    const traded = { leaderOrders: leader.orders, trades: venue.audit.fills.length }
    return report(wish, lines, { ...traded, floorP99Ms: percentile(floors, 0.5) })
  } finally {
    await floor.terminate()
    server.child.kill('SIGTERM')
    await server.ended
    await venue.stop()
    wire.close()
    rmSync(folder, { recursive: true })
  }
}

function startServer(folder: string, syncMs: number): { child: ChildProcess; ended: Promise<unknown> } {
  const slow = syncMs === 0 ? [] : troubled({ kind: 'slow', syncMs })
  const [command = '', ...args] = [...slow, process.execPath, ...nodeFlags(), '--expose-gc', SERVER]
  const log = openSync(join(folder, 'server.log'), 'a')
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', log] })
  const end = (): boolean => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return { child, ended: once(child, 'exit') }
}

function listen({ stdout }: ChildProcess, tell: (line: string) => void): readonly Line[] {
  const lines: Line[] = []
  if (stdout === null) return lines
  createInterface({ input: stdout }).on('line', text => {
    const line = { ...lineShape.parse(JSON.parse(text)), at: performance.now() }
    lines.push(line)
    if (lines.length % 12 !== 0) return
    const megabytes = (bytes: number) => Math.round(bytes / MEBIBYTE)
    tell(
      `delay p99 ${line.p99Ms.toFixed(1)} ms, rss ${megabytes(line.rss)} MB, in use ${megabytes(line.heap)} MB`,
    )
  })
  return lines
}

function report(
  wish: SoakWish,
  all: readonly Line[],
  beside: Pick<SoakReport, 'leaderOrders' | 'trades' | 'floorP99Ms'>,
): SoakReport {
  const lines = all.slice(Math.ceil(all.length * WARM_UP_SHARE))
  const slope = (of: (line: Line) => number) => {
    const perHour = slopePerHour(lines.map(line => ({ at: line.at, value: of(line) / MEBIBYTE })))
    return perHour === null ? null : Math.round(perHour * 10) / 10
  }
  const over = (of: (line: Line) => number, share: number) => percentile(lines.map(of), share)
  return {
    minutes: wish.minutes,
    accounts: wish.accounts,
    syncMs: wish.syncMs,
    ...beside,
    delayP50Ms: over(line => line.p50Ms, 0.5),
    delayP99Ms: over(line => line.p99Ms, 0.5),
    delayWorstP99Ms: over(line => line.p99Ms, 1),
    delayMaxMs: over(line => line.maxMs, 1),
    rssMb: Math.round((lines.at(-1)?.rss ?? 0) / MEBIBYTE),
    rssSlopeMbPerHour: slope(line => line.rss),
    heapSlopeMbPerHour: slope(line => line.heap),
  }
}
