import type { Account } from '../../../src/domain/account.ts'
import type { AccountId } from '../../../src/domain/ids.ts'
import { ok, type Result } from '../../../src/domain/result.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import { History } from '../../../src/history/history.ts'
import { readAccounts } from '../../../src/past.ts'
import type { HistoryStore, HistoryUnit, Ingested } from '../../../src/ports/history-store.ts'
import { SILENT } from '../../../src/ports/observe.ts'
import type { StoreError } from '../../../src/ports/store.ts'
import type { MeasuredClock } from '../measured-clock.ts'
import type { ProcessClock } from '../process-clock.ts'
import type { SeededRandom } from '../seeded-random.ts'
import type { VenueHost } from '../venue-host.ts'
import type { PastShelf } from './past-shelf.ts'
import { SimulatedPast } from './simulated-past.ts'

/** What of a past outlives the processes that read it. */
export interface PastWorld {
  readonly shelf: PastShelf
  readonly store: HistoryStore
  readonly random: SeededRandom
  /** Told of an account when a process begins to read it. */
  readonly known: (account: Account) => void
  /** Told of what is written, right before it is. */
  readonly written: (unit: HistoryUnit) => void
}

export interface PastProcessOptions {
  readonly world: PastWorld
  readonly host: VenueHost
  readonly clock: ProcessClock
  readonly venueClock: MeasuredClock
  readonly engine: Engine
  /** The process has died, or another one has the file now. */
  readonly isGone: () => boolean
}

const SCHEDULES = [
  { name: 'results', kinds: ['closed_pnl', 'orders'], everyMs: 30_000, sweepMs: null },
  { name: 'money', kinds: ['executions', 'wallet'], everyMs: 90_000, sweepMs: null },
] as const
const DISK_MS = 4
const BACKFILL = { afterMs: 5_000, lengthMs: 12 * 60_000 }

/** History as one process runs it. */
export class PastOfProcess {
  readonly history: History
  readonly #keyListeners = new Set<(accountId: AccountId) => void>()
  readonly #accountIds = new Set<AccountId>()

  private constructor(history: History) {
    this.history = history
  }

  static async begin(options: PastProcessOptions): Promise<PastOfProcess> {
    const { world, clock } = options
    const store = storeOfProcess(options)
    const parts = { store, clock, random: world.random, log: SILENT, schedules: SCHEDULES }
    const past = new PastOfProcess(await History.open(parts))
    past.#read(options)
    return past
  }

  /** Somebody has seen to the keys, and to where they are used from. */
  renew(): void {
    for (const accountId of this.#accountIds) for (const tell of this.#keyListeners) tell(accountId)
  }

  #read({ world, host, clock, venueClock, engine }: PastProcessOptions): void {
    const { shelf } = world
    const { history } = this
    const pastOf = (account: Account) => {
      const { id, name } = account
      if (!shelf.configuration.accounts.includes(name)) return null
      this.#accountIds.add(id)
      world.known(account)
      return { history: () => new SimulatedPast({ name, host, shelf, clock, venueClock }) }
    }
    const onKeyChanged = (listener: (accountId: AccountId) => void) => {
      this.#keyListeners.add(listener)
      return () => this.#keyListeners.delete(listener)
    }
    const vault = { credential: ({ name }: Account) => ok({ key: name, secret: '' }) }
    readAccounts({ history, engine, vault, pastOf, onKeyChanged })
    history.start()
    if (!shelf.backfills()) return
    clock.after(BACKFILL.afterMs, () => {
      for (const accountId of this.#accountIds)
        void history.backfill({ accountId, since: host.now() - BACKFILL.lengthMs })
    })
  }
}

/**
 * The store as one process has it: what it writes takes a moment to get there, and is lost when the process dies
 * within that; a process that has died hears no answer.
 */
function storeOfProcess({ world, clock, isGone }: PastProcessOptions): HistoryStore {
  const { store, random, written } = world
  const seen = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await clock.seen(answer)
    return isGone() ? new Promise<never>(() => {}) : value
  }
  const arrived = (unit: HistoryUnit) =>
    new Promise<Result<Ingested, StoreError>>(resolve => {
      clock.after(random.integer(0, DISK_MS), () => {
        if (isGone()) return
        written(unit)
        void store.commit(unit).then(resolve)
      })
    })
  return {
    commit: unit => seen(arrived(unit)),
    coverage: () => seen(store.coverage()),
    jobs: () => seen(store.jobs()),
    unfinishedOrders: (accountId, limit) => seen(store.unfinishedOrders(accountId, limit)),
    count: span => seen(store.count(span)),
    rows: (span, limit) => seen(store.rows(span, limit)),
    page: query => seen(store.page(query)),
    sums: (filter, by) => seen(store.sums(filter, by)),
    totals: (span, currency) => seen(store.totals(span, currency)),
    dayCounts: filter => seen(store.dayCounts(filter)),
    close: async () => {},
  }
}
