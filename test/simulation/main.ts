import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runSeeds } from './run-seeds.ts'
import type { Totals } from './totals.ts'

const USAGE = `npm run simulate -- [--seeds N] [--seed S] [--threads N] [--events N] [--json]
  --seeds N    how many seeds (500; 1 with --seed)
  --seed S     the first of them (1)
  --threads N  how many at a time (one for each core); the figures do not depend on it
  --events N   how many of its last events a failing seed prints (60)
  --json       one JSON object on the last line`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      events: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const first = Number(values.seed ?? 1)
  const count = Number(values.seeds ?? (values.seed === undefined ? 500 : 1))
  const threads = Number(values.threads)
  const events = Number(values.events)
  const isSound = [first, count, threads, events].every(Number.isSafeInteger) && count > 0 && threads > 0
  if (values.help || !isSound) {
    process.stderr.write(`${USAGE}\n`)
    return values.help ? 0 : 2
  }
  const startedAt = performance.now()
  const totals = await runSeeds({
    first,
    count,
    threads,
    events,
    say: line => process.stderr.write(`${line}\n`),
  })
  print(totals, (performance.now() - startedAt) / 1_000, values.json)
  return totals.isClean ? 0 : 1
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
