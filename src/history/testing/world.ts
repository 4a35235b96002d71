import type { HistoryKind, Interval } from '../../domain/history.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { StoredRows } from '../../ports/history-store.ts'
import type { Log, LogFields } from '../../ports/observe.ts'
import { MemoryHistory } from '../../store/history/memory.ts'
import { fixedRandom, ManualClock } from '../../venues/shared/testing/manual-clock.ts'
import { History } from '../history.ts'
import type { ScheduleSettings } from '../limits.ts'
import { FakePast } from './fake-past.ts'

export const ALICE = 'alice' as AccountId
export const BOB = 'bob' as AccountId
export const RESULTS: readonly ScheduleSettings[] = [
  { name: 'results', kinds: ['closed_pnl', 'orders'], everyMs: 30_000, sweepMs: null },
]

/** History on a store and a clock of the test's own; each `started` is a process on the same disk. */
export function world() {
  const clock = new ManualClock()
  const store = new MemoryHistory(clock)
  const lines: { readonly event: string; readonly fields: LogFields }[] = []
  const log = recorder(lines)
  const started = async (pasts: Readonly<Record<string, FakePast>>, schedules = RESULTS) => {
    const opening = History.open({ store, clock, random: fixedRandom(0.5), log, schedules })
    await clock.advance(0)
    const history = await opening
    for (const [name, past] of Object.entries(pasts)) history.add(name as AccountId, past)
    return history
  }
  /** While the clock runs: whatever waits for it settles. */
  const settled = async <T>(promise: Promise<T>, withinMs = 1_000): Promise<T> => {
    await clock.advance(withinMs)
    return promise
  }
  const rows = async (accountId: AccountId, kind: HistoryKind): Promise<StoredRows['rows']> => {
    const window: Interval = { from: 0, to: Number.MAX_SAFE_INTEGER }
    const found = store.rows({ accountId, kind, window }, 100_000)
    return (await settled(found, 0)).rows
  }
  return { clock, store, lines, past: () => new FakePast(clock), started, settled, rows }
}

function recorder(lines: { readonly event: string; readonly fields: LogFields }[]): Log {
  const line = (event: string, fields: LogFields = {}) => {
    lines.push({ event, fields })
  }
  return { debug: line, info: line, warn: line, error: line }
}
