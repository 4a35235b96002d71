import type { HistoryKind, Interval } from '../domain/history.ts'
import { AssertionError, err, ok, type Result } from '../domain/result.ts'
import { addInterval, type Coverage, NOTHING } from '../logic/coverage/intervals.ts'
import { backfillWindows, nextWindows, sweepWindows } from '../logic/coverage/windows.ts'
import type { HistoryRule, VenueHistory } from '../ports/history.ts'
import type { HistoryJob, StoredCoverage } from '../ports/history-store.ts'
import { KeyStanding } from './key-standing.ts'
import { EMPTY_ANSWERS_BELIEVED, FIRST_MS, OVERLAP_MS } from './limits.ts'
import { type Followed, ListTurns, OpenOrderList } from './open-orders.ts'
import { type CycleReport, type Failure, NO_ROWS, STOPPED, sum, type Tally } from './outcome.ts'
import { type Desk, readWindow, type Sealing, type WindowTask } from './read-window.ts'
import { severalOf } from './rows.ts'
import type { BackfillGoal, CycleTask, Missing, Progress } from './tasks.ts'
import { type Gate, Turns } from './turns.ts'

/** What all accounts share. */
export interface Gates {
  readonly cycles: Gate
  /** Of their own: a sweep is long, and nobody's cycle waits for it but that of the account that it reads. */
  readonly sweeps: Gate
}

export interface AccountParts {
  readonly desk: Desk
  /** Told when the venue does not take the key, in its words, and with null when it does. */
  readonly judged: (refusal: string | null) => void
  readonly gates: Gates
  readonly stored: readonly StoredCoverage[]
  /** How much after its first cycle it first lists its open orders. */
  readonly listAfterMs: number
}

type KindReading = (now: number, kind: HistoryKind, rule: HistoryRule) => Promise<Result<Tally, Failure>>

interface Replaced {
  readonly kind: HistoryKind
  readonly coverage: Coverage
}

/** What is tried of one kind, and how a job tells of it. */
type Reading = Pick<WindowTask, 'kind' | 'window' | 'now' | 'first'> & {
  readonly job: JobReading | null
}

interface KindTask {
  readonly kind: HistoryKind
  readonly now: number
  /** Oldest first. */
  readonly windows: Coverage
  readonly lists: 'always' | 'for_old' | null
}

const NOTHING_LISTED = ok<Followed>({ tally: NO_ROWS, failure: null })

interface JobReading {
  of(coverage: Coverage, tally: Tally): HistoryJob
  written(job: HistoryJob): void
}

/** One account's past: what is covered of it, and one turn at a time to cover more. */
export class AccountHistory {
  #desk: Desk
  #orders: OpenOrderList
  readonly #turns = new Turns<CycleReport>()
  readonly #coverage = new Map<HistoryKind, Coverage>()
  /** How often in a row the venue has shown nothing where it had rows. */
  readonly #vanished = new Map<HistoryKind, number>()
  readonly #gates: Gates
  readonly #listTurns: ListTurns
  #inactive: string | null = null
  readonly #key: KeyStanding

  constructor({ desk, judged, gates, stored, listAfterMs }: AccountParts) {
    this.#desk = desk
    this.#key = new KeyStanding(desk.clock, judged)
    this.#gates = gates
    this.#listTurns = new ListTurns(listAfterMs)
    this.#orders = new OpenOrderList(desk)
    for (const { kind, intervals } of stored) this.#coverage.set(kind, intervals)
  }

  /** Why nothing is read; null: it is. */
  get paused(): string | null {
    return this.#inactive ?? this.#key.problem
  }

  /** Nothing is read now: of a paused account whose key is to be tried again, something is. */
  get rests(): boolean {
    return this.#inactive !== null || this.#key.rests
  }

  /** Nothing is read until `resume`. @param message what somebody has to do */
  pause(message: string): void {
    this.#inactive = message
  }

  /** Somebody has seen to the key: it need not wait until it is tried again. */
  tryAgain(): void {
    this.#key.tryAgain()
  }

  /** With another key. What is covered was covered by whichever key. */
  resume(venue: VenueHistory): void {
    this.#desk = { ...this.#desk, venue }
    this.#orders = new OpenOrderList(this.#desk)
    this.#inactive = null
    this.#key.renew()
  }

