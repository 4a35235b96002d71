import type { AuditEntry } from '../../domain/audit.ts'
import type { Decision } from '../../domain/decision.ts'
import type { AccountId, InstrumentId, IntentId, NoticeId, SourceId } from '../../domain/ids.ts'
import type { Notice } from '../../domain/notice.ts'
import type { Order } from '../../domain/order.ts'
import type { Round } from '../../domain/pair.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Signal } from '../../domain/signal.ts'
import type { Clock } from '../../ports/clock.ts'
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
import { MAXIMUM_WAITING_UNITS, QUEUE_FULL } from '../limits.ts'
import { key } from './changes.ts'
import { fillsByTime, imageOf } from './image.ts'
import * as pages from './pages.ts'
import { MemoryTables } from './tables.ts'

export interface MemoryStoreOptions {
  /** Every promise settles by a task of this clock, so that one seed decides every interleaving. */
  readonly clock: Clock
  /** How long the disk takes for the next unit, ms; 0 where nothing is said. */
  readonly commitDelayMs?: () => number
  readonly installationTag: string
  /** Told of each unit in the moment in which it becomes durable, before the caller is. */
  readonly onDurable?: (unit: readonly Write[]) => void
}

/** What a simulator does to the disk. */
export interface MemoryStore extends Store {
  /**
   * The process dies: no promise of this store settles any more.
   *
   * @param chance in [0, 1): how many of the units in flight had become durable though nobody was told
   * @returns the store as the next process finds it
   */
  crash(chance: number): MemoryStore
  /**
   * The same for a process that is only stopped, while another one takes the disk over, with its leases: when it
   * goes on, what it commits is lost, but where it carries a claim the lease is asked, which has passed on.
   */
  takeOver(chance: number): MemoryStore
  /** The next unit is answered `unavailable`; with `durable` it was written all the same. */
  failNext(options: { readonly durable: boolean }): void
}

/** A store for simulations: nothing is read from a machine, and time is the given clock's. */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  return new SimulatedStore(options, { tables: new MemoryTables(), holder: 1 })
}

interface Disk {
  readonly tables: MemoryTables
  /** Counts the processes that had this disk: each is a holder of leases of its own. */
  readonly holder: number
}

/** Does its work on the tables and returns what tells the caller: a crash comes between the two. */
type InFlight = () => () => void

const CLOSED: StoreError = { kind: 'unavailable', message: 'The store is closed.' }
const FAILED: StoreError = { kind: 'unavailable', message: 'The disk failed.' }

class SimulatedStore implements MemoryStore {
  readonly #options: MemoryStoreOptions
  readonly #tables: MemoryTables
  readonly #holder: number
  /** In the order of the calls, which is the order in which they become durable. */
  readonly #inFlight: InFlight[] = []
  #lastDueAt = 0
  #failing: { readonly durable: boolean } | null = null
  /** Why no unit is taken: what is durable stays a prefix of the calls until load() has said what that is. */
  #halted: StoreError | null = null
  #dead = false
  #isTakenOver = false

  constructor(options: MemoryStoreOptions, { tables, holder }: Disk) {
    this.#options = options
    this.#tables = tables
    this.#holder = holder
  }

  commit(unit: readonly Write[]): Promise<Result<void, StoreError>> {
    const isClaimed = unit.some(({ kind, row }) => kind === 'intent_insert' && row.claim !== null)
    return this.#isTakenOver && isClaimed ? this.#claimLate(unit) : this.#write(() => this.#apply(unit))
  }

