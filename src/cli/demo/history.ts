import { completeOf } from '../../api/history-filter.ts'
import type { Interval } from '../../domain/history.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { History } from '../../history/history.ts'

/** What the venue remembers of the demo's accounts, read once there is something to look at. */
export class DemoHistory {
  readonly #history: History
  readonly #accountIds: readonly AccountId[]
  #state: 'waiting' | 'reading' | 'whole' = 'waiting'

  constructor(history: History, accountIds: readonly AccountId[]) {
    this.#history = history
    this.#accountIds = accountIds
  }

  get accounts(): number {
    return this.#accountIds.length
  }

  /** From when to when nothing is missing, of all accounts, the venue's clock, ms; null: not yet. */
  complete(): Interval | null {
    return completeOf(this.#history, this.#accountIds)
  }

  /** On schedules from now on, and back to a time. Once; the venue's clock, ms. */
  async begin(since: number): Promise<void> {
    if (this.#state !== 'waiting') return
    this.#state = 'reading'
    this.#history.start()
    // One that was cut off by the last stop has gone on already, and is refused here.
    await Promise.all(this.#accountIds.map(accountId => this.#history.backfill({ accountId, since })))
  }

  /** @returns what is complete now that all of it is here, once; null before and after */
  arrived(): Interval | null {
    const jobs = this.#history.jobs().filter(({ accountId }) => this.#accountIds.includes(accountId))
    const isWhole = jobs.length === this.accounts && jobs.every(({ status }) => status === 'done')
    const complete = this.#state === 'reading' && isWhole ? this.complete() : null
    if (complete !== null) this.#state = 'whole'
    return complete
  }
}
