import type { Account } from '../domain/account.ts'
import type { AccountId } from '../domain/ids.ts'
import type { ScheduleRow } from '../history/schedule.ts'
import { LIMITS } from '../live/limits.ts'
import type { Part, PartState } from '../ops/health.ts'

interface HealthParts {
  readonly engine: {
    readonly context: {
      readonly halted: boolean
      readonly state: { readonly accounts: ReadonlyMap<AccountId, { readonly account: Account }> }
    }
    readonly sessions: {
      sessions(): readonly { readonly accountId: AccountId; isLive(): boolean }[]
    }
  }
  /** Sockets that are open; null: live push takes none. */
  sockets(): number | null
  /** Null: what venues remember is not read. */
  readonly history: { schedules(): readonly ScheduleRow[] } | null
}

const UP: PartState = { status: 'up', detail: null }

/** Everything that can be well or not, as it is now: venues come and go with their accounts. */
export function healthPartsOf({ engine, sockets, history }: HealthParts): readonly Part[] {
  const parts: Part[] = [
    { name: 'database', check: () => databaseState(engine.context.halted) },
    { name: 'live push', check: () => liveState(sockets()) },
  ]
  if (history !== null) parts.push({ name: 'history', check: () => historyState(history.schedules()) })
  return [...parts, ...venueParts(engine)]
}

function databaseState(halted: boolean): PartState {
  if (!halted) return UP
  const detail = 'It takes nothing any more: nothing is sent. See the log, and start again.'
  return { status: 'down', detail }
}

function liveState(sockets: number | null): PartState {
  if (sockets === null) return { status: 'down', detail: 'Nobody can connect: the server starts or stops.' }
  if (sockets < LIMITS.sockets) return UP
  return {
    status: 'degraded',
    detail: `There are ${sockets} sockets, which is the most: no other is let in.`,
  }
}

/** Trading goes on without it, so it is never down. */
function historyState(schedules: readonly ScheduleRow[]): PartState {
  const failing = schedules.flatMap(({ name, lastRun }) => {
    const { failed, accounts } = lastRun ?? { failed: 0, accounts: 0 }
    return failed === 0 ? [] : [`${name} could not read ${failed} of ${accounts} accounts`]
  })
  if (failing.length === 0) return UP
  return { status: 'degraded', detail: `${failing.join(', ')}. It is tried again; the log says why.` }
}

/** By environment too: the paper exchange says nothing of the real one. */
function venueParts({ context, sessions }: HealthParts['engine']): readonly Part[] {
  const byVenue = Map.groupBy(sessions.sessions(), ({ accountId }) => {
    const account = context.state.accounts.get(accountId)?.account
    return account === undefined ? 'of accounts that were removed' : `${account.venue} ${account.environment}`
  })
  return Array.from(byVenue, ([venue, those]) => ({
    name: `venue ${venue}`,
    check: () => venueState(those.length, those.filter(session => session.isLive()).length),
  }))
}

function venueState(sessions: number, live: number): PartState {
  if (live === sessions) return UP
  const detail = `${live} of ${sessions} accounts are live. /api/v1/system/status says which are not.`
  return { status: live === 0 ? 'down' : 'degraded', detail }
}
