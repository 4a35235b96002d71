import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HISTORY_KINDS } from '../../../src/domain/history.ts'
import type { AccountId } from '../../../src/domain/ids.ts'
import { must } from '../../../src/domain/result.ts'
import { type Lockstep, pause, World } from '../../cli/lockstep.ts'
import { checkPast, uncovered } from '../../simulation/checkers/past.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { keyOf } from '../exchange-past.ts'
import { readKeptPast } from '../kept-past.ts'
import { venueRows } from '../venue-past.ts'
import { type LongPast, longPast } from './long-past.ts'

export interface BackfillWish {
  readonly rows: number
  readonly kills: number
  readonly days: number
  readonly seed: number
}

export interface BackfillReport {
  /** That the venue shows. */
  readonly rows: number
  readonly kept: number
  readonly kills: number
  /** How many rows were there at each kill. */
  readonly killedAt: readonly number[]
  /** From the wish to its end, starts after kills and all. */
  readonly seconds: number
  /** Rows that are missing, there twice, or say something else; and what is not called complete. */
  readonly problems: readonly string[]
}

const ACCOUNT = 'ada'
const POLL_MS = 20
/** A loaded machine is no failure. */
const PATIENCE_MS = 600_000
/** One kill in so many falls into a start, before anything is read. */
const KILLED_AT_START = 0.25
const START_MS = 1_200
/** After the rows that a kill waits for, so that it falls anywhere between two writes. */
const LATER_MS = 50
/** The last kill waits for this share of the rows: the rest must be enough to kill it in. */
const LAST_KILL_AT = 0.7
/** What the venue may still show late was not asked for. */
const LAG_MS = 10_000

/** One account's whole past read by a real server that is killed -9 over and over, and held against the exchange. */
export async function runBackfill(wish: BackfillWish, tell: (line: string) => void): Promise<BackfillReport> {
  const past = await longPast({ account: ACCOUNT, ...wish })
  const world = new World()
  try {
    const run = new BackfillRun(world, past, wish)
    tell(`the venue shows ${run.rows} rows of ${wish.days} days`)
    return await run.play(tell)
  } finally {
    await world.end()
    await past.server.close()
  }
}

class BackfillRun {
  readonly rows: number
  readonly #world: World
  readonly #past: LongPast
  readonly #wish: BackfillWish
  readonly #random: SeededRandom
  readonly #path: string

  constructor(world: World, past: LongPast, wish: BackfillWish) {
    this.#world = world
    this.#past = past
    this.#wish = wish
    this.#random = new SeededRandom(wish.seed)
    this.#path = join(world.folder, 'data', 'history.db')
    const venue = venueRows(past.exchange, ACCOUNT, Date.now())
    this.rows = venue.filter(({ isShown }) => isShown).length
    const { url, streams } = past.server
    const urls = `rest: ${url}, publicStream: ${streams.public}, privateStream: ${streams.private}, tradeStream: ${streams.trade}`
    const { key, secret } = keyOf(ACCOUNT)
    writeFileSync(join(world.folder, 'secret'), secret)
    const account = `{ name: ${ACCOUNT}, venue: bybit, key: ${key}, secretFile: secret, urls: { ${urls} } }`
    writeFileSync(join(world.folder, 'config.yaml'), `accounts:\n  - ${account}\nhttp: { port: 0 }\n`)
  }

