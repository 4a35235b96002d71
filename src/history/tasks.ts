import type { HistoryKind, Interval } from '../domain/history.ts'
import type { Goal } from '../logic/coverage/windows.ts'
import type { HistoryJob } from '../ports/history-store.ts'

export interface CycleTask {
  /** Cycles of one name join while one of them waits. */
  readonly name: string
  readonly kinds: readonly HistoryKind[]
  /** Null: from the covered end. */
  readonly sweepMs: number | null
  /**
   * The open orders are listed whether it is the account's turn or not: always, or only when one may be over that no
   * window of the cycle shows.
   */
  readonly lists?: 'always' | 'for_old'
}

/** What a back-fill is after. */
export interface BackfillGoal extends Goal {
  readonly kinds: readonly HistoryKind[]
}

export interface Missing {
  readonly kind: HistoryKind
  readonly window: Interval
}

/** How a job tells of the windows that are read for it. */
export interface Progress {
  /** As it is when the window is written. @param reachedAt everything after it is there, the venue's clock, ms */
  job(reachedAt: number, added: number): HistoryJob
  /** It was. */
  written(job: HistoryJob): void
}
