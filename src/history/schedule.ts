import type { Cancel, Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { AccountHistory } from './account.ts'
import { nextByCron } from './cron.ts'
import { FIRST_SWEEP_AFTER_MS, LONGEST_WAIT_MS, type ScheduleSettings } from './limits.ts'
import { type CycleReport, NO_ROWS, sum, type Tally } from './outcome.ts'

/** What a schedule did last, over all accounts. */
export interface ScheduleRun extends Tally {
  /** Our clock, ms. */
  readonly startedAt: number
  readonly endedAt: number
  readonly accounts: number
  /** Accounts of which something could not be read. */
  readonly failed: number
}

export type ScheduleRow = ScheduleSettings & {
  readonly lastRun: ScheduleRun | null
  /** Our clock, ms; null while it is stopped. */
  readonly nextAt: number | null
}

export interface ScheduleParts {
  readonly clock: Clock
  readonly log: Log
  /** Those that are read now. */
  readonly accounts: () => readonly AccountHistory[]
  /** Told when a run has ended, with that run. */
  readonly ran: (row: ScheduleRow) => void
}

/** Runs one kind of cycle on every account, again and again. */
export class Schedule {
  readonly #settings: ScheduleSettings
  readonly #parts: ScheduleParts
  #lastRun: ScheduleRun | null = null
  #nextAt: number | null = null
  /** Those that it reads at this moment. */
  readonly #busy = new Set<AccountHistory>()
  readonly #running = new Set<Promise<void>>()
  #stopped = false
  #cancel: Cancel = () => {}

  constructor(settings: ScheduleSettings, parts: ScheduleParts) {
    this.#settings = settings
    this.#parts = parts
  }

  row(): ScheduleRow {
    return { ...this.#settings, lastRun: this.#lastRun, nextAt: this.#nextAt }
  }

  /** What runs every so often begins at once, a sweep a while later; what has its times waits for them. */
  start(): void {
    const now = this.#parts.clock.now()
    this.#plan('cron' in this.#settings ? nextByCron(this.#settings.cron, now) : now + this.#firstWait())
  }

  #firstWait(): number {
    if ('cron' in this.#settings || this.#settings.sweepMs === null) return 0
    return Math.min(this.#settings.everyMs, FIRST_SWEEP_AFTER_MS)
  }

  /** Settles when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    this.#nextAt = null
    await Promise.all(this.#running)
  }

  /** @param at our clock, ms; null: never again */
  #plan(at: number | null): void {
    this.#nextAt = at
    if (at === null) return
    const { clock } = this.#parts
    const wait = Math.min(Math.max(0, at - clock.now()), LONGEST_WAIT_MS)
    this.#cancel = clock.after(wait, () => {
      const now = clock.now()
      // A long wait is made of shorter ones, by the clock on the wall, which may have been set meanwhile.
      if (now < at) return this.#plan(at)
      this.#plan(
        'cron' in this.#settings ? nextByCron(this.#settings.cron, now) : now + this.#settings.everyMs,
      )
      const run = this.#run().finally(() => this.#running.delete(run))
      this.#running.add(run)
    })
  }

  /** A tick passes over accounts that it finds being read: their next one reads to then, and nobody waits for them. */
  async #run(): Promise<void> {
    const { clock, log, accounts, ran } = this.#parts
    const startedAt = clock.now()
    const late = this.#busy.size
    const due = accounts().filter(account => !account.rests && !this.#busy.has(account))
    // So there are never more runs than accounts.
    if (due.length === 0 && late > 0) return
    const reports = await Promise.all(due.map(account => this.#read(account)))
    if (this.#stopped) return
    const tally = reports.reduce<Tally>(sum, NO_ROWS)
    const failed = reports.filter(({ failures }) => failures.length > 0).length
    const run = { ...tally, startedAt, endedAt: clock.now(), accounts: reports.length, failed }
    // A run with a slow account may end behind later ones.
    if (startedAt >= (this.#lastRun?.startedAt ?? startedAt)) this.#lastRun = run
    log.info('history_cycle', { schedule: this.#settings.name, ...run, late, nextAt: this.#nextAt })
    ran({ ...this.row(), lastRun: run })
  }

  async #read(account: AccountHistory): Promise<CycleReport> {
    this.#busy.add(account)
    const report = await account.cycle(this.#settings)
    this.#busy.delete(account)
    return report
  }
}
