import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential } from '../src/domain/account.ts'
import { decimal } from '../src/domain/decimal.ts'
import type { Decision } from '../src/domain/decision.ts'
import { NO_LIMITS } from '../src/domain/strategy.ts'
import { type Server, startServer } from '../src/main.ts'
import { SILENT } from '../src/ports/observe.ts'
import { ExchangeProcess } from '../test/e2e/exchange-process.ts'
import { percentile } from '../test/e2e/percentile.ts'
import { Trader } from '../test/e2e/trader.ts'
import { type Follower, LEADER, LEADER_DEPOSIT, setupOf } from '../test/e2e/world.ts'
import { SeededRandom } from '../test/simulation/seeded-random.ts'
import { DiskFloor } from './disk-floor.ts'

export interface PathOptions {
  readonly followers: number
  readonly rounds: number
  print(line: string): void
}

export interface Spread {
  readonly p50: number | null
  readonly p99: number | null
  readonly mean: number | null
}

export const STAGES = ['receive', 'decide', 'persist', 'send'] as const
export type StageName = (typeof STAGES)[number]

export interface PathReport {
  readonly followers: number
  readonly rounds: number
  /** Ms, over every order of every round. */
  readonly stages: Readonly<Record<StageName, Spread>>
  /** Ms by the exchange's clock, over the rounds: its receipt of the last order after the leader's fill. */
  readonly lastOrderMs: Spread
  /** This process, from the leader's order to the last fill counted; the leader's own request is in it. */
  readonly cpuUsPerOrder: number | null
  readonly rssMb: number
  /** One 4 KiB write and fsync in the same folder, between the rounds: what a durable commit cannot be below. */
  readonly fsyncMs: Spread
  /** Orders that the rounds did not bring to the exchange; 0 when everyone copied. */
  readonly missing: number
  readonly cores: number
  readonly node: string
}

/** Each account has a private and a trade connection; the venue takes 450 of them in 5 minutes. */
export const MAXIMUM_FOLLOWERS = 170
const WARM_UP_ROUNDS = 4
const ROUND_LIMIT_MS = 10_000
const LIVE_LIMIT_MS = 120_000
const PAUSE_MS = 300
const POLL_MS = 5
/** Thousandths of a coin: every follower takes the same. */
const SIZE = 10

/** Starts exchange, server and leader, and measures round by round. */
export async function benchPath(options: PathOptions): Promise<PathReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
  const exchange = await ExchangeProcess.start(['--limits', 'off'])
  try {
    return await measure(options, exchange, folder)
  } finally {
    await exchange.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  { followers, rounds, print }: PathOptions,
  exchange: ExchangeProcess,
  folder: string,
): Promise<PathReport> {
  const copies: Decision[] = []
  const { server, leader } = await startWorld({ exchange, folder, followers, copies })
  const floor = new DiskFloor(folder)
  const measured: Round[] = []
  let after = 0
  try {
    await untilLive(server)
    for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round += 1) {
      const side = round % 2 === 0 ? -1 : 1
      const quantity = side * SIZE
      const result = await oneRound({ exchange, leader, copies, followers, quantity, after })
      after = result.lastEntry
      floor.measure()
      if (round > 0) measured.push(result)
      if (round > 0 && round % 10 === 0) print(`round ${round} of ${rounds}`)
      await sleep(PAUSE_MS)
    }
  } finally {
    await server.stop()
    floor.close()
  }
  return reportOf(measured, { followers, rounds, fsyncMs: spread(floor.measuredMs) })
}

interface Round {
  readonly copies: readonly Decision[]
  readonly lastOrderMs: number | null
  readonly orders: number
  readonly cpuUs: number
  /** Of the audit log. */
  readonly lastEntry: number
}