  async play(tell: (line: string) => void): Promise<BackfillReport> {
    const { kills, days } = this.#wish
    let server = await this.#listening()
    const startedAt = performance.now()
    const asked = ['history', 'sync', '--account', ACCOUNT, '--days', String(days + 1)]
    const asking = this.#world.start(asked)
    await until(() => this.#job() !== null || !asking.isRunning())
    await asking.end('SIGKILL')
    const killedAt: number[] = []
    for (let kill = 1; kill <= kills; kill += 1) {
      await this.#moment(server, (LAST_KILL_AT * kill) / kills)
      if (this.#job()?.status !== 'running') break
      await server.end('SIGKILL')
      killedAt.push(this.#stored())
      tell(`kill ${kill} of ${kills} at ${killedAt.at(-1)} rows`)
      server = this.#world.start(['serve'])
    }
    while (server.isRunning() && this.#job()?.status === 'running') await pause(POLL_MS)
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    const { code } = await server.end('SIGTERM')
    const problems = code === 0 ? [] : [`asked to stop, the server ended with ${code}`]
    if (killedAt.length < kills) problems.push(`the back-fill had ended after ${killedAt.length} kills`)
    const { kept, wrong } = await this.#judge()
    return {
      rows: this.rows,
      kept,
      kills: killedAt.length,
      killedAt,
      seconds,
      problems: [...problems, ...wrong],
    }
  }

  async #listening(): Promise<Lockstep> {
    const server = this.#world.start(['serve'])
    await until(() => server.lines.stdout.length > 0 || !server.isRunning())
    return server
  }

  /** Waits for when the server is to be killed: anywhere in its start, or between two writes. */
  async #moment(server: Lockstep, share: number): Promise<void> {
    const random = this.#random
    if (random.chance(KILLED_AT_START)) {
      const at = server.startedAt + random.next() * START_MS
      return pause(Math.max(0, at - performance.now()))
    }
    const wanted = this.rows * share
    while (server.isRunning() && this.#stored() < wanted && this.#job()?.status === 'running')
      await pause(POLL_MS)
    return pause(random.next() * LATER_MS)
  }

  async #judge(): Promise<{ readonly kept: number; readonly wrong: readonly string[] }> {
    const job = must(this.#job(), 'the back-fill was a job')
    const kept = must(
      (await readKeptPast(this.#path, [job.accountId])).get(job.accountId),
      'it was asked for',
    )
    const venue = venueRows(this.#past.exchange, ACCOUNT, Date.now())
    const whole = { from: this.#past.startAt, to: job.until - LAG_MS }
    const holes = HISTORY_KINDS.flatMap(kind =>
      uncovered(kept.coverage.get(kind), whole).map(
        ({ from, to }) => `${kind} is missing from ${from} to ${to}`,
      ),
    )
    const ended = job.status === 'done' ? [] : [`the job is ${job.status}: ${job.reason}`]
    return {
      kept: kept.rows.length,
      wrong: [...ended, ...holes, ...checkPast({ venue, kept, atRest: true })],
    }
  }

  /** Rows are never deleted: the last number of each table is how many it has. */
  #stored(): number {
    const tables = ['closed_pnl', 'venue_orders', 'venue_executions', 'wallet_log']
    const counts = tables.map(table => `COALESCE((SELECT MAX(rowid) FROM ${table}), 0)`)
    return Number(this.#ask(`SELECT ${counts.join(' + ')} AS rows`)?.['rows'] ?? 0)
  }

  /** The newest; null while there is none. */
  #job(): Job | null {
    const row = this.#ask(
      'SELECT account_id, status, until, reason FROM history_jobs ORDER BY id DESC LIMIT 1',
    )
    if (row === undefined) return null
    const accountId = String(row['account_id']) as AccountId
    return {
      accountId,
      status: String(row['status']),
      until: Number(row['until']),
      reason: String(row['reason']),
    }
  }

  /** From beside the server; nothing while there is no such file or table. */
  #ask(sql: string): Record<string, unknown> | undefined {
    try {
      const database = new DatabaseSync(this.#path, { readOnly: true, timeout: 1_000 })
      try {
        return database.prepare(sql).get()
      } finally {
        database.close()
      }
    } catch {
      return undefined
    }
  }
}

async function until(check: () => boolean): Promise<void> {
  const limit = performance.now() + PATIENCE_MS
  while (!check() && performance.now() < limit) await pause(POLL_MS)
}

interface Job {
  readonly accountId: AccountId
  readonly status: string
  /** The venue's clock, ms. */
  readonly until: number
  readonly reason: string
}
