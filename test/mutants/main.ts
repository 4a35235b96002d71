import { parseArgs } from 'node:util'
import type { Mutant } from './mutant.ts'
import { MUTANTS, problemsOf } from './mutants.ts'
import { type Finding, runMutants } from './run.ts'

const DEFAULT_SEEDS = 300

const USAGE = `npm run mutants -- [--only name] [--seeds N] [--json]
  --only name  one mutant, or several with commas between
  --seeds N    how many seeds each may take to be noticed (${DEFAULT_SEEDS})
  --json       one JSON object on the last line`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      seeds: { type: 'string', default: String(DEFAULT_SEEDS) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const names = values.only?.split(',') ?? MUTANTS.map(({ name }) => name)
  const mutants = MUTANTS.filter(({ name }) => names.includes(name))
  const seeds = Number(values.seeds)
  const problems = [...unknownNames(names), ...problemsOf(mutants)]
  if (!Number.isSafeInteger(seeds) || seeds < 1) problems.push('--seeds must be a whole number from 1')
  if (values.help || problems.length > 0) {
    process.stderr.write([...problems, USAGE, ''].join('\n'))
    return values.help ? 0 : 2
  }
  const startedAt = performance.now()
  const findings = await runMutants({ mutants, seeds, onFinding: tell })
  return report(findings, (performance.now() - startedAt) / 1_000, values.json)
}

function unknownNames(names: readonly string[]): readonly string[] {
  const known = MUTANTS.map(({ name }) => name)
  return names
    .filter(name => !known.includes(name))
    .map(name => `no mutant is called ${name}; there are ${known.join(', ')}`)
}

function tell({ name, mistake }: Mutant, { caughtBy, seed, text }: Finding): void {
  const line =
    caughtBy === null ? `MISSED ${name}: ${mistake} (${text})` : `${caughtBy} ${name} (seed ${seed}): ${text}`
  process.stderr.write(`${line}\n`)
}

/** @returns the exit code: 1 when a mutant was missed */
function report(findings: ReadonlyMap<string, Finding>, seconds: number, json: boolean): number {
  const missed = [...findings].filter(([, { caughtBy }]) => caughtBy === null).map(([name]) => name)
  const figures = {
    planted: findings.size,
    caught: findings.size - missed.length,
    missed: missed.sort(),
    seconds: Number(seconds.toFixed(1)),
  }
  const lines = json
    ? [JSON.stringify(figures)]
    : Object.entries(figures).map(([key, value]) => `${key.padEnd(8)} ${String(value)}`)
  process.stdout.write(`${lines.join('\n')}\n`)
  return missed.length === 0 ? 0 : 1
}

process.exitCode = await main()