async function oneRound(parts: {
  readonly exchange: ExchangeProcess
  readonly leader: Trader
  /** Filled up by the server's observer. */
  readonly copies: Decision[]
  readonly followers: number
  readonly quantity: number
  /** The audit log is read from here on. */
  readonly after: number
}): Promise<Round> {
  const { exchange, leader, copies, followers, quantity, after } = parts
  copies.length = 0
  const cpu = process.cpuUsage()
  await leader.market(quantity)
  const until = performance.now() + ROUND_LIMIT_MS
  while (copies.length < followers && performance.now() < until) await sleep(POLL_MS)
  const { user, system } = process.cpuUsage(cpu)
  const rows = await exchange.audit(after)
  const leaderFill = rows.findLast(row => row.kind === 'filled' && row.account === LEADER)
  const received = rows.filter(row => row.kind === 'received' && row.account !== LEADER)
  const lastAt = received.at(-1)?.at
  return {
    copies: [...copies],
    lastEntry: rows.at(-1)?.number ?? after,
    lastOrderMs: leaderFill === undefined || lastAt === undefined ? null : lastAt - leaderFill.at,
    orders: received.length,
    cpuUs: user + system,
  }
}

function reportOf(
  rounds: readonly Round[],
  of: Pick<PathReport, 'followers' | 'rounds' | 'fsyncMs'>,
): PathReport {
  const times = rounds.flatMap(({ copies }) => copies.map(copy => copy.times))
  const stage = (hop: (of: Decision['times']) => number | null): Spread =>
    spread(times.map(hop).filter(ms => ms !== null))
  const orders = rounds.reduce((sum, round) => sum + round.orders, 0)
  const cpuUs = rounds.reduce((sum, round) => sum + round.cpuUs, 0)
  return {
    ...of,
    stages: {
      receive: stage(({ leaderFillAt, receivedAt }) => receivedAt - leaderFillAt),
      decide: stage(({ receivedAt, decidedAt }) => decidedAt - receivedAt),
      persist: stage(({ decidedAt, persistedAt }) => (persistedAt === null ? null : persistedAt - decidedAt)),
      send: stage(({ persistedAt, sentAt }) =>
        persistedAt === null || sentAt === null ? null : sentAt - persistedAt,
      ),
    },
    lastOrderMs: spread(rounds.map(({ lastOrderMs }) => lastOrderMs).filter(ms => ms !== null)),
    cpuUsPerOrder: orders === 0 ? null : Math.round(cpuUs / orders),
    rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    missing: of.followers * rounds.length - orders,
    cores: cpus().length,
    node: process.version,
  }
}

function spread(values: readonly number[]): Spread {
  const sum = values.reduce((total, value) => total + value, 0)
  const mean = values.length === 0 ? null : Math.round((sum / values.length) * 100) / 100
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), mean }
}

async function startWorld(parts: {
  readonly exchange: ExchangeProcess
  readonly folder: string
  readonly followers: number
  readonly copies: Decision[]
}): Promise<{ readonly server: Server; readonly leader: Trader }> {
  const { exchange, folder, copies } = parts
  const followers = Array.from({ length: parts.followers }, (_, index) =>
    followerNamed(`follower-${index + 1}`),
  )
  const credentials = new Map<string, Credential>()
  for (const name of [LEADER, ...followers.map(follower => follower.name)])
    credentials.set(name, await exchange.addAccount(name, LEADER_DEPOSIT))
  const started = await startServer({
    dataFolder: join(folder, 'data'),
    setup: setupOf(followers),
    credentials,
    paperUrls: new Map(Array.from(credentials.keys(), name => [name, exchange.urls])),
    engine: { systemLimits: NO_LIMITS },
    exchange: null,
    log: SILENT,
    observer: { decided: decision => copies.push(decision) },
    onFatal: message => {
      throw new Error(`The store failed: ${message}`)
    },
  })
  if (!started.ok) throw new Error(started.error.join(' '))
  const credential = credentials.get(LEADER) ?? { key: '', secret: '' }
  return { server: started.value, leader: new Trader(credential, exchange.urls.rest, new SeededRandom(1)) }
}

function followerNamed(name: string): Follower {
  const sizing = { kind: 'ratio', inverse: false, ratio: decimal('1') } as const
  return {
    name,
    deposit: LEADER_DEPOSIT,
    sizing,
    entry: { kind: 'market' },
    mode: 'on',
    limits: NO_LIMITS,
    status: 'active',
  }
}

async function untilLive(server: Server): Promise<void> {
  const until = performance.now() + LIVE_LIMIT_MS
  while (!server.engine.sessions.sessions().every(session => session.isLive())) {
    if (performance.now() > until) throw new Error(`not every account was live after ${LIVE_LIMIT_MS} ms`)
    await sleep(POLL_MS)
  }
}
