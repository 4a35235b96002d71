import { HISTORY_KINDS, type HistoryKind, type Interval } from '../domain/history.ts'
import type { AccountId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { type Coverage, completeSpan, intersect, NOTHING } from '../logic/coverage/intervals.ts'
import type { Clock } from '../ports/clock.ts'
import type { VenueHistory } from '../ports/history.ts'
import type { HistoryJob, HistoryStore, StoredCoverage } from '../ports/history-store.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import { AccountHistory, type Gates } from './account.ts'
import { Backfill, type BackfillParts, type BackfillWish, newJob } from './backfill.ts'
import {
  CONCURRENT_ACCOUNTS,
  CONCURRENT_BACKFILLS,
  CONCURRENT_SWEEPS,
  DEFAULT_SCHEDULES,
  type ScheduleSettings,
  SOON_MS,
} from './limits.ts'
import { listAfterMs } from './open-orders.ts'
import type { CycleReport } from './outcome.ts'
import { Schedule, type ScheduleRow } from './schedule.ts'
import { SoonReads } from './soon.ts'
import type { CycleTask } from './tasks.ts'
import { Gate } from './turns.ts'

export interface HistoryOptions {
  readonly store: HistoryStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly schedules?: readonly ScheduleSettings[]
  /** Told when a schedule has run. */
  readonly ran?: (row: ScheduleRow) => void
}

/** What a report on an account changes at once. */
const SOON_KINDS: readonly HistoryKind[] = ['closed_pnl', 'orders']
const DAY_MS = 24 * 3_600_000

/** Every account's past: read on schedules, on request, and back as far as somebody wants it. */
export class History {
  readonly #options: HistoryOptions
  readonly #accounts = new Map<AccountId, AccountHistory>()
  readonly #schedules: readonly Schedule[]
  readonly #backfill: BackfillParts
  /** One for each account; those that are over stay until the next one of the account. */
  readonly #backfills = new Map<AccountId, Backfill>()
  readonly #running = new Set<Promise<unknown>>()
  readonly #soon: SoonReads
  readonly #ending = new AbortController()
  #judged: KeyListener = () => {}
  readonly #gates: Gates = {
    cycles: new Gate(CONCURRENT_ACCOUNTS),
    sweeps: new Gate(CONCURRENT_SWEEPS),
  }
  /** As it was at the start: what has changed since is the accounts'. */
  readonly #stored: readonly StoredCoverage[]
  readonly #storedJobs: readonly HistoryJob[]

  private constructor(options: HistoryOptions, stored: Stored) {
    this.#options = options
    this.#stored = stored.coverage
    this.#storedJobs = stored.jobs
    const { clock, log, store, random, schedules = DEFAULT_SCHEDULES, ran = () => {} } = options
    const accounts = () => [...this.#accounts.values()]
    this.#soon = new SoonReads(clock)
    this.#schedules = schedules.map(each => new Schedule(each, { clock, log, accounts, ran }))
    this.#backfill = { store, clock, random, log, gate: new Gate(CONCURRENT_BACKFILLS) }
  }

  static async open(options: HistoryOptions): Promise<History> {
    const [coverage, jobs] = await Promise.all([options.store.coverage(), options.store.jobs()])
    return new History(options, { coverage, jobs })
  }

  /** The schedules begin at once, sweeps a while later, and go on until `stop`. */
  start(): void {
    for (const schedule of this.#schedules) schedule.start()
  }

  /**
   * Settles when nothing is read any more: no request begins, and those that are under way are waited for. Back-fills
   * that were cut off go on after the next start.
   */
  async stop(): Promise<void> {
    this.#ending.abort()
    this.#soon.stop()
    for (const backfill of this.#backfills.values()) backfill.stop()
    for (const gate of [this.#gates.cycles, this.#gates.sweeps, this.#backfill.gate]) gate.open()
    await Promise.all([...this.#schedules.map(schedule => schedule.stop()), ...this.#running])
  }

  /** Also with a new key for an account that is here: what was paused goes on, an unfinished back-fill too. */
  add(accountId: AccountId, venue: VenueHistory): void {
    const { store, log, clock } = this.#options
    const known = this.#accounts.get(accountId)
    const stored = this.#stored.filter(each => each.accountId === accountId)
    const desk = { accountId, venue, store, clock, log, ending: this.#ending.signal }
    const account =
      known ??
      new AccountHistory({
        desk,
        judged: refusal => this.#judged(accountId, refusal),
        gates: this.#gates,
        stored,
        listAfterMs: listAfterMs(this.#accounts.size),
      })
    known?.resume(venue)
    this.#accounts.set(accountId, account)
    const former = this.#backfills.get(accountId)
    const job = former?.job ?? this.#storedJobs.findLast(each => each.accountId === accountId)
    former?.stop()
    if (job?.status === 'running') this.#launch(account, job)
  }

  /** Nothing more is read of it; its rows stay, and a back-fill waits. */
  remove(accountId: AccountId): void {
    this.#soon.forget(accountId)
    this.#accounts
      .get(accountId)
      ?.pause('Nothing is read: set the account active, and see that it has a key. Its history goes on then.')
  }

  /** One alone is told whether venues take the accounts' keys: when the first answer says so, and when it changes. */
  onKeyJudged(listener: KeyListener): void {
    this.#judged = listener
  }

  account(accountId: AccountId): AccountHistory | null {
    return this.#accounts.get(accountId) ?? null
  }

  schedules(): readonly ScheduleRow[] {
    return this.#schedules.map(schedule => schedule.row())
  }

  /** Complete from X to Y in all of these kinds that the venue has for the account; null: nothing is. */
  complete(accountId: AccountId, kinds: readonly HistoryKind[]): Interval | null {
    const account = this.#accounts.get(accountId)
    const [first, ...others] =
      account?.kinds(kinds).map(kind => account.coverage(kind)) ?? this.#storedOf(accountId, kinds)
    return completeSpan(others.reduce<Coverage>(intersect, first ?? NOTHING))
  }

  /** Now, with a key that was refused too, and by as many days back as are asked for whether they are covered or not. Null: no such account. */
  async sync(accountId: AccountId, days: number | null): Promise<CycleReport | null> {
    const account = this.#accounts.get(accountId)
    if (account === undefined) return null
    account.tryAgain()
    const task: CycleTask = {
      name: `sync ${days}`,
      kinds: HISTORY_KINDS,
      sweepMs: days === null ? null : days * DAY_MS,
      lists: 'always',
    }
    const cycle = account.cycle(task)
    this.#track(cycle)
    return cycle
  }

  /** Something has happened on the account: what came of it is read soon, with what happens meanwhile. */
  touched(accountId: AccountId): void {
    const account = this.#accounts.get(accountId)
    if (account === undefined || this.#ending.signal.aborted) return
    const task: CycleTask = { name: 'soon', kinds: SOON_KINDS, sweepMs: null, lists: 'for_old' }
    this.#soon.report(accountId, account.lagMs(SOON_KINDS) + SOON_MS, () => {
      const cycle = account.cycle(task)
      this.#track(cycle)
      return cycle
    })
  }

  /** Durable when it is answered. The message says what to do. */
  async backfill(wish: BackfillWish): Promise<Result<HistoryJob, string>> {
    const account = this.#accounts.get(wish.accountId)
    if (account === undefined) return err('There is no such account, or it is not active.')
    if (account.paused !== null) return err(account.paused)
    if (this.#backfills.get(wish.accountId)?.job.status === 'running')
      return err('A back-fill of this account is running. Wait until it has ended.')
    const now = await account.now()
    if (now === null) return err("The venue's time is not known yet. Try again in a moment.")
    if (wish.since >= now) return err('A back-fill begins in the past.')
    const job = newJob(this.#backfill, wish, now)
    const { accountId } = wish
    const written = await this.#options.store.commit({ accountId, found: null, coverage: null, job })
    if (!written.ok) return err(written.error.message)
    this.#launch(account, job)
    return ok(job)
  }

  /** With how far each has got; of every account the last one. */
  jobs(): readonly HistoryJob[] {
    const last = new Map(this.#storedJobs.map(job => [job.accountId, job]))
    for (const [accountId, { job }] of this.#backfills) last.set(accountId, job)
    return [...last.values()]
  }

  /** Of an account that is not read since the start: what was covered by then. Whether a venue has a kind nobody says. */
  #storedOf(accountId: AccountId, kinds: readonly HistoryKind[]): readonly Coverage[] {
    const stored = this.#stored.filter(each => each.accountId === accountId)
    return kinds.map(kind => stored.find(each => each.kind === kind)?.intervals ?? NOTHING)
  }

  #launch(account: AccountHistory, job: HistoryJob): void {
    // Written down while the server was stopping: the next start takes it up.
    if (this.#ending.signal.aborted) return
    const backfill = new Backfill(this.#backfill, account, job)
    this.#backfills.set(job.accountId, backfill)
    this.#track(backfill.run())
  }

  /** So that `stop` waits for it. */
  #track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }
}

/** @param refusal in the venue's words; null: it takes the key */
export type KeyListener = (accountId: AccountId, refusal: string | null) => void

interface Stored {
  readonly coverage: readonly StoredCoverage[]
  readonly jobs: readonly HistoryJob[]
}
