import { Command, InvalidArgumentError } from 'commander'
import { canTrouble } from '../chaos/disk.ts'
import { soak } from './run.ts'

interface Flags {
  readonly minutes: number
  readonly accounts: number
  readonly syncMs: number
  readonly seed: number
  readonly json?: boolean
}

function upTo(most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= 0 && value <= most))
      throw new InvalidArgumentError(`It must be a number from 0 to ${most}.`)
    return value
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function main({ json = false, ...wish }: Flags): Promise<number> {
  const isSlow = canTrouble()
  if (!isSlow) say('strace cannot be used here (Debian: apt-get install strace): the disk is as it is.')
  const result = await soak({ ...wish, syncMs: isSlow ? wish.syncMs : 0 }, say)
  const { delayP50Ms, delayP99Ms, delayWorstP99Ms, delayMaxMs, floorP99Ms } = result
  const lines = [
    `${result.minutes} minutes, ${result.accounts} accounts, a disk that takes ${result.syncMs} ms more to sync: ${result.leaderOrders} orders of the leader, ${result.trades} trades in all`,
    `event loop   delay p50 ${delayP50Ms} ms, p99 ${delayP99Ms} ms (worst 5 s: ${delayWorstP99Ms} ms), max ${delayMaxMs} ms; p99 of an idle thread beside it ${floorP99Ms} ms`,
    `memory       ${result.rssMb} MB, slope ${result.rssSlopeMbPerHour} MB/h; in use after a collection ${result.heapSlopeMbPerHour} MB/h`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  return 0
}

// So that what was started ends as well.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

process.exitCode = await main(
  new Command('soak')
    .description("the server's event loop and memory over a long time, with a slow disk")
    .option('--minutes <number>', 'how long', upTo(10_000), 60)
    .option('--accounts <number>', 'that follow', upTo(200), 20)
    .option('--sync-ms <number>', 'what each sync of the disk takes more', upTo(10_000), 200)
    .option('--seed <number>', "of the leader's choices", upTo(1_000_000_000), 1)
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>(),
)
