import { Command, InvalidArgumentError } from 'commander'
import { type BackfillWish, runBackfill } from './run.ts'

function between(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}

/** @returns the exit code: 1 when a row is missing, there twice, or not what it was at last */
async function main({ json = false, ...wish }: BackfillWish & { readonly json?: boolean }): Promise<number> {
  const report = await runBackfill(wish, line => void process.stderr.write(`${line}\n`))
  const { rows, kept, kills, seconds, problems } = report
  const lines = [
    `${rows} rows at the venue, ${kept} kept, after ${kills} kills -9 and ${seconds} s`,
    problems.length === 0 ? 'I16 holds: none is missing, none is there twice' : 'I16 is broken:',
    ...problems.map(problem => `  ${problem}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`)
  return problems.length === 0 ? 0 : 1
}

// So that what was started ends as well.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

process.exitCode = await main(
  new Command('backfill')
    .description('a back-fill by a real server that is killed -9 over and over, held against the exchange')
    .option(
      '--rows <number>',
      'that the venue has: closed PnL, orders, executions, wallet',
      between(100, 1_000_000),
      200_000,
    )
    .option('--kills <number>', 'at random moments', between(0, 1_000), 20)
    .option('--days <number>', 'over which the rows are spread', between(1, 729), 729)
    .option('--seed <number>', 'the same seed makes the same past', between(0, 1_000_000_000), 1)
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<BackfillWish & { readonly json?: boolean }>(),
)
