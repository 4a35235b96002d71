import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '../../domain/audit.ts'
import type { Decision } from '../../domain/decision.ts'
import type { AccountId, InstrumentId, IntentId, NoticeId, SourceId } from '../../domain/ids.ts'
import type { Notice } from '../../domain/notice.ts'
import type { Order } from '../../domain/order.ts'
import type { Round } from '../../domain/pair.ts'
import { err, must, ok, type Result } from '../../domain/result.ts'
import type { Signal } from '../../domain/signal.ts'
import type { Log } from '../../ports/observe.ts'
import type {
  AuditFilter,
  Directory,
  IdempotentAnswer,
  NoticeFilter,
  OrderFilter,
  OutcomeFilter,
  PairFillFilter,
  RoundFilter,
  SignalFilter,
} from '../../ports/records.ts'
import type { DecisionFilter, Store, StoredFill, StoreError, StoreImage, Write } from '../../ports/store.ts'
import type { Cell, Table } from '../codec.ts'
import { MAXIMUM_WAITING_READS, MAXIMUM_WAITING_UNITS, QUEUE_FULL } from '../limits.ts'
import * as records from '../record-tables.ts'
import type { Page } from '../sql/pages.ts'
import * as pages from '../sql/pages.ts'
import type { Query, Read } from '../sql/reads.ts'
import type { Change } from '../sql/writes.ts'
import * as tables from '../tables.ts'
import { Channel, WorkerGone } from './channel.ts'
import { DIRECTORY_QUERIES, directoryOf } from './directory.ts'
import { fillsOf, IMAGE_QUERIES, imageOf, numberOf, rowsOf } from './image.ts'
import { type OpenError, openErrorOf } from './open-error.ts'
import type { PageRequest, ReadAnswer, ReadRequest, Rows } from './read-worker.ts'
import { writeUnit } from './unit.ts'
import type { WriteGreeting, WriteRequest } from './write-worker.ts'
import type { Outcome } from './writer.ts'

type WriteChannel = Channel<WriteGreeting, WriteRequest, Outcome>
type ReadChannel = Channel<unknown, ReadRequest, ReadAnswer>

export interface SqliteStoreOptions {
  /** The database file; its folder is made. `<path>.lock` is held beside it while the store is open. */
  readonly path: string
  readonly log: Log
}

/**
 * Opens the database, new or not: locks it, checks it, backs it up and migrates it where it is older.
 *
 * One writer and one reader, each a thread: a long read never delays a commit, and WAL lets both go on at once.
 */
export async function openSqliteStore({ path, log }: SqliteStoreOptions): Promise<Result<Store, OpenError>> {
  const writer: WriteChannel = new Channel(new URL('./write-worker.ts', import.meta.url), path)
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
  if (from !== to) log.info('store_migrated', { path, from, to, backup })
  log.info('store_opened', { path, version: to })
  return ok(new SqliteStore({ writer, reader, log }))
}

const CLOSED: StoreError = { kind: 'unavailable', message: 'The store is closed.' }

class SqliteStore implements Store {
  readonly #writer: WriteChannel
  readonly #reader: ReadChannel
  readonly #log: Log
  /** Who takes the leases: one opening of the store is one holder. */
  readonly #holder = randomUUID()
  /** Why no unit is taken: what is durable stays a prefix of the calls until load() has said what that is. */
  #halted: StoreError | null = null
  /** Units have been committed since the tables were last brought up to them. */
  #unsettled = true
  /** The bringing up that was asked for last: no read may overtake it. */
  #settled: Promise<void> = Promise.resolve()
  #waitingReads = 0

  constructor({ writer, reader, log }: { writer: WriteChannel; reader: ReadChannel; log: Log }) {
    this.#writer = writer
    this.#reader = reader
    this.#log = log
  }

  async commit(unit: readonly Write[]): Promise<Result<void, StoreError>> {
    const outcome = await this.#write(unit)
    return outcome.ok ? ok() : err(outcome.error)
  }