  /** The venue's clock, ms; null while it is not known. */
  now(): Promise<number | null> {
    return this.#desk.venue.now()
  }

  coverage(kind: HistoryKind): Coverage {
    return this.#coverage.get(kind) ?? NOTHING
  }

  /** The kinds that the venue has for this account. */
  kinds(of: readonly HistoryKind[]): readonly HistoryKind[] {
    return of.filter(kind => this.#desk.venue.rule(kind) !== null)
  }

  /** Until the venue shows what happens now in all of these kinds, ms. */
  lagMs(of: readonly HistoryKind[]): number {
    return Math.max(0, ...of.map(kind => this.#desk.venue.rule(kind)?.lagMs ?? 0))
  }

  /** A kind that fails is told in the report and leaves the others alone. */
  cycle(task: CycleTask): Promise<CycleReport> {
    const cycle = () => this.#cycle(task)
    const { cycles, sweeps } = this.#gates
    // A place is taken by who has something to do: not by who waits for another turn of the same account. A sweep waits
    // before its turn, because the account's cycles would wait behind it.
    if (task.sweepMs === null) return this.#turns.run(task.name, cycle, cycles)
    return sweeps.through(() => this.#turns.run(task.name, cycle))
  }

  /** The newest that is missing, over all kinds; null: nothing is. @param replaced in place of what is covered now */
  missing(goal: BackfillGoal, now: number, replaced?: Replaced): Missing | null {
    const newest = goal.kinds.flatMap(kind => {
      const rule = this.#desk.venue.rule(kind)
      const coverage = replaced?.kind === kind ? replaced.coverage : this.coverage(kind)
      const [window] = rule === null ? [] : backfillWindows(coverage, severalOf(kind, rule), goal, now)
      return window === undefined ? [] : [{ kind, window }]
    })
    return newest.sort((a, b) => b.window.to - a.window.to)[0] ?? null
  }

  /** One window of a back-fill, as a turn between cycles. */
  fill(job: HistoryJob, { kind, window }: Missing, progress: Progress): Promise<CycleReport> {
    return this.#turns.run(job.id, () =>
      this.#guarded([kind], async (now, _, rule) => {
        const listed = kind === 'orders' ? await this.#list(now, window.to) : NOTHING_LISTED
        if (!listed.ok) return listed
        const { tally } = listed.value
        // Until a list has settled no window before it can be called complete: it is not read in vain.
        const completeTo = this.#orders.completeBefore(now - rule.lagMs) ?? window.from
        if (kind === 'orders' && completeTo < window.to) return ok(tally)
        const told = {
          of: (coverage: Coverage, { added }: Tally) =>
            progress.job(this.missing(job, now, { kind, coverage })?.window.to ?? job.since, added),
          written: (done: HistoryJob) => progress.written(done),
        }
        const read = await this.#read({ kind, window, now, first: 'newest', job: told })
        return read.ok ? ok(sum(tally, read.value)) : read
      }),
    )
  }

  #cycle(task: CycleTask): Promise<CycleReport> {
    return this.#guarded(this.kinds(task.kinds), (now, kind, rule) => {
      const { sweepMs } = task
      const moment = { now, firstMs: FIRST_MS, overlapMs: OVERLAP_MS }
      const windowsOf = (by: HistoryRule) =>
        sweepMs === null ? nextWindows(this.coverage(kind), by, moment) : sweepWindows(by, now, sweepMs)
      const whole = windowsOf(rule)
      const windows = whole.length > 1 ? windowsOf(severalOf(kind, rule)) : whole
      return this.#readAll({ kind, now, windows, lists: task.lists ?? null })
    })
  }

  async #readAll({ kind, now, windows, lists }: KindTask): Promise<Result<Tally, Failure>> {
    const isOrders = kind === 'orders'
    const isOld = isOrders && lists === 'for_old' && (await this.#orders.hasBefore(windows[0]?.from ?? now))
    const since = isOld || lists === 'always' ? now : this.#listTurns.begunAt(now)
    const listed = isOrders ? await this.#list(now, since) : NOTHING_LISTED
    if (!listed.ok) return listed
    let { tally } = listed.value
    for (const window of windows) {
      const read = await this.#read({ kind, window, now, first: 'oldest', job: null })
      if (!read.ok) return read
      tally = sum(tally, read.value)
    }
    // An order that could not be asked for keeps no window from being read, and is told all the same.
    return listed.value.failure === null ? ok(tally) : err(listed.value.failure)
  }

  /** Each kind by itself; one that is refused for the key ends the turn and every later one. */
  async #guarded(kinds: readonly HistoryKind[], read: KindReading): Promise<CycleReport> {
    const { accountId, log } = this.#desk
    const failures: (Failure & { readonly kind: HistoryKind })[] = []
    let tally = NO_ROWS
    for (const kind of kinds) {
      const done = await this.#once(kind, read)
      if (done.ok) {
        tally = sum(tally, done.value)
        continue
      }
      const { reason, message } = done.error
      failures.push({ kind, ...done.error })
      if (reason !== 'stopped') log.warn('history_failed', { account: accountId, kind, reason, message })
    }
    return { accountId, ...tally, failures }
  }

  async #once(kind: HistoryKind, read: KindReading): Promise<Result<Tally, Failure>> {
    if (this.#desk.ending.aborted) return err(STOPPED)
    if (this.rests) return err({ reason: 'key', message: this.paused ?? '' })
    const { venue } = this.#desk
    const rule = venue.rule(kind)
    if (rule === null) return ok(NO_ROWS)
    const now = await venue.now()
    if (now === null) return err({ reason: 'venue', message: "the venue's time is not known yet" })
    const done = await read(now, kind, rule).catch(unreadable)
    if (done.ok) this.#vanished.delete(kind)
    else if (done.error.reason === 'vanished') this.#vanished.set(kind, (this.#vanished.get(kind) ?? 0) + 1)
    // An answer to the key before says nothing about this one.
    if (venue === this.#desk.venue) this.#judge(kind, done)
    return done
  }

  #judge(kind: HistoryKind, done: Result<Tally, Failure>): void {
    if (done.ok) this.#key.taken(kind)
    else if (done.error.reason === 'key') this.#key.refused(kind, done.error.message)
  }

  /** The open orders, unless they were listed at that time or later, or so lately that the list has not settled. */
  async #list(now: number, since: number): Promise<Result<Followed, Failure>> {
    const lagMs = this.#desk.venue.rule('orders')?.lagMs ?? 0
    if (this.#orders.lastAt >= Math.min(since, now - lagMs)) return NOTHING_LISTED
    const listed = await this.#orders.list()
    if (!listed.ok) return listed
    const followed = await this.#orders.follow(now)
    return followed.ok ? ok({ ...followed.value, tally: sum(listed.value, followed.value.tally) }) : followed
  }

  #read({ kind, window, now, first, job }: Reading): Promise<Result<Tally, Failure>> {
    return readWindow(this.#desk, {
      kind,
      window,
      now,
      first,
      believesEmpty: (this.#vanished.get(kind) ?? 0) >= EMPTY_ANSWERS_BELIEVED,
      seal: (part, tally) => this.#seal({ kind, window: part, now, job }, tally),
      sealed: ({ coverage, job: done }) => {
        if (coverage !== null) this.#coverage.set(kind, coverage)
        if (done !== null) job?.written(done)
      },
    })
  }

  #seal({ kind, window, now, job }: Omit<Reading, 'first'>, tally: Tally): Sealing {
    const before = this.coverage(kind)
    const after = addInterval(before, this.#covered(kind, window, now))
    const isMore = after !== before
    return { coverage: isMore ? after : null, job: job === null ? null : job.of(after, tally) }
  }

  /** Of orders only what was made before a list of the open ones, which is older than what history may hold back. */
  #covered(kind: HistoryKind, { from, to }: Interval, now: number): Interval {
    if (kind !== 'orders') return { from, to }
    const lagMs = this.#desk.venue.rule(kind)?.lagMs ?? 0
    const until = Math.floor(this.#orders.completeBefore(now - lagMs) ?? from)
    return { from, to: Math.min(to, Math.max(from, until)) }
  }
}

/** What a store throws when it cannot be read; a bug passes. */
function unreadable(error: unknown): Result<never, Failure> {
  if (!(error instanceof Error) || error instanceof AssertionError) throw error
  return err({ reason: 'store', message: error.message })
}
