import type { ConfigValues } from '../config/schema.ts'
import { HISTORY_KINDS } from '../domain/history.ts'
import { must } from '../domain/result.ts'
import type { Rhythm, ScheduleSettings } from '../history/limits.ts'

const DAY_MS = 24 * 3_600_000

/** When accounts' past is read, as configured: what is always there, and what somebody has added. */
export function schedulesOf(history: ConfigValues['history']): readonly ScheduleSettings[] {
  const { everyMs, moneyEveryMs, sweepAt, sweepDays, schedules } = history
  return [
    { name: 'results', kinds: ['closed_pnl', 'orders'], everyMs, sweepMs: null },
    { name: 'money', kinds: ['executions', 'wallet'], everyMs: moneyEveryMs, sweepMs: null },
    {
      name: 'sweep',
      kinds: HISTORY_KINDS,
      sweepMs: sweepDays * DAY_MS,
      ...rhythm({ everyMs: DAY_MS, cron: sweepAt }),
    },
    ...schedules.map(schedule => ({
      name: schedule.name,
      kinds: schedule.kinds ?? HISTORY_KINDS,
      sweepMs: schedule.sweepDays === null ? null : schedule.sweepDays * DAY_MS,
      ...rhythm(schedule),
    })),
  ]
}

function rhythm({ everyMs, cron }: { everyMs: number | null; cron: string | null }): Rhythm {
  return cron === null ? { everyMs: must(everyMs, 'a schedule has one of the two') } : { cron }
}
