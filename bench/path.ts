import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Decision } from '../src/domain/decision.ts'
import { ExchangeProcess } from '../test/e2e/exchange-process.ts'
import { DiskFloor } from './disk-floor.ts'
import { type PathReport, type Round, reportOf } from './path-report.ts'
import { type PathWorld, startWorld } from './path-world.ts'

export interface PathOptions {
  readonly followers: number
  readonly rounds: number
  print(line: string): void
}

/** Each account has a private and a trade connection; the server keeps within 450 of them in 5 minutes. */
export const MAXIMUM_FOLLOWERS = 170
/** First orders set the leverage, and code is compiled as it gets warm. */
const WARM_UP_ROUNDS = 6
const ROUND_LIMIT_MS = 10_000
const PAUSE_MS = 250
const POLL_MS = 2
/** Thousandths of a coin: every follower takes the same. */
const SIZE = 10

/** Measures round by round, the server and the floor in turn, on one exchange in a process of its own. */
export async function benchPath(options: PathOptions): Promise<PathReport> {
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
