import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { RECORDED, readCandles } from './recorded.ts'
import type { CandleReport } from './report.ts'
import { runCandles } from './run.ts'
import { summary } from './summary.ts'

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
  const { outcomes, expectedOutcomes, leaderFills, positionMismatches, invariantsBroken } = report
  return outcomes !== expectedOutcomes || leaderFills === 0 || positionMismatches > 0 || invariantsBroken > 0
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** @returns the exit code: 1 when anything is broken, or when it could not be run */
async function main({ candles, json = false, ...flags }: Flags): Promise<number> {
  if (!existsSync(candles)) {
    say(
      `There are no candles at ${candles}. Give one-minute candles of BTCUSDT with --candles FILE ` +
        '(CSV, or CSV packed with gzip; header open_time,open,high,low,close,volume).',
    )
    return 1
  }
  try {
    const report = await runCandles({ ...flags, candles: readCandles(candles), print: say })
    process.stdout.write(`${summary(report)}\n`)
    const { violations: _told, followers: _rows, ...keys } = report
    if (json) process.stdout.write(`${JSON.stringify(keys)}\n`)
    return isBroken(report) ? 1 : 0
  } catch (error) {
    say(`The run broke down: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

process.exitCode = await main(
  new Command('e2e:candles')
    .description('recorded prices over the wire: a third-party leader, 20 followers, and a judge')
    .option('--candles <file>', 'one-minute candles, CSV or CSV.gz', RECORDED)
    .option('--speed <factor>', 'world seconds per second', wholeSpeed, MAXIMUM_SPEED)
    .option('--hours <hours>', 'of the world', above(0, MAXIMUM_HOURS), 6)
    .option('--seed <number>', "of the leader's choices", Number, 1)
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>(),
)
