import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { simulate } from '../simulation/simulate.ts'
import { type Mutant, needsPast } from './mutant.ts'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
/** A mistake can make a run endless. */
const CHILD_LIMIT_MS = 300_000

const finding = z.object({
  /** The invariant that it breaks; null: nobody noticed. */
  caughtBy: z.string().nullable(),
  /** That showed it; where none did, the last that was tried. */
  seed: z.number(),
  /** The violation, or why there is none. */
  text: z.string(),
})

export type Finding = z.infer<typeof finding>

export interface RunOptions {
  readonly mutants: readonly Mutant[]
  /** How many seeds a mutant may take to be noticed. */
  readonly seeds: number
  /** Whether nothing is broken in a seed without any mutant; the simulator is asked unless a test says otherwise. */
  readonly isWhole?: (seed: number, mutant: Mutant) => Promise<boolean>
  readonly onFinding?: (mutant: Mutant, found: Finding) => void
}

/** Lets every mutant live in a process of its own, as many at once as there are cores. */
export async function runMutants(options: RunOptions): Promise<ReadonlyMap<string, Finding>> {
  const findings = new Map<string, Finding>()
  const waiting = [...options.mutants]
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const found = await hunt(mutant, options)
      findings.set(mutant.name, found)
      options.onFinding?.(mutant, found)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return findings
}

/** A seed that breaks something without the mutant says nothing about the mutant: the hunt goes on behind it. */
async function hunt(mutant: Mutant, { seeds, isWhole = holds }: RunOptions): Promise<Finding> {
  let found = await live(mutant, 1, seeds)
  while (found.caughtBy !== null && !(await isWhole(found.seed, mutant))) {
    if (found.seed === seeds) return { caughtBy: null, seed: seeds, text: 'nothing is broken by it alone' }
    found = await live(mutant, found.seed + 1, seeds)
  }
  return found
}

async function holds(seed: number, mutant: Mutant): Promise<boolean> {
  const { violations } = await simulate({
    world: mutant.world ?? 'copies',
    seed,
    readsPast: needsPast(mutant),
  })
  return violations.length === 0
}

async function live(mutant: Mutant, first: number, last: number): Promise<Finding> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(mutant), String(first), String(last)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CHILD_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const closed = once(child, 'close')
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  if (child.exitCode === 0) return finding.parse(JSON.parse(said))
  // A process that died has broken no invariant: the mutant must be written otherwise, or the simulator mended.
  const cause = child.signalCode === null ? `it died: ${firstLine(complaint)}` : 'it came to no end'
  return { caughtBy: null, seed: 0, text: cause }
}

function firstLine(complaint: string): string {
  return complaint.split('\n').find(line => /^\w*Error\b/.test(line)) ?? complaint.slice(0, 200)
}
