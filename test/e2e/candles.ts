import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { Command, InvalidArgumentError } from 'commander'
import type { CandleReport, CandleRun } from './report.ts'
import { runCandles } from './run.ts'
import { summary } from './summary.ts'

/** Beside the repository's folder, because recorded prices are not part of it. */
export const CANDLES = fileURLToPath(
  new URL('../../../shared/market/BTCUSDT-1m-2023-03-01_21.csv.gz', import.meta.url),
)
/** Faster, and a leader that trades every 5 s of the world's time would pass its venue limits. */
const MAXIMUM_SPEED = 20
const MAXIMUM_HOURS = 24

interface Flags {
  readonly candles: string
  readonly speed: number
  readonly hours: number
  readonly seed: number
  readonly json?: boolean
}

/** @returns the candles as text, unpacked where the name ends in .gz */
export function readCandles(file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

function above(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!(value > least && value <= most))
      throw new InvalidArgumentError(`It must be above ${least} and at most ${most}.`)
    return value
  }
}

function wholeSpeed(text: string): number {
  const speed = above(0, MAXIMUM_SPEED)(text)
  if (!Number.isInteger(speed)) throw new InvalidArgumentError('It must be a whole number.')
  return speed
}

function isBroken(report: CandleReport): boolean {
  const { outcomes, expectedOutcomes, leaderFills, positionMismatches, violations } = report
  return outcomes !== expectedOutcomes || leaderFills === 0 || positionMismatches > 0 || violations.length > 0
}

async function main({ candles, json = false, ...flags }: Flags): Promise<number> {
  if (!existsSync(candles)) {
    process.stderr.write(
      `There are no candles at ${candles}. Give one-minute candles of BTCUSDT with --candles FILE ` +
        '(CSV, or CSV packed with gzip; header open_time,open,high,low,close,volume).\n',
    )
    return 1
  }
  const print = (line: string): void => void process.stderr.write(`${line}\n`)
  const run: CandleRun = { ...flags, candles: readCandles(candles), print }
  const report = await runCandles(run)
  process.stdout.write(`${summary(report)}\n`)
  const { violations, followers: _rows, ...keys } = report
  if (json) process.stdout.write(`${JSON.stringify({ ...keys, invariantsBroken: violations.length })}\n`)
  return isBroken(report) ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = new Command('e2e:candles')
    .description('recorded prices over the wire: a third-party leader, 20 followers, and a judge')
    .option('--candles <file>', 'one-minute candles, CSV or CSV.gz', CANDLES)
    .option('--speed <factor>', 'world seconds per second', wholeSpeed, MAXIMUM_SPEED)
    .option('--hours <hours>', 'of the world', above(0, MAXIMUM_HOURS), 6)
    .option('--seed <number>', "of the leader's choices", Number, 1)
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>()
  process.exitCode = await main(flags)
}
