import { Worker } from 'node:worker_threads'
import { type Mask, NO_MASK } from './mask.ts'
import type { SeedResult, SeedTask } from './seed-worker.ts'
import { Totals } from './totals.ts'
import type { WorldName } from './world-name.ts'

/** Of so many seeds one is run twice: the same seed must leave the same trace. */
const REPEAT_EVERY = 50
const PROGRESS_EVERY = 100
/** Most of what a run makes dies young; small nurseries would have it copied for nothing. */
const NURSERY_MB = 64

export interface SeedRange {
  /** Default: copies. */
  readonly world?: WorldName
  readonly first: number
  readonly count: number
  readonly threads: number
  readonly events: number
  /** Default: nothing is switched off. */
  readonly mask?: Mask
  readonly say: (line: string) => void
}

/** Runs seeds on several threads, each taking the next when it has done one. */
export async function runSeeds(range: SeedRange): Promise<Totals> {
  const { world = 'copies', first, count, threads, events, mask, say } = range
  const totals = new Totals(world)
  let next = first
  const takeTask = (): SeedTask | null => {
    if (next >= first + count) return null
    const seed = next
    next += 1
    return { world, seed, events, mask: mask ?? NO_MASK, again: (seed - first) % REPEAT_EVERY === 0 }
  }
  const take = (result: SeedResult): void => {
    totals.add(result)
    if (result.failure !== null) say(result.failure)
    if (!result.isStable) say(`seed ${result.seed} left another trace when it was run again`)
    if (totals.seeds % PROGRESS_EVERY === 0) say(totals.progress(count))
  }
  await Promise.all(Array.from({ length: Math.min(threads, count) }, () => runThread(takeTask, take)))
  return totals
}

async function runThread(takeTask: () => SeedTask | null, take: (result: SeedResult) => void): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
  })
  await new Promise<void>((resolve, reject) => {
    const proceed = (): void => {
      const task = takeTask()
      if (task === null) resolve()
      else worker.postMessage(task)
    }
    worker.on('error', reject)
    worker.on('message', (result: SeedResult) => {
      take(result)
      proceed()
    })
    proceed()
  })
  await worker.terminate()
}
