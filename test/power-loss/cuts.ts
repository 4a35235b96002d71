import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { type FoundUnits, unitsOf } from '../contract/store-units.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { DiskModel } from './disk-model.ts'
import { type DiskEvent, STRACE_ARGUMENTS, TraceReader } from './trace.ts'

const WRITER = fileURLToPath(new URL('../contract/store-child.ts', import.meta.url))
const UNSYNCED = new URL('./unsynced.ts', import.meta.url)
const DATABASE = 'lockstep.db'
/** Shared memory is nothing that a disk keeps; the lock is of no meaning to the next start. */
const NOT_KEPT = /-shm$|\.lock/
/** What a disk would have kept need not be written to one to be looked at. */
const MEMORY_FOLDER = '/dev/shm'
/** Nothing of what was not synced, a mixture, or all of it. */
const KEEPS = [0, 0, 0.3, 0.7, 1] as const

export interface PowerLossWish {
  /** The writer is stopped after so many acknowledgements. */
  readonly units: number
  readonly cuts: number
  readonly seed: number
  /** The writer does not wait for the disk: then units must be found to be lost. */
  readonly unsynced: boolean
}

export interface PowerLossReport {
  readonly cuts: number
  /** Sum over the cuts of what had been acknowledged. */
  readonly acknowledged: number
  /** Acknowledged and not there afterwards. */
  readonly lost: number
  /** Databases with a part of a unit, or with a later unit but not an earlier one. */
  readonly broken: number
  /** Databases that could not be opened; before the first unit and after it. */
  readonly refusedEarly: number
  readonly refused: number
  readonly events: number
  readonly syncs: number
}

export function canTrace(): boolean {
  return spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0
}

/** Records one writer, then cuts the power at moments of it and looks at what a disk would have kept. */
export async function runPowerLoss(wish: PowerLossWish): Promise<PowerLossReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-power-'))
  const images = mkdtempSync(join(existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'lockstep-cuts-'))
  try {
    const events = await record(folder, wish)
    return await cut(images, events, wish)
  } finally {
    for (const each of [folder, images]) rmSync(each, { recursive: true, force: true })
  }
}

async function record(folder: string, { units, unsynced }: PowerLossWish): Promise<readonly DiskEvent[]> {
  const data = join(folder, 'data')
  const trace = join(folder, 'trace')
  mkdirSync(data)
  const writer = [process.execPath, WRITER, join(data, DATABASE), 'commit']
  const child = spawn('strace', [...STRACE_ARGUMENTS, '-o', trace, ...writer], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], ...(unsynced && { NODE_OPTIONS: `--import=${UNSYNCED}` }) },
  })
  const ended = once(child, 'exit')
  let told = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'open') told += 1
    if (told >= units) break
  }
  // Whoever writes to nobody ends.
  child.stdout.destroy()
  await ended
  const reader = new TraceReader(data)
  const events: DiskEvent[] = []
  for await (const line of createInterface({ input: createReadStream(trace) }))
    events.push(...reader.read(line))
  return events
}

async function cut(
  folder: string,
  events: readonly DiskEvent[],
  { cuts, seed, units }: PowerLossWish,
): Promise<PowerLossReport> {
  const random = new SeededRandom(seed)
  const last = lastOf(events, units)
  const moments = Array.from({ length: cuts }, () => random.integer(1, last)).sort((a, b) => a - b)
  const disk = new DiskModel()
  const acknowledged: number[] = []
  const sums = { acknowledged: 0, lost: 0, broken: 0, refusedEarly: 0, refused: 0 }
  let at = 0
  for (const moment of moments) {
    for (; at < moment; at += 1) {
      const event = events[at]
      if (event === undefined) continue
      disk.apply(event)
      if (event.kind === 'told') acknowledged.push(event.unit)
    }
    const image = disk.after(random.pick(KEEPS), random)
    const found = await lookAt(join(folder, `cut-${moment}`), image)
    sums.acknowledged += acknowledged.length
    if (found === null) sums[acknowledged.length === 0 ? 'refusedEarly' : 'refused'] += 1
    else if (!found.isWhole) sums.broken += 1
    sums.lost += acknowledged.filter(unit => unit > (found?.units ?? 0)).length
  }
  const syncs = events.filter(({ kind }) => kind === 'sync').length
  return { cuts, ...sums, events: events.length, syncs }
}

/** What comes after the last unit that was read belongs to the writer's end. */
function lastOf(events: readonly DiskEvent[], units: number): number {
  let told = 0
  const index = events.findIndex(({ kind }) => {
    if (kind === 'told') told += 1
    return told >= units
  })
  return index < 0 ? events.length : index + 1
}

/** @returns null where the database cannot be opened */
async function lookAt(folder: string, image: ReadonlyMap<string, Buffer>): Promise<FoundUnits | null> {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of image) {
    if (!NOT_KEPT.test(name)) writeFileSync(join(folder, name), content)
  }
  const opened = await openSqliteStore({ path: join(folder, DATABASE), log: SILENT })
  if (!opened.ok) return null
  try {
    return await unitsOf(opened.value)
  } finally {
    await opened.value.close()
    rmSync(folder, { recursive: true })
  }
}
