import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credential } from '../../src/domain/account.ts'
import { must } from '../../src/domain/result.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import { type Server, startServer } from '../../src/main.ts'
import { UNIT } from '../simulation/checkers/amounts.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { Audit } from './audit.ts'
import { CountingLog } from './counting-log.ts'
import type { Violation } from './evidence.ts'
import { ExchangeProcess } from './exchange-process.ts'
import { judge } from './judge.ts'
import { liveWithin, play, restWithin, type Stage } from './play.ts'
import { readRecords } from './records.ts'
import type { CandleReport, CandleRun } from './report.ts'
import { Trader } from './trader.ts'
import { FOLLOWERS, LEADER, LEADER_DEPOSIT, MEDDLER, setupOf } from './world.ts'

/** Thousandths of a coin that one follower holds before the server is there. */
const HELD_BEFORE = 2

/** One leader over the wire, twenty followers, and the judge over all of it. Throws where it cannot be run. */
export async function runCandles(run: CandleRun): Promise<CandleReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-candles-'))
  try {
    const file = join(folder, 'candles.csv')
    writeFileSync(file, run.candles)
    const exchange = await ExchangeProcess.start(['--candles', file, '--speed', `${run.speed}`])
    try {
      return await runOn(exchange, run, join(folder, 'data'))
    } finally {
      await exchange.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runOn(exchange: ExchangeProcess, run: CandleRun, dataFolder: string): Promise<CandleReport> {
  const startedAt = performance.now()
  const credentials = await makeAccounts(exchange)
  const traders = tradersOf(exchange, credentials, run.seed)
  await traderOf(traders, MEDDLER).market(HELD_BEFORE)
  const log = new CountingLog(run.print)
  const copies = new Map<string, number>()
  const server = await startFollowing({ exchange, dataFolder, credentials, log, copies, run })
  const audit = new Audit()
  const leader = traderOf(traders, LEADER)
  const stage: Stage = { exchange, server, audit, leader, meddler: traderOf(traders, MEDDLER), copies, run }
  let violations: readonly Violation[]
  let venuePositions: ReadonlyMap<string, bigint>
  try {
    await liveWithin(stage)
    await play(stage)
    violations = await restWithin(stage)
    venuePositions = await positionsOf(traders)
  } finally {
    await server.stop()
  }
  const time = await exchange.time()
  for (const row of await exchange.audit(audit.lastNumber)) audit.add(row)
  const verdict = judge(
    {
      audit,
      records: await readRecords(dataFolder, audit),
      leader: LEADER,
      meddlers: new Set([MEDDLER]),
      venuePositions,
      wallAt: worldAt => time.wall + (worldAt - time.at) / time.speed,
      speed: run.speed,
    },
    [...violations, ...stillHeld(venuePositions)],
  )
  return {
    ...verdict,
    speed: run.speed,
    hours: run.hours,
    wallSeconds: Math.round((performance.now() - startedAt) / 1_000),
    leaderOrders: leader.orders,
    leaderRefused: Object.fromEntries(leader.refused),
    events: Object.fromEntries(log.counts),
    rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
  }
}

async function makeAccounts(exchange: ExchangeProcess): Promise<ReadonlyMap<string, Credential>> {
  const credentials = new Map<string, Credential>()
  credentials.set(LEADER, await exchange.addAccount(LEADER, LEADER_DEPOSIT))
  for (const { name, deposit } of FOLLOWERS) credentials.set(name, await exchange.addAccount(name, deposit))
  return credentials
}

function tradersOf(
  exchange: ExchangeProcess,
  credentials: ReadonlyMap<string, Credential>,
  seed: number,
): ReadonlyMap<string, Trader> {
  const random = new SeededRandom(seed)
  return new Map(
    Array.from(credentials, ([name, credential]) => [
      name,
      new Trader(credential, exchange.urls.rest, random.fork()),
    ]),
  )
}

function traderOf(traders: ReadonlyMap<string, Trader>, name: string): Trader {
  return must(traders.get(name), 'every account has a trader')
}

async function startFollowing(parts: {
  readonly exchange: ExchangeProcess
  readonly dataFolder: string
  readonly credentials: ReadonlyMap<string, Credential>
  readonly log: CountingLog
  /** Counted up as outcomes come. */
  readonly copies: Map<string, number>
  readonly run: CandleRun
}): Promise<Server> {
  const { exchange, dataFolder, credentials, log, copies, run } = parts
  const started = await startServer({
    dataFolder,
    setup: setupOf(FOLLOWERS),
    credentials,
    paperUrls: new Map(Array.from(credentials.keys(), name => [name, exchange.urls])),
    engine: { systemLimits: NO_LIMITS },
    exchange: null,
    log,
    observer: {
      decided: ({ outcome }) => {
        const kind = outcome ?? 'none'
        copies.set(kind, (copies.get(kind) ?? 0) + 1)
      },
    },
    onFatal: message => run.print(`The store failed: ${message}`),
  })
  if (!started.ok) throw new Error(started.error.join(' '))
  return started.value
}

/** What the venue itself answers, in 10^-18 of a coin. */
async function positionsOf(traders: ReadonlyMap<string, Trader>): Promise<ReadonlyMap<string, bigint>> {
  const positions = new Map<string, bigint>()
  for (const [name, trader] of traders) {
    positions.set(name, (BigInt(await trader.position()) * UNIT) / 1_000n)
  }
  return positions
}

/** With the leader flat everyone is, but the one whose owner holds something of their own. */
function stillHeld(positions: ReadonlyMap<string, bigint>): readonly Violation[] {
  return Array.from(positions)
    .filter(([name, quantity]) => name !== MEDDLER && quantity !== 0n)
    .map(([name, quantity]) => ({
      invariant: 'rest',
      text: `${name} holds ${Number(quantity) / 1e18} though the leader is flat`,
    }))
}
