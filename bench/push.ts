import { cpus } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { median, medianRatio, quantile, rounded } from './fanout/figures.ts'
import type { ContenderName } from './push/clients.ts'
import { measureReconnects, type ReconnectFigures } from './push/reconnects.ts'
import { measurePush, type PushFigures } from './push/run.ts'

const MAXIMUM = 5_000

interface Flags {
  readonly clients: number
  readonly rounds: number
  readonly seconds: number
  readonly storms: number
  readonly reconnects: number
  readonly json?: boolean
}

/** From an account's change to its client, beside Socket.IO with nothing around it. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('push')
    .description('from a change of an account to its client, beside bare Socket.IO')
    .option('--clients <number>', 'each with an account of its own', wholeNumber, 1_000)
    .option('--rounds <number>', 'feedings of each server', wholeNumber, 5)
    .option('--seconds <number>', 'that one feeding lasts', wholeNumber, 10)
    .option('--storms <number>', 'times that all connections break', wholeNumber, 5)
    .option('--reconnects <number>', 'of each kind, to a whole server with a venue', wholeNumber, 20)
    .option('--json', 'one JSON object on the last line')
    .action(run)
  await program.parseAsync(argv, { from: 'user' })
}

async function run({ json, ...options }: Flags): Promise<void> {
  console.log(howText(options))
  const figures = await measurePush({ ...options, print: line => console.error(line) })
  const reconnects = await measureReconnects(options.reconnects)
  const report = {
    clients: options.clients,
    rounds: options.rounds,
    cpuRatioToSocketIo: rounded(medianRatio(cpu(figures, 'ours'), cpu(figures, 'bare'))),
    p99Ms: contenderReport(figures, 'ours').p99Ms,
    stormRatio: rounded(medianRatio(storm(figures, 'ours'), storm(figures, 'bare'))),
    ...reconnectReport(reconnects),
    contenders: { ours: contenderReport(figures, 'ours'), bare: contenderReport(figures, 'bare') },
  }
  console.log(text(report.contenders.ours, 'ours'))
  console.log(text(report.contenders.bare, 'bare'))
  console.log(
    `ours to bare Socket.IO: CPU per delivery ${report.cpuRatioToSocketIo}, storm ${report.stormRatio}`,
  )
  console.log(reconnectText(report))
  if (json === true) console.log(JSON.stringify(report))
}

type Report = ReturnType<typeof contenderReport>

function contenderReport(figures: PushFigures, name: ContenderName) {
  const rounds = figures.rounds.get(name) ?? []
  return {
    cpuUsPerDelivery: rounded(median(rounds.map(round => round.cpuUsPerDelivery)), 1),
    p50Ms: median(rounds.map(round => round.p50Ms)),
    p99Ms: median(rounds.map(round => round.p99Ms)),
    stormMs: rounded(median(storm(figures, name)), 0),
    stormWorstMs: rounded(quantile(storm(figures, name), 1), 0),
    rssMb: rounded(median(rounds.map(round => round.rssMb)), 0),
  }
}

/** Medians; the sessions are all that were opened at the venue in all rounds. */
function reconnectReport({ warmMs, coldMs, coldAfterVenueMs, ...sessions }: ReconnectFigures) {
  return {
    warmReconnectMs: rounded(median(warmMs), 1),
    warmWorstMs: rounded(quantile(warmMs, 1), 1),
    coldReconnectMs: rounded(median(coldMs), 1),
    coldAfterVenueMs: rounded(median(coldAfterVenueMs), 0),
    ...sessions,
  }
}

function reconnectText(report: ReturnType<typeof reconnectReport>): string {
  return [
    `an app comes back to a whole server: within the linger time ${report.warmReconnectMs} ms (worst ${report.warmWorstMs})`,
    `with ${report.warmSessions} new sessions at the venue; after it ${report.coldReconnectMs} ms with ${report.coldSessions},`,
    `${report.coldAfterVenueMs} ms of them after the venue has answered`,
  ].join(' ')
}

function cpu({ rounds }: PushFigures, name: ContenderName): readonly number[] {
  return (rounds.get(name) ?? []).map(round => round.cpuUsPerDelivery)
}

function storm({ stormMs }: PushFigures, name: ContenderName): readonly number[] {
  return stormMs.get(name) ?? []
}

function text(report: Report, name: ContenderName): string {
  return [
    name.padEnd(5),
    `CPU ${report.cpuUsPerDelivery} us per delivery`,
    `to the client p50 ${report.p50Ms} ms, p99 ${report.p99Ms} ms`,
    `storm ${report.stormMs} ms (worst ${report.stormWorstMs})`,
    `RSS ${report.rssMb} MB`,
  ].join(', ')
}

function howText({ clients, rounds, seconds, storms }: Flags): string {
  const [first] = cpus()
  return [
    `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.versions.node}; ${clients} clients, ${rounds} rounds of ${seconds} s, ${storms} storms.`,
    'Each server is a process, the clients are two; each account changes ten times a second. Both start from parsed updates;',
    "bare Socket.IO's have their amounts as text already and only go to rooms. It asks nobody who they are, and on a connection",
    'sends the last state in one message. Tokens here are looked up, not verified. Ratios are medians of the rounds.',
  ].join('\n')
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= MAXIMUM) return value
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAXIMUM}.`)
}
