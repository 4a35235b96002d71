import type { HistoryKind, VenueOrder } from '../../domain/history.ts'
import type { ClosedPnlSum, DayTotals, SumsBy } from '../../domain/history-totals.ts'
import type { AccountId } from '../../domain/ids.ts'
import { assert, err, must, ok, type Result } from '../../domain/result.ts'
import type {
  DayCount,
  HistoryFilter,
  HistoryJob,
  HistoryPageQuery,
  HistorySpan,
  HistoryStore,
  HistoryUnit,
  Ingested,
  PlacedRow,
  StoredCoverage,
  StoredRows,
} from '../../ports/history-store.ts'
import type { Log } from '../../ports/observe.ts'
import type { StoreError } from '../../ports/store.ts'
import type { Cell } from '../codec.ts'
import { Channel, WorkerGone } from '../sqlite/channel.ts'
import { type OpenError, openErrorOf } from '../sqlite/open-error.ts'
import { coverageOf } from './coverage-rows.ts'
import { placedRows } from './paging.ts'
import type { Rows } from './reader.ts'
import type { HistoryAsk, HistoryFound, HistoryRead } from './reads.ts'
import { decodeRows, encodeRows, jobs, venueOrders } from './tables.ts'
import type { HistoryAnswer, HistoryGreeting, HistoryRequest } from './worker.ts'
import type { UnitBody } from './writer.ts'

/** Pages wait here while the disk is busy: more would only be memory. */
const MAXIMUM_WAITING = 1_000

export interface SqliteHistoryOptions {
  /** A file of its own, beside the database of trading. */
  readonly path: string
  readonly log: Log
}

export async function openSqliteHistory(
  options: SqliteHistoryOptions,
): Promise<Result<HistoryStore, OpenError>> {
  const { path, log } = options
  const channel: Channel<HistoryGreeting, HistoryRequest, HistoryAnswer> = new Channel(
    new URL('./worker.ts', import.meta.url),
    path,
  )
  const opened = await channel.started.catch(error => err(openErrorOf(error, path)))
  if (!opened.ok) {
    await channel.ended
    return opened
  }
  const { from, to, backup } = opened.value
  if (from !== to) log.info('history_migrated', { path, from, to, backup })
  return ok(new SqliteHistory(channel))
}

class SqliteHistory implements HistoryStore {
  readonly #channel: Channel<HistoryGreeting, HistoryRequest, HistoryAnswer>
  #closed = false

  constructor(channel: Channel<HistoryGreeting, HistoryRequest, HistoryAnswer>) {
    this.#channel = channel
  }

  async commit(unit: HistoryUnit): Promise<Result<Ingested, StoreError>> {
    const answer = await this.#ask({ unit: bodyOf(unit) })
    if (!answer.ok) return err({ kind: 'unavailable', message: `History was not written: ${answer.error}` })
    assert('ingested' in answer.value, 'a unit is answered by its count')
    return ok(answer.value.ingested)
  }

  async coverage(): Promise<readonly StoredCoverage[]> {
    return coverageOf(await this.#read('coverage'))
  }

  async jobs(): Promise<readonly HistoryJob[]> {
    return (await this.#read('jobs')).map(cells => jobs.decode(cells))
  }

  async unfinishedOrders(accountId: AccountId, limit: number): Promise<readonly VenueOrder[]> {
    return (await this.#read('unfinished', accountId, limit)).map(cells => venueOrders.decode(cells))
  }

  async count({ accountId, kind, window }: HistorySpan): Promise<number> {
    const rows = await this.#read(`count ${kind}`, accountId, window.from, window.to)
    return Number(rows[0]?.[0])
  }

  async rows({ accountId, kind, window }: HistorySpan, limit: number): Promise<StoredRows> {
    return decodeRows(kind, await this.#read(`rows ${kind}`, accountId, window.from, window.to, limit))
  }

  async page<Kind extends HistoryKind>(query: HistoryPageQuery<Kind>): Promise<readonly PlacedRow<Kind>[]> {
    return placedRows(query.kind, await this.#find('page', { ask: 'page', query }))
  }

  sums(filter: HistoryFilter, by: SumsBy): Promise<readonly ClosedPnlSum[]> {
    return this.#find('sums', { ask: 'sums', filter, by })
  }

  totals(span: Omit<HistorySpan, 'kind'>, currency: string): Promise<readonly DayTotals[]> {
    return this.#find('totals', { ask: 'totals', span, currency })
  }

  dayCounts(filter: Omit<HistoryFilter, 'instrumentId'>): Promise<readonly DayCount[]> {
    return this.#find('dayCounts', { ask: 'dayCounts', filter })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // A thread that is gone already is closed.
    await this.#channel.request('close').catch(() => undefined)
    await this.#channel.ended
  }

  async #find<What extends keyof HistoryFound>(what: What, ask: HistoryAsk): Promise<HistoryFound[What]> {
    const answer = await this.#ask({ ask })
    if (!answer.ok) throw new Error(`The database of history cannot be read: ${answer.error}`)
    assert('found' in answer.value, 'what is asked for is answered by what was found')
    return must<HistoryFound[What]>(answer.value.found[what], `${what} is answered by itself`)
  }

  async #read(read: HistoryRead, ...values: readonly Cell[]): Promise<Rows> {
    const answer = await this.#ask({ question: { read, values } })
    if (!answer.ok) throw new Error(`The database of history cannot be read: ${answer.error}`)
    assert('rows' in answer.value, 'a question is answered by rows')
    return answer.value.rows
  }

  async #ask(request: HistoryRequest): Promise<HistoryAnswer> {
    if (this.#closed) return err('the store is closed')
    if (this.#channel.pending >= MAXIMUM_WAITING) return err(`${MAXIMUM_WAITING} units wait for the disk`)
    try {
      return await this.#channel.request(request)
    } catch (error) {
      if (error instanceof WorkerGone) return err(error.message)
      throw error
    }
  }
}

function bodyOf({ accountId, found, coverage, job }: HistoryUnit): UnitBody {
  return {
    accountId,
    found: found === null ? null : { kind: found.kind, cells: encodeRows(found) },
    coverage,
    job: job === null ? null : jobs.encode(job),
  }
}
