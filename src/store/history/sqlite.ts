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
import type { HistoryReadAnswer, HistoryReadRequest } from './read-worker.ts'
import type { Rows } from './reader.ts'
import type { HistoryAsk, HistoryFound, HistoryRead } from './reads.ts'
import { decodeRows, encodeRows, jobs, venueOrders } from './tables.ts'
import type { HistoryAnswer, HistoryGreeting, HistoryRequest } from './worker.ts'
import type { UnitBody } from './writer.ts'

/** Of each thread. Pages wait here while the disk is busy: more would only be memory. */
const MAXIMUM_WAITING = 1_000

export interface SqliteHistoryOptions {
  /** A file of its own, beside the database of trading. */
  readonly path: string
  readonly log: Log
}

type WriteChannel = Channel<HistoryGreeting, HistoryRequest, HistoryAnswer>
type ReadChannel = Channel<unknown, HistoryReadRequest, HistoryReadAnswer>

/** One thread that writes, and one for people's questions: adding up years keeps no cycle waiting. */
export async function openSqliteHistory(
  options: SqliteHistoryOptions,
): Promise<Result<HistoryStore, OpenError>> {
  const { path, log } = options
  const writer: WriteChannel = new Channel(new URL('./worker.ts', import.meta.url), path)
  const opened = await writer.started.catch(error => err(openErrorOf(error, path)))
  if (!opened.ok) {
    await writer.ended
    return opened
  }
  const reader: ReadChannel = new Channel(new URL('./read-worker.ts', import.meta.url), path)
  const reading = await reader.started.then(ok, error => err(openErrorOf(error, path)))
  if (!reading.ok) {
    await end(writer)
    return reading
  }
  const { from, to, backup } = opened.value
  if (from !== to) log.info('history_migrated', { path, from, to, backup })
  return ok(new SqliteHistory(writer, reader))
}

class SqliteHistory implements HistoryStore {
  readonly #writer: WriteChannel
  readonly #reader: ReadChannel
  #closed = false

  constructor(writer: WriteChannel, reader: ReadChannel) {
    this.#writer = writer
    this.#reader = reader
  }

  async commit(unit: HistoryUnit): Promise<Result<Ingested, StoreError>> {
    const answer = await this.#request(this.#writer, { unit: bodyOf(unit) })
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
    await end(this.#reader)
    await end(this.#writer)
  }

  async #find<What extends keyof HistoryFound>(what: What, ask: HistoryAsk): Promise<HistoryFound[What]> {
    const answer = await this.#request(this.#reader, ask)
    if (!answer.ok) throw new Error(`The database of history cannot be read: ${answer.error}`)
    return must<HistoryFound[What]>(answer.value[what], `${what} is answered by itself`)
  }

  async #read(read: HistoryRead, ...values: readonly Cell[]): Promise<Rows> {
    const answer = await this.#request(this.#writer, { question: { read, values } })
    if (!answer.ok) throw new Error(`The database of history cannot be read: ${answer.error}`)
    assert('rows' in answer.value, 'a question is answered by rows')
    return answer.value.rows
  }

  async #request<Request, Value>(
    channel: Channel<unknown, Request, Result<Value, string>>,
    request: Request,
  ): Promise<Result<Value, string>> {
    if (this.#closed) return err('the store is closed')
    if (channel.pending >= MAXIMUM_WAITING) return err(`${MAXIMUM_WAITING} requests wait for the disk`)
    try {
      return await channel.request(request)
    } catch (error) {
      if (error instanceof WorkerGone) return err(error.message)
      throw error
    }
  }
}

async function end(channel: Pick<Channel<unknown, 'close', unknown>, 'request' | 'ended'>): Promise<void> {
  // A thread that is gone already is closed.
  await channel.request('close').catch(() => undefined)
  await channel.ended
}

function bodyOf({ accountId, found, coverage, job }: HistoryUnit): UnitBody {
  return {
    accountId,
    found: found === null ? null : { kind: found.kind, cells: encodeRows(found) },
    coverage,
    job: job === null ? null : jobs.encode(job),
  }
}
