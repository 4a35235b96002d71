import { HISTORY_KINDS, type HistoryKind } from '../domain/history.ts'
import { type AccountId, type HistoryJobId, uuidv7 } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { HistoryJob, HistoryStore } from '../ports/history-store.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import type { AccountHistory } from './account.ts'
import { BACKFILL_HOLD_MS, BACKFILL_RETRY_MS, MAXIMUM_BACKFILL_RETRIES } from './limits.ts'
import type { Missing, Progress } from './tasks.ts'
import type { Gate } from './turns.ts'

export interface BackfillParts {
  readonly store: HistoryStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** How many run at once. */
  readonly gate: Gate
}

export interface BackfillWish {
  readonly accountId: AccountId
  /** The venue's clock, ms. */
  readonly since: number
  readonly kinds?: readonly HistoryKind[]
}

export function newJob({ clock, random }: BackfillParts, wish: BackfillWish, until: number): HistoryJob {
  const now = clock.now()
  return {
    id: uuidv7<HistoryJobId>(now, random.bytes(10)),
    accountId: wish.accountId,
    kinds: wish.kinds ?? HISTORY_KINDS,
    since: Math.floor(wish.since),
    until: Math.floor(until),
    status: 'running',
    reachedAt: null,
    added: 0,
    reason: null,
    createdAt: now,
    updatedAt: now,
  }
}

/**
 * Works on a job until nothing is missing of it. What is missing is read off the coverage each time, so a job that was
 * cut off anywhere goes on with the window that it was in.
 */
export class Backfill {
  readonly #parts: BackfillParts
  readonly #account: AccountHistory
  #job: HistoryJob
  #stopped = false
  #wake: () => void = () => {}

  constructor(parts: BackfillParts, account: AccountHistory, job: HistoryJob) {
    this.#parts = parts
    this.#account = account
    this.#job = job
  }

  get job(): HistoryJob {
    return this.#job
  }

  /** The job stays `running`: the next start takes it up again. */
  stop(): void {
    this.#stopped = true
    this.#wake()
  }

  /** Settles when it is done, has failed or was stopped. */
  async run(): Promise<void> {
    let failures = 0
    while (!this.#stopped) {
      const { paused } = this.#account
      if (paused !== null) {
        await this.#hold(paused)
        continue
      }
      this.#job = { ...this.#job, reason: null }
      const now = await this.#account.now()
      const missing = now === null ? undefined : this.#account.missing(this.#job, now)
      if (missing === null) return this.#end('done', null)
      const problem = missing === undefined ? "the venue's time is not known" : await this.#fill(missing)
      if (this.#stopped) return
      failures = problem === null || this.#account.paused !== null ? 0 : failures + 1
      if (failures > MAXIMUM_BACKFILL_RETRIES)
        return this.#end('failed', `${problem}. Start it again: it goes on where it was.`)
      if (failures > 0) await this.#wait(failures * BACKFILL_RETRY_MS)
    }
  }

  /** Nothing is read of the account: it waits with why, over a restart too. */
  async #hold(reason: string): Promise<void> {
    if (this.#job.reason !== reason) {
      this.#job = { ...this.#job, reason, updatedAt: this.#parts.clock.now() }
      await this.#write()
    }
    await this.#wait(BACKFILL_HOLD_MS)
  }

  /** @returns why the window is still missing, or null */
  async #fill(missing: Missing): Promise<string | null> {
    const { gate, clock } = this.#parts
    let isWritten = false
    const progress: Progress = {
      job: (reachedAt, added) => ({
        ...this.#job,
        reachedAt,
        added: this.#job.added + added,
        updatedAt: clock.now(),
      }),
      written: ({ reachedAt, updatedAt }) => {
        isWritten = true
        this.#job = { ...this.#job, reachedAt, updatedAt }
      },
    }
    const report = await gate.through(() => this.#account.fill(this.#job, missing, progress))
    this.#job = { ...this.#job, added: this.#job.added + report.added }
    if (isWritten) return null
    return report.failures[0]?.message ?? 'the list of open orders has not settled yet'
  }

  async #end(status: 'done' | 'failed', reason: string | null): Promise<void> {
    const { clock, log } = this.#parts
    const { accountId, since, reachedAt } = this.#job
    this.#job = {
      ...this.#job,
      status,
      reason,
      reachedAt: status === 'done' ? since : reachedAt,
      updatedAt: clock.now(),
    }
    // Should it not be written, the job is found running at the next start and ends there in the same way.
    await this.#write()
    log.info('history_backfill_ended', { account: accountId, status, reason, added: this.#job.added })
  }

  async #write(): Promise<void> {
    const { accountId } = this.#job
    await this.#parts.store.commit({ accountId, found: null, coverage: null, job: this.#job })
  }

  async #wait(delayMs: number): Promise<void> {
    if (this.#stopped) return
    await new Promise<void>(resolve => {
      const cancel = this.#parts.clock.after(delayMs, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }
}