  #apply(unit: readonly Write[]): Result<void, StoreError> {
    const applied = this.#tables.apply(unit)
    if (applied.ok) this.#options.onDurable?.(unit)
    return applied
  }

  #claimLate(unit: readonly Write[]): Promise<Result<void, StoreError>> {
    return new Promise(resolve => {
      this.#options.clock.after(0, () => resolve(this.#apply(unit)))
    })
  }

  acquireLease(accountId: AccountId): Promise<Result<number, StoreError>> {
    return this.#write(() => ok(this.#tables.takeLease(accountId, this.#holder)))
  }

  load(): Promise<StoreImage> {
    return this.#enqueue(0, () => {
      if (this.#halted !== CLOSED) this.#halted = null
      return imageOf(this.#tables, this.#options.installationTag)
    })
  }

  sourceFills(sourceId: SourceId, after: number, limit: number): Promise<readonly StoredFill[]> {
    return this.#read(tables => pages.sourceFills(tables, { sourceId, after, limit }))
  }

  lastSourceSequence(sourceId: SourceId): Promise<number> {
    return this.#read(tables => tables.lastSourceSequences.get(sourceId) ?? 0)
  }

  intent(id: IntentId): Promise<Order | null> {
    return this.#read(tables => tables.intents.get(id) ?? null)
  }

  intents(ids: readonly IntentId[]): Promise<readonly Order[]> {
    return this.#read(({ intents }) => ids.flatMap(id => intents.get(id) ?? []))
  }

  intentByClientOrderId(accountId: AccountId, clientOrderId: string): Promise<Order | null> {
    return this.#read(tables => {
      const id = tables.intentsByClientOrderId.get(key(accountId, clientOrderId))
      return id === undefined ? null : (tables.intents.get(id) ?? null)
    })
  }

  knownTrades(
    accountId: AccountId,
    instrumentId: InstrumentId,
    tradeIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    return this.#read(
      ({ fills }) => new Set(tradeIds.filter(tradeId => fills.has(key(accountId, instrumentId, tradeId)))),
    )
  }

  decisions({ linkId, limit }: DecisionFilter): Promise<readonly Decision[]> {
    return this.outcomePage({ linkIds: linkId === undefined ? null : [linkId], limit })
  }

  fills(accountId: AccountId): Promise<readonly StoredFill[]> {
    return this.#read(({ fills }) =>
      fillsByTime([...fills.values()].filter(row => row.fill.accountId === accountId)),
    )
  }

  pairFills(filter: PairFillFilter): Promise<readonly StoredFill[]> {
    return this.#read(tables => pages.pairFillPage(tables, filter))
  }

  notices(limit: number): Promise<readonly Notice[]> {
    return this.noticePage({ accountIds: null, limit })
  }

  directory(): Promise<Directory> {
    return this.#read(({ records }) => pages.directoryOf(records))
  }

  orderPage(filter: OrderFilter): Promise<readonly Order[]> {
    return this.#read(tables => pages.orderPage(tables, filter))
  }

  outcomePage(filter: OutcomeFilter): Promise<readonly Decision[]> {
    return this.#read(tables => pages.outcomePage(tables, filter))
  }

  noticePage(filter: NoticeFilter): Promise<readonly Notice[]> {
    return this.#read(tables => pages.noticePage(tables, filter))
  }

  roundPage(filter: RoundFilter): Promise<readonly Round[]> {
    return this.#read(tables => pages.roundPage(tables, filter))
  }

  signalPage(filter: SignalFilter): Promise<readonly Signal[]> {
    return this.#read(({ records }) => pages.signalPage(records, filter))
  }

  auditPage({ before = Number.POSITIVE_INFINITY, limit }: AuditFilter): Promise<readonly AuditEntry[]> {
    return this.#read(({ records }) => {
      const rows = [...records.audit.values()].filter(({ sequence }) => sequence < before)
      return pages.bySequence(rows).slice(0, limit)
    })
  }

  auditAfter(after: number, limit: number): Promise<readonly AuditEntry[]> {
    return this.#read(({ records }) => {
      const rows = [...records.audit.values()].filter(({ sequence }) => sequence > after)
      return pages.bySequence(rows).reverse().slice(0, limit)
    })
  }

  pendingSignals(): Promise<readonly Signal[]> {
    return this.#read(({ records }) => pages.pendingSignals(records))
  }

  signal(sourceId: SourceId, externalId: string): Promise<Signal | null> {
    return this.#read(({ records }) => {
      const id = records.signalsByExternalId.get(key(sourceId, externalId))
      return id === undefined ? null : (records.signals.get(id) ?? null)
    })
  }

  notice(id: NoticeId): Promise<Notice | null> {
    return this.#read(({ notices }) => notices.get(id) ?? null)
  }

  idempotentAnswer(actor: string, answerKey: string): Promise<IdempotentAnswer | null> {
    return this.#read(({ records }) => records.answers.get(key(actor, answerKey)) ?? null)
  }

  async forgetAnswers(before: number, limit: number): Promise<Result<number, StoreError>> {
    if (this.#halted !== null) return err(this.#halted)
    return ok(await this.#read(({ records }) => records.forgetAnswers(before, limit)))
  }

  close(): Promise<void> {
    this.#halted = CLOSED
    return this.#enqueue(0, () => undefined)
  }

  crash(chance: number): MemoryStore {
    this.#dead = true
    const durable = Math.floor(chance * (this.#inFlight.length + 1))
    for (const apply of this.#inFlight.slice(0, durable)) apply()
    return new SimulatedStore(this.#options, { tables: this.#tables, holder: this.#holder + 1 })
  }

  takeOver(chance: number): MemoryStore {
    this.#isTakenOver = true
    const next = this.crash(chance)
    for (const accountId of this.#tables.leases.keys()) this.#tables.takeLease(accountId, this.#holder + 1)
    return next
  }

  failNext(how: { readonly durable: boolean }): void {
    this.#failing = how
  }

  #write<Value>(change: () => Result<Value, StoreError>): Promise<Result<Value, StoreError>> {
    if (this.#halted === null && this.#inFlight.length >= MAXIMUM_WAITING_UNITS) this.#halted = QUEUE_FULL
    const delayMs = this.#options.commitDelayMs?.() ?? 0
    const halted = this.#halted
    if (halted !== null) return this.#enqueue(delayMs, () => err(halted))
    const failing = this.#failing
    if (failing === null) return this.#enqueue(delayMs, change)
    this.#failing = null
    this.#halted = FAILED
    return this.#enqueue(delayMs, () => {
      if (failing.durable) change()
      return err(FAILED)
    })
  }

  /** Like a group commit: who waits behind a slow unit becomes durable together with it. */
  #enqueue<Value>(delayMs: number, work: () => Value): Promise<Value> {
    const { clock } = this.#options
    const now = clock.monotonic()
    this.#lastDueAt = Math.max(this.#lastDueAt, now + delayMs)
    return new Promise(resolve => {
      this.#inFlight.push(() => {
        const value = work()
        return () => resolve(value)
      })
      clock.after(this.#lastDueAt - now, () => {
        if (!this.#dead) this.#inFlight.shift()?.()()
      })
    })
  }

  /** Like the real one, it sees what was committed before it, and waits for that as long as its callers do. */
  #read<Value>(question: (tables: MemoryTables) => Value): Promise<Value> {
    return this.#enqueue(0, () => question(this.#tables))
  }
}
