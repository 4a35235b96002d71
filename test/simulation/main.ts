import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Mask, NO_MASK, parseSwitches, SWITCHES } from './mask.ts'
import { runSeeds } from './run-seeds.ts'
import { describeShrunk, shrink } from './shrink.ts'
import { simulate } from './simulate.ts'
import type { Totals } from './totals.ts'
import type { WorldName } from './world-name.ts'

/** Failing seeds that are shrunk, the first ones. */
const MAXIMUM_SHRUNK = 3

const USAGE = `npm run simulate -- [--pairs] [--seeds N] [--seed S] [--threads N] [--events N] [--json]
                     [--without KINDS] [--trading-ms N] [--followers N]
  --pairs         hedged pairs in place of leaders and followers: other seeds, and rounds are counted
  --seeds N       how many seeds (500; 1 with --seed)
  --seed S        the first of them (1)
  --threads N     how many at a time (one for each core); the figures do not depend on it
  --events N      how many of its last events a failing seed prints (60)
  --json          one JSON object on the last line
What a failing seed does not need is found by itself and printed with these; who gives one of them gets just that run:
  --without KINDS trouble that is switched off, with commas between: ${SWITCHES.join(',')}
  --trading-ms N  for how long people trade, ms
  --followers N   only the first so many followers, or pairs`

interface Asked {
  readonly world: WorldName
  readonly first: number
  readonly count: number
  readonly threads: number
  readonly events: number
  readonly mask: Mask
  readonly json: boolean
}

/** @returns null when it cannot be read, or help is asked for */
function readFlags(): Asked | 'help' | null {
  const { values } = parseArgs({
    options: {
      pairs: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      events: { type: 'string', default: '60' },
      without: { type: 'string', default: '' },
      'trading-ms': { type: 'string' },
      followers: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const { seed, seeds, followers, 'trading-ms': tradingMs, json } = values
  const without = parseSwitches(values.without)
  const world: WorldName = values.pairs ? 'pairs' : 'copies'
  const optional = (text: string | undefined): number | null => (text === undefined ? null : Number(text))
  const mask = { without: without ?? [], tradingMs: optional(tradingMs), followers: optional(followers) }
  const first = Number(seed ?? 1)
  const count = Number(seeds ?? (seed === undefined ? 500 : 1))
  const [threads, events] = [Number(values.threads), Number(values.events)]
  const positive = [count, threads, mask.tradingMs ?? 1, mask.followers ?? 1]
  const isSound = [first, events, ...positive].every(Number.isSafeInteger) && Math.min(...positive) > 0
  return isSound && without !== null ? { world, first, count, threads, events, mask, json } : null
}

async function main(): Promise<number> {
  const asked = readFlags()
  if (asked === null || asked === 'help') {
    process.stderr.write(`${USAGE}\n`)
    return asked === null ? 2 : 0
  }
  const { json, ...range } = asked
  const startedAt = performance.now()
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const totals = await runSeeds({ ...range, say })
  const seconds = (performance.now() - startedAt) / 1_000
  if (isWhole(asked.mask)) await shrinkFirst(asked.world, totals.figures(seconds).failingSeeds, say)
  print(totals, seconds, json)
  return totals.isClean ? 0 : 1
}

function isWhole({ without, tradingMs, followers }: Mask): boolean {
  return without.length === 0 && tradingMs === NO_MASK.tradingMs && followers === NO_MASK.followers
}

async function shrinkFirst(
  world: WorldName,
  seeds: readonly number[],
  say: (line: string) => void,
): Promise<void> {
  for (const seed of seeds.slice(0, MAXIMUM_SHRUNK)) {
    const shrunk = await shrink(mask => simulate({ world, seed, mask, events: 0 }))
    if (shrunk !== null) say(describeShrunk(shrunk))
  }
}

function print(totals: Totals, seconds: number, json: boolean): void {
  const figures = totals.figures(seconds)
  const lines = json
    ? [JSON.stringify(figures)]
    : [
        ...totals.pairLines(),
        ...Object.entries(figures).map(([key, value]) => `${key.padEnd(16)} ${String(value)}`),
      ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

process.exitCode = await main()
