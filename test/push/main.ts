import { Command, InvalidArgumentError } from 'commander'
import { type PushOptions, PushRun } from './run.ts'

const MAXIMUM = 1_000_000

interface Flags extends PushOptions {
  readonly json?: boolean
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= MAXIMUM) return value
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAXIMUM}.`)
}

function share(text: string): number {
  const value = Number(text)
  if (value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

async function main({ json = false, ...options }: Flags): Promise<number> {
  const result = await PushRun.play(options, line => void process.stderr.write(`${line}\n`))
  const { clients, disconnects, midMessage, changes, compared, lost, gaps, violations } = result
  const line = `${disconnects} connections of ${clients} clients broken, ${midMessage} of them mid-message, while accounts changed ${changes} times: ${compared} views compared, ${lost} packets lost on the way, ${gaps} gaps found by clients, ${violations.length} violations`
  process.stdout.write(`${[line, ...violations].join('\n')}\n`)
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  return violations.length === 0 ? 0 : 1
}

process.exitCode = await main(
  new Command('push')
    .description('connections to the live gateway that break at random, and what clients show after it')
    .option('--clients <number>', 'apps that watch, two to an account', wholeNumber, 200)
    .option('--disconnects <number>', 'half of them in the middle of a message', wholeNumber, 10_000)
    .option('--seed <number>', 'of the accounts and of who is cut off', wholeNumber, 1)
    .option('--loss <share>', 'of packets that do not arrive though their connection stays', share, 0.001)
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>(),
)
