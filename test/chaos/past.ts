import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HISTORY_KINDS, type HistoryKind, type Interval } from '../../src/domain/history.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { History } from '../../src/history/history.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'
import { createBybitVenue } from '../../src/venues/bybit/venue.ts'
import type { Violation } from '../e2e/evidence.ts'
import { readKeptPast } from '../history/kept-past.ts'
import { venueRows } from '../history/venue-past.ts'
import { checkPast, uncovered } from '../simulation/checkers/past.ts'
import { credentialOf, urlsOf } from './cast.ts'
import type { ChaosVenue } from './venue.ts'

/** What a world's servers have read of the past, held against what its exchange has written down. */
export interface PastRemains {
  /** Holds the servers' data. */
  readonly folder: string
  readonly venue: ChaosVenue
  /** host:port of where the exchange is reached. */
  readonly address: string
  /** Ms: nothing happened before. */
  readonly startAt: number
  /** The exchange never told an untruth: what the killed servers had called complete by then is judged as well. */
  readonly isTruthful: boolean
}

const ROUNDS = 8
/** Longer than what the venue may show late. */
const ROUND_MS = 3_500

export interface PastJudgement {
  /** Those kept, of all accounts and kinds. */
  readonly rows: number
  readonly violations: readonly Violation[]
}

/**
 * I16, of every account: what was left by the last kill, and what it is after one more reading, with nothing going
 * wrong. Stops the exchange.
 */
export async function judgePast(remains: PastRemains): Promise<PastJudgement> {
  const { folder, venue, startAt, isTruthful } = remains
  const path = join(folder, 'data', 'history.db')
  const accounts = accountsOf(folder)
  const ids = [...accounts.keys()]
  const left = await readKeptPast(path, isTruthful ? ids : [])
  const restedAt = Date.now()
  const failures = await readOnceMore(remains, path, accounts)
  const kept = await readKeptPast(path, ids)
  await venue.stop()
  const exchange = venue.remembered()
  const whole = { from: startAt, to: restedAt }
  const texts = [...accounts].flatMap(([id, name]) => {
    const rows = venueRows(exchange, name, Date.now())
    const past = must(kept.get(id), 'it was asked for')
    const before = left.get(id)
    return [
      ...(before === undefined ? [] : checkPast({ venue: rows, kept: before, atRest: false })),
      ...holesOf(past.coverage, whole),
      ...checkPast({ venue: rows, kept: past, atRest: true }),
    ].map(text => `${name}: ${text}`)
  })
  const counts = Array.from(kept.values(), ({ rows }) => rows.length)
  return {
    rows: counts.reduce((total, count) => total + count, 0),
    violations: [...failures, ...texts].map(text => ({ invariant: 'I16', text })),
  }
}

function holesOf(
  coverage: ReadonlyMap<HistoryKind, readonly Interval[]>,
  whole: Interval,
): readonly string[] {
  return HISTORY_KINDS.flatMap(kind =>
    uncovered(coverage.get(kind), whole).map(
      ({ from, to }) => `${kind} is not complete from ${from} to ${to}`,
    ),
  )
}

/** As the next server would: cycle after cycle until nothing is new. @returns what failed at last, in words */
async function readOnceMore(
  { address }: Pick<PastRemains, 'address'>,
  path: string,
  accounts: ReadonlyMap<AccountId, string>,
): Promise<readonly string[]> {
  const parts = { clock: systemClock(), random: systemRandom(), log: SILENT }
  const venue = createBybitVenue({
    environment: 'paper',
    urls: urlsOf(address),
    egress: { limits: 'off' },
    ...parts,
  })
  const opened = await openSqliteHistory({ path, log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  const history = await History.open({ store: opened.value, ...parts, schedules: [] })
  try {
    for (const [id, name] of accounts) history.add(id, venue.history(credentialOf(name)))
    let failed: readonly string[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      const reports = await Promise.all(Array.from(accounts.keys(), id => history.sync(id, null)))
      failed = reports.flatMap(
        report => report?.failures.map(({ message }) => message) ?? ['no such account'],
      )
      const isNew = reports.some(report => report !== null && report.added + report.updated > 0)
      // Orders are complete only as far as a list that is old enough: made in the round before, or earlier.
      if (round > 1 && !isNew && failed.length === 0) break
      await new Promise(resolve => setTimeout(resolve, ROUND_MS))
    }
    return failed
  } finally {
    await history.stop()
    await opened.value.close()
    await venue.close()
  }
}

function accountsOf(folder: string): ReadonlyMap<AccountId, string> {
  const database = new DatabaseSync(join(folder, 'data', 'lockstep.db'), { readOnly: true })
  try {
    const rows = database.prepare('SELECT id, name FROM accounts').all()
    return new Map(rows.map(({ id, name }) => [String(id) as AccountId, String(name)]))
  } finally {
    database.close()
  }
}