  async acquireLease(accountId: AccountId): Promise<Result<number, StoreError>> {
    const outcome = await this.#write([
      { kind: 'lease', row: { accountId, holder: this.#holder, epoch: null } },
    ])
    return outcome.ok ? ok(must(outcome.value, 'a lease has an epoch')) : err(outcome.error)
  }

  async load(): Promise<StoreImage> {
    const resumed = await this.#writer.request('resume')
    if (!resumed.ok) throw new Error(resumed.error.message)
    const image = imageOf(await this.#read(IMAGE_QUERIES))
    this.#halted = null
    return image
  }

  async sourceFills(sourceId: SourceId, after: number, limit: number): Promise<readonly StoredFill[]> {
    return fillsOf(await this.#rows('sourceFills', sourceId, after, limit))
  }

  async lastSourceSequence(sourceId: SourceId): Promise<number> {
    return numberOf(await this.#rows('lastSourceSequence', sourceId))
  }

  async intent(id: IntentId): Promise<Order | null> {
    return rowsOf(tables.intents, await this.#rows('intent', id))[0] ?? null
  }

  async intents(ids: readonly IntentId[]): Promise<readonly Order[]> {
    const found = await this.#read(ids.map(id => ({ read: 'intent', values: [id] })))
    return rowsOf(tables.intents, found.flat())
  }

  async intentByClientOrderId(accountId: AccountId, clientOrderId: string): Promise<Order | null> {
    const rows = await this.#rows('intentByClientOrderId', accountId, clientOrderId)
    return rowsOf(tables.intents, rows)[0] ?? null
  }

  async knownTrades(
    accountId: AccountId,
    instrumentId: InstrumentId,
    tradeIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const found = await this.#read(
      tradeIds.map(tradeId => ({ read: 'trade', values: [accountId, instrumentId, tradeId] })),
    )
    return new Set(tradeIds.filter((_, index) => found[index]?.length === 1))
  }

  decisions({ linkId, limit }: DecisionFilter): Promise<readonly Decision[]> {
    return this.outcomePage({ linkIds: linkId === undefined ? null : [linkId], limit })
  }

  async fills(accountId: AccountId): Promise<readonly StoredFill[]> {
    return fillsOf(await this.#rows('fills', accountId))
  }

  async pairFills(filter: PairFillFilter): Promise<readonly StoredFill[]> {
    return (await this.#page(tables.fills, pages.pairFillPage(filter))).map(tables.storedFill)
  }

  notices(limit: number): Promise<readonly Notice[]> {
    return this.noticePage({ accountIds: null, limit })
  }

  async directory(): Promise<Directory> {
    return directoryOf(await this.#read(DIRECTORY_QUERIES))
  }

  orderPage(filter: OrderFilter): Promise<readonly Order[]> {
    return this.#page(tables.intents, pages.orderPage(filter))
  }

  outcomePage(filter: OutcomeFilter): Promise<readonly Decision[]> {
    return this.#page(tables.decisions, pages.outcomePage(filter))
  }

  noticePage(filter: NoticeFilter): Promise<readonly Notice[]> {
    return this.#page(tables.notices, pages.noticePage(filter))
  }

  roundPage(filter: RoundFilter): Promise<readonly Round[]> {
    return this.#page(tables.rounds, pages.roundPage(filter))
  }

  signalPage(filter: SignalFilter): Promise<readonly Signal[]> {
    return this.#page(records.signals, pages.signalPage(filter))
  }

  auditPage(filter: AuditFilter): Promise<readonly AuditEntry[]> {
    return this.#page(records.audit, pages.auditPage(filter))
  }

  async auditAfter(sequence: number, limit: number): Promise<readonly AuditEntry[]> {
    return rowsOf(records.audit, await this.#rows('auditAfter', sequence, limit))
  }

  async pendingSignals(): Promise<readonly Signal[]> {
    return rowsOf(records.signals, await this.#rows('signalsPending'))
  }

  async signal(sourceId: SourceId, externalId: string): Promise<Signal | null> {
    return rowsOf(records.signals, await this.#rows('signal', sourceId, externalId))[0] ?? null
  }

  async notice(id: NoticeId): Promise<Notice | null> {
    return rowsOf(tables.notices, await this.#rows('notice', id))[0] ?? null
  }

  async idempotentAnswer(actor: string, key: string): Promise<IdempotentAnswer | null> {
    return rowsOf(records.idempotentAnswers, await this.#rows('idempotentAnswer', actor, key))[0] ?? null
  }

  async forgetAnswers(before: number, limit: number): Promise<Result<number, StoreError>> {
    const outcome = await this.#ask({ before, limit })
    return outcome.ok ? ok(must(outcome.value, 'they were counted')) : err(outcome.error)
  }

  /** Settles when every unit before it is answered. The writer goes last: the last one out empties the WAL. */
  async close(): Promise<void> {
    if (this.#halted === CLOSED) return
    this.#halted = CLOSED
    await end(this.#reader)
    await end(this.#writer)
  }

  async #write(unit: readonly Change[]): Promise<Outcome> {
    if (this.#halted === null && this.#writer.pending >= MAXIMUM_WAITING_UNITS) this.#halt(QUEUE_FULL)
    if (this.#halted !== null) return { ok: false, error: this.#halted }
    this.#unsettled = true
    return this.#ask(writeUnit(unit))
  }

  async #ask(request: WriteRequest): Promise<Outcome> {
    if (this.#halted !== null) return { ok: false, error: this.#halted }
    try {
      const outcome = await this.#writer.request(request)
      if (!outcome.ok && outcome.error.kind === 'unavailable') this.#halt(outcome.error)
      return outcome
    } catch (error) {
      if (!(error instanceof WorkerGone)) throw error
      const unavailable: StoreError = { kind: 'unavailable', message: error.message }
      this.#halt(unavailable)
      return { ok: false, error: unavailable }
    }
  }

  #halt(error: StoreError): void {
    if (this.#halted === null) this.#log.error('store_unavailable', { message: error.message })
    this.#halted = error
  }

  /** Asks again until it is done: each time is a slice, and the units that were committed meanwhile come before the next. */
  async #bringUp(): Promise<void> {
    this.#unsettled = false
    let upTo: number | null = null
    do {
      const done = await this.#writer.request({ upTo })
      if (!done.ok) {
        this.#unsettled = true
        throw new Error(done.error.message)
      }
      upTo = done.value
    } while (upTo !== null)
  }

  async #page<Row>(table: Table<Row>, { lists, newestBy, limit }: Page): Promise<readonly Row[]> {
    const page = await this.#read({ lists, limit, newestBy: table.columns.indexOf(newestBy) })
    return rowsOf(table, page[0] ?? [])
  }

  async #rows(read: Read, ...values: readonly Cell[]): Promise<Rows> {
    return (await this.#read([{ read, values }]))[0] ?? []
  }

  /** What was committed before is seen: the tables are brought up to it first. */
  async #read(request: readonly Query[] | PageRequest): Promise<readonly Rows[]> {
    if (this.#waitingReads >= MAXIMUM_WAITING_READS)
      throw new Error(
        `${MAXIMUM_WAITING_READS} reads wait for the disk of the database: it is too slow or stuck.`,
      )
    this.#waitingReads += 1
    try {
      if (this.#unsettled) this.#settled = this.#bringUp()
      await this.#settled
      const answer = await this.#reader.request(request)
      if (!answer.ok) throw new Error(`The database cannot be read: ${answer.error}`)
      return answer.value
    } finally {
      this.#waitingReads -= 1
    }
  }
}

async function end(channel: WriteChannel | ReadChannel): Promise<void> {
  // A thread that is gone already is closed.
  await channel.request('close').catch(() => undefined)
  await channel.ended
}
