import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import type { Decision } from '../src/domain/decision.ts'
import { ExchangeProcess } from '../test/e2e/exchange-process.ts'
import { DiskFloor } from './disk-floor.ts'
import { type PathReport, type Round, reportOf } from './path-report.ts'
import { pathText } from './path-text.ts'
import { type PathWorld, startWorld } from './path-world.ts'

interface PathOptions {
  readonly followers: number
  readonly rounds: number
  print(line: string): void
}

/** As many as the fan-out is meant for: beside each the floor has an account, all on one exchange. */
const MAXIMUM_FOLLOWERS = 1_000
/** First orders set the leverage, and code is compiled as it gets warm. */
const WARM_UP_ROUNDS = 6
const ROUND_LIMIT_MS = 10_000
const PAUSE_MS = 250
const POLL_MS = 2
const MAXIMUM_ROUNDS = 10_000
/** Thousandths of a coin: every follower takes the same. */
const SIZE = 10

interface PathFlags {
  readonly followers: number
  readonly rounds: number
  readonly json?: boolean
}

export async function main(argv: readonly string[]): Promise<void> {
  const flags = new Command('path')
    .description("from the leader's fill to the followers' orders at the exchange, durable first")
    .option('--followers <number>', 'accounts that follow', wholeNumber(MAXIMUM_FOLLOWERS), 100)
    .option(
      '--rounds <number>',
      "leader's orders, opening and closing in turn",
      wholeNumber(MAXIMUM_ROUNDS),
      30,
    )
    .option('--json', 'one JSON object on the last line')
    .parse([...argv], { from: 'user' })
    .opts<PathFlags>()
  const { json = false, ...options } = flags
  const report = await benchPath({ ...options, print: line => console.error(line) })
  console.log(pathText(report))
  if (json) console.log(JSON.stringify(report))
}

function wholeNumber(most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
}

/** Measures round by round, the server and the floor in turn, on one exchange in a process of its own. */
async function benchPath(options: PathOptions): Promise<PathReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
  try {
    const exchange = await ExchangeProcess.start(['--limits', 'off'])
    try {
      return await measure(options, exchange, folder)
    } finally {
      await exchange.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  { followers, rounds: wanted, print }: PathOptions,
  exchange: ExchangeProcess,
  folder: string,
): Promise<PathReport> {
  const world = await startWorld(exchange, folder, followers)
  const disk = new DiskFloor(folder)
  const meter = new Meter(exchange)
  const rounds: Round[] = []
  const floorRounds: Round[] = []
  const copies: Decision[] = []
  try {
    for (let round = 1 - WARM_UP_ROUNDS; round <= wanted; round += 1) {
      const quantity = round % 2 === 0 ? -SIZE : SIZE
      const copied = await meter.round(() => copyRound(world, followers, quantity))
      await sleep(PAUSE_MS)
      const floor = await meter.round(() => world.floor.round(() => world.floorLeader.market(quantity)))
      disk.measure()
      await sleep(PAUSE_MS)
      if (round <= 0) continue
      rounds.push(copied)
      floorRounds.push(floor)
      copies.push(...world.copies)
      if (round % 10 === 0) print(`round ${round} of ${wanted}`)
    }
  } finally {
    world.floor.close()
    await world.server.stop()
    disk.close()
  }
  return reportOf({ followers, rounds, floorRounds, copies, fsyncMs: disk.measuredMs })
}

async function copyRound({ leader, copies }: PathWorld, followers: number, quantity: number): Promise<void> {
  copies.length = 0
  await leader.market(quantity)
  const until = performance.now() + ROUND_LIMIT_MS
  while (copies.length < followers && performance.now() < until) await sleep(POLL_MS)
}

/** Measures what happens between a leader's order and rest: CPU of this process, times of the audit log. */
class Meter {
  readonly #exchange: ExchangeProcess
  #lastEntry = 0

  constructor(exchange: ExchangeProcess) {
    this.#exchange = exchange
  }

  async round(play: () => Promise<void>): Promise<Round> {
    const cpu = process.cpuUsage()
    await play()
    const { user, system } = process.cpuUsage(cpu)
    const rows = await this.#exchange.audit(this.#lastEntry)
    this.#lastEntry = rows.at(-1)?.number ?? this.#lastEntry
    const leaderFill = rows.find(row => row.kind === 'filled')
    const received = rows.filter(
      row => row.kind === 'received' && row.command === 'submit' && row.account !== leaderFill?.account,
    )
    const lastAt = received.at(-1)?.at
    return {
      lastOrderMs: leaderFill === undefined || lastAt === undefined ? null : lastAt - leaderFill.at,
      orders: received.length,
      cpuUs: user + system,
    }
  }
}
