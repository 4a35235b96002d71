import { Command, InvalidArgumentError } from 'commander'
import { type PushOptions, PushRun } from './run.ts'
import { type ServedOptions, ServedRun } from './served/run.ts'

const MAXIMUM = 1_000_000

interface Flags extends PushOptions {
  readonly server?: boolean
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

const print = (line: string): void => void process.stderr.write(`${line}\n`)

async function main({ json = false, server = false, ...options }: Flags): Promise<number> {
  const { line, result } = server ? await served(options) : await played(options)
  process.stdout.write(`${[line, ...result.violations].join('\n')}\n`)
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  return result.violations.length === 0 ? 0 : 1
}

async function played(options: PushOptions) {
  const result = await PushRun.play(options, print)
  const { clients, disconnects, midMessage, changes, compared, lost, gaps, violations } = result
  const line = `${disconnects} connections of ${clients} clients broken, ${midMessage} of them mid-message, while accounts changed ${changes} times: ${compared} views compared, ${lost} packets lost on the way, ${gaps} gaps found by clients, ${violations.length} violations`
  return { line, result }
}

async function served({ clients, disconnects, seed }: ServedOptions) {
  const result = await ServedRun.play({ clients, disconnects, seed }, print)
  const { midMessage, venueOrders, venueOrdersShown, copiedOrdersShown, sessions, violations } = result
  const line = `${disconnects} connections of ${clients} clients broken in ${result.breakMs} ms, ${midMessage} of them mid-message, while ${venueOrders} orders were placed at the venue itself: at rest after ${result.restMs} ms, ${venueOrdersShown} of the venue's orders and ${copiedOrdersShown} copies shown, ${result.gaps} gaps found by clients, ${sessions} sessions opened, ${violations.length} violations`
  return { line, result }
}

process.exitCode = await main(
  new Command('push')
    .description('connections to the live gateway that break at random, and what clients show after it')
    .option('--clients <number>', 'apps that watch, two to an account', wholeNumber, 200)
    .option('--disconnects <number>', 'half of them in the middle of a message', wholeNumber, 10_000)
    .option('--seed <number>', 'of the accounts and of who is cut off', wholeNumber, 1)
    .option('--loss <share>', 'of packets that do not arrive though their connection stays', share, 0.001)
    .option('--server', 'over the real server, its store and an exchange, each a process; without --loss')
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>(),
)
