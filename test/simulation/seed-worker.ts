import { parentPort } from 'node:worker_threads'
import type { VenueName } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import type { Pair } from './fault-kinds.ts'
import type { Mask } from './mask.ts'
import { describeFailure, simulate } from './simulate.ts'
import type { UnhedgedRound } from './unhedged.ts'
import type { WorldName } from './world-name.ts'

/** What the thread is asked for, one seed at a time. */
export interface SeedTask {
  readonly world: WorldName
  readonly seed: number
  readonly events: number
  readonly mask: Mask
  /** Run it a second time: the same seed must leave the same trace. */
  readonly again: boolean
}

export interface SeedResult {
  readonly seed: number
  readonly venue: VenueName
  readonly orders: number
  readonly faults: number
  readonly steps: number
  readonly virtualMs: number
  readonly violationCount: number
  readonly isStable: boolean
  readonly pairs: readonly (readonly [Pair, number])[]
  readonly rounds: readonly UnhedgedRound[]
  /** In words, when it breaks an invariant. */
  readonly failure: string | null
}

const port = must(parentPort, 'this file runs as a worker thread')

port.on('message', (task: SeedTask) => {
  void runSeed(task).then(result => port.postMessage(result))
})

async function runSeed({ again, ...of }: SeedTask): Promise<SeedResult> {
  const report = await simulate(of)
  const isStable = !again || (await simulate(of)).traceHash === report.traceHash
  const { seed, venue, orders, faults, steps, virtualMs, rounds, violations } = report
  return {
    seed,
    venue,
    orders,
    faults,
    steps,
    virtualMs,
    violationCount: violations.length,
    isStable,
    pairs: [...report.pairs],
    rounds,
    failure: violations.length === 0 ? null : describeFailure(report),
  }
}
