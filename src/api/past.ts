import type { HistoryKind, Interval } from '../domain/history.ts'
import type { TieOut } from '../domain/history-totals.ts'
import type { AccountId } from '../domain/ids.ts'
import type { HistoryJob, HistoryStore, Ingested } from '../ports/history-store.ts'
import type { Act, Answer } from './answer.ts'

/** What venues remember of accounts, as far as it is here. */
export interface Past extends Pick<HistoryStore, 'page' | 'sums' | 'dayCounts'> {
  /** The newest stretch without a hole, in every one of these kinds that the venue has; null: there is none. */
  complete(accountId: AccountId, kinds: readonly HistoryKind[]): Interval | null
  /** Why nothing is read of an account, and what to do; null: it is read. */
  paused(accountId: AccountId): string | null
  /** Days with rows, oldest first. */
  tieOut(accountId: AccountId, window: Interval): Promise<readonly TieOut[]>
  schedules(): readonly ScheduleState[]
  /** Of every account the last one. */
  jobs(): readonly HistoryJob[]
  /** Reads what is new, now; answers when it is here. */
  sync(accountId: AccountId, act: Act): Answer<Synced>
  /** Makes complete what is missing since a time; answers when that is a job, which goes on whatever ends. */
  backfill(accountId: AccountId, since: number, act: Act): Answer<HistoryJob>
  /** Either of them for every account that is read; answers at once. @param since null: what is new */
  syncAll(since: number | null, act: Act): Answer<SyncedAll>
}

export interface Synced extends Omit<Ingested, 'contradictions'> {
  readonly failures: readonly { readonly kind: HistoryKind; readonly message: string }[]
}

export interface SyncedAll {
  readonly accounts: number
  readonly refused: readonly { readonly accountId: AccountId; readonly message: string }[]
}

/** A schedule of readings, of every account. Times are our clock, ms. */
export interface ScheduleState {
  readonly name: string
  readonly kinds: readonly HistoryKind[]
  /** Null: it goes by `cron`. */
  readonly everyMs: number | null
  readonly cron: string | null
  /** Null: it stands still. */
  readonly nextAt: number | null
  /** Null: it has not run since the start. */
  readonly lastRun: ScheduleRun | null
}

export interface ScheduleRun extends Omit<Ingested, 'contradictions'> {
  readonly startedAt: number
  readonly endedAt: number
  readonly accounts: number
  /** Accounts of which something could not be read. */
  readonly failed: number
}
