import { parseArgs } from 'node:util'
import { describeFailure, type SimulationReport, simulate } from './simulate.ts'

/** Of so many seeds one is run twice: the same seed must leave the same trace. */
const REPEAT_EVERY = 50
const PROGRESS_EVERY = 100
const HOUR_MS = 3_600_000

const USAGE = `npm run simulate -- [--seeds N] [--seed S] [--events N] [--json]
  --seeds N   how many seeds (500; 1 with --seed)
  --seed S    the first of them (1)
  --events N  how many of its last events a failing seed prints (60)
  --json      one JSON object on the last line`

interface Totals {
  seeds: number
  orders: number
  faults: number
  steps: number
  virtualMs: number
  violations: number
  traceHashStable: boolean
  readonly failingSeeds: number[]
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      events: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const first = Number(values.seed ?? 1)
  const count = Number(values.seeds ?? (values.seed === undefined ? 500 : 1))
  const events = Number(values.events)
  if (values.help || ![first, count, events].every(Number.isSafeInteger) || count < 1) {
    process.stderr.write(`${USAGE}\n`)
    return values.help ? 0 : 2
  }
  const startedAt = performance.now()
  const totals = await runSeeds({ first, count, events })
  report(totals, (performance.now() - startedAt) / 1_000, values.json)
  return totals.violations === 0 && totals.traceHashStable ? 0 : 1
}

async function runSeeds({ first, count, events }: { first: number; count: number; events: number }) {
  const totals: Totals = {
    seeds: 0,
    orders: 0,
    faults: 0,
    steps: 0,
    virtualMs: 0,
    violations: 0,
    traceHashStable: true,
    failingSeeds: [],
  }
  for (let seed = first; seed < first + count; seed += 1) {
    const run = await simulate({ seed, events })
    add(totals, run)
    if (run.violations.length > 0) process.stderr.write(`${describeFailure(run)}\n`)
    if ((seed - first) % REPEAT_EVERY === 0) {
      const again = await simulate({ seed, events })
      totals.traceHashStable &&= again.traceHash === run.traceHash
    }
    if (totals.seeds % PROGRESS_EVERY === 0)
      process.stderr.write(
        `${totals.seeds} of ${count} seeds, ${totals.orders} orders, ${totals.violations} violations\n`,
      )
  }
  return totals
}

function add(totals: Totals, { seed, orders, faults, steps, virtualMs, violations }: SimulationReport): void {
  totals.seeds += 1
  totals.orders += orders
  totals.faults += faults
  totals.steps += steps
  totals.virtualMs += virtualMs
  totals.violations += violations.length
  if (violations.length > 0) totals.failingSeeds.push(seed)
}

function report({ virtualMs, ...totals }: Totals, seconds: number, json: boolean): void {
  const figures = {
    ...totals,
    hours: Number((virtualMs / HOUR_MS).toFixed(2)),
    seconds: Number(seconds.toFixed(1)),
    stepsPerSecond: Math.round(totals.steps / seconds),
  }
  const lines = json
    ? [JSON.stringify(figures)]
    : Object.entries(figures).map(([key, value]) => `${key.padEnd(16)} ${String(value)}`)
  process.stdout.write(`${lines.join('\n')}\n`)
}

process.exitCode = await main()
