import type { Act, Answer, Refusal } from '../api/answer.ts'
import type { Past as PastDesk, ScheduleState } from '../api/past.ts'
import type { Capability } from '../domain/capability.ts'
import type { TieOut } from '../domain/history-totals.ts'
import type { AccountId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Engine } from '../engine/engine.ts'
import type { ScheduleRow } from '../history/schedule.ts'
import { tieOut } from '../logic/tie-out.ts'
import type { Past } from '../past.ts'
import type { HistorySpan, HistoryStore } from '../ports/history-store.ts'
import type { Security } from '../security/security.ts'

interface PastParts extends Pick<Past, 'history' | 'store'> {
  readonly engine: Engine
  readonly security: Security
}

/** History as the API asks for it: every command with its entry in the audit chain. */
export function pastOf(parts: PastParts): PastDesk {
  const { history, store, engine, security } = parts
  const capabilityOf = (id: AccountId) => engine.context.state.accounts.get(id)?.capability ?? null
  const noted = (act: Act): Promise<Result<void, Refusal>> =>
    security.ledger.run(() => ok({ act, writes: [], value: undefined }))
  return {
    page: query => store.page(query),
    sums: (filter, by) => store.sums(filter, by),
    dayCounts: filter => store.dayCounts(filter),
    complete: (accountId, kinds) => history.complete(accountId, kinds),
    paused: accountId => pausedOf(parts, accountId),
    tieOut: (accountId, window) => tieOutsOf({ store, capabilityOf }, { accountId, window }),
    schedules: () => history.schedules().map(scheduleState),
    jobs: () => history.jobs(),
    async sync(accountId, act) {
      const allowed = await noted(act)
      if (!allowed.ok) return allowed
      const report = await history.sync(accountId, null)
      return report === null ? notRead() : ok(report)
    },
    async backfill(accountId, since, act) {
      const allowed = await noted(act)
      if (!allowed.ok) return allowed
      const begun = await history.backfill({ accountId, since })
      return begun.ok ? begun : err({ code: 'conflict', message: begun.error })
    },
    async syncAll(since, act) {
      const allowed = await noted(act)
      if (!allowed.ok) return allowed
      return ok(await beginAll(parts, since))
    },
  }
}

interface TieOutParts {
  readonly store: Pick<HistoryStore, 'totals'>
  /** Null: there is no such account. */
  readonly capabilityOf: (accountId: AccountId) => Pick<Capability, 'settlementCurrency'> | null
}

/** The venue's lists against its wallet, day by day, in what the account's contracts are settled in. */
export async function tieOutsOf(
  { store, capabilityOf }: TieOutParts,
  span: Omit<HistorySpan, 'kind'>,
): Promise<readonly TieOut[]> {
  const capability = capabilityOf(span.accountId)
  if (capability === null) return []
  return (await store.totals(span, capability.settlementCurrency)).map(tieOut)
}

async function beginAll({ history, engine }: PastParts, since: number | null) {
  const ids = engine.roster().accounts.flatMap(({ id }) => (history.account(id) === null ? [] : [id]))
  const refused: { readonly accountId: AccountId; readonly message: string }[] = []
  for (const accountId of ids) {
    // What is new is a cycle like those of the schedules, and tells of itself as they do.
    if (since === null) engine.context.detach(history.sync(accountId, null))
    else {
      const begun = await history.backfill({ accountId, since })
      if (!begun.ok) refused.push({ accountId, message: begun.error })
    }
  }
  return { accounts: ids.length - refused.length, refused }
}

function pausedOf({ history }: PastParts, accountId: AccountId): string | null {
  const account = history.account(accountId)
  if (account !== null) return account.paused
  return 'It is not read: set it active, and see that it has a key.'
}

function notRead<T>(): Awaited<Answer<T>> {
  const message = 'Nothing is read of this account. Set it active, and see that it has a key.'
  return err({ code: 'account_inactive', message })
}

function scheduleState(row: ScheduleRow): ScheduleState {
  const { name, kinds, nextAt, lastRun } = row
  const rhythm = 'cron' in row ? { everyMs: null, cron: row.cron } : { everyMs: row.everyMs, cron: null }
  return { name, kinds, nextAt, lastRun, ...rhythm }
}
