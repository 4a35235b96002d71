import { join } from 'node:path'
import type { Account } from './domain/account.ts'
import type { AccountId } from './domain/ids.ts'
import { err, ok, type Result } from './domain/result.ts'
import type { Engine } from './engine/engine.ts'
import { History } from './history/history.ts'
import { KEY_ACTION } from './history/key-standing.ts'
import type { ScheduleSettings } from './history/limits.ts'
import type { ScheduleRow } from './history/schedule.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Clock } from './ports/clock.ts'
import type { VenuePast } from './ports/history.ts'
import type { HistoryStore } from './ports/history-store.ts'
import type { Log } from './ports/observe.ts'
import type { Random } from './ports/random.ts'
import type { Vault } from './ports/vault.ts'
import { openSqliteHistory } from './store/history/sqlite.ts'

/** What venues remember of this server's accounts. */
export interface PastSettings {
  readonly schedules: readonly ScheduleSettings[]
  /** They begin when `history.start` is called; left out, with the server. */
  readonly beginLater?: boolean
}

export interface PastParts {
  readonly settings: PastSettings
  readonly dataFolder: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Null: nobody counts. */
  readonly metrics: Pick<Metrics, 'historyRan'> | null
}

export interface Past {
  readonly history: History
  readonly store: HistoryStore
  /** Settles when nothing is read and nothing written any more. */
  close(): Promise<void>
}

/** Beside the database of trading: docs/decisions/0010. */
const FILE = 'history.db'

/** Opens the store; nothing is read before there are accounts and `start`. @returns why it cannot, with what to do */
export async function openPast(parts: PastParts): Promise<Result<Past, string>> {
  const { settings, dataFolder, clock, random, log, metrics } = parts
  const opened = await openSqliteHistory({ path: join(dataFolder, FILE), log })
  if (!opened.ok) return err(opened.error.message)
  const store = opened.value
  const ran = (row: ScheduleRow): void => {
    if (row.lastRun !== null) metrics?.historyRan({ schedule: row.name, nextAt: row.nextAt, ...row.lastRun })
  }
  const history = await History.open({ store, clock, random, log, schedules: settings.schedules, ran })
  const close = async (): Promise<void> => {
    await history.stop()
    await store.close()
  }
  return ok({ history, store, close })
}

export interface AccountsRead {
  readonly history: History
  readonly engine: Engine
  readonly vault: Vault
  /** Null: the account's venue is not spoken. */
  readonly pastOf: (account: Account) => VenuePast | null
  /** Tells of accounts whose key has changed or is gone. @returns what ends it */
  readonly onKeyChanged: ((listener: (accountId: AccountId) => void) => () => void) | null
}

/** Every active account with a key is read, from now on and as accounts and keys change. @returns what ends it */
export function readAccounts(parts: AccountsRead): () => void {
  const { history, engine, onKeyChanged } = parts
  const read = new Set<AccountId>()
  const match = (): void => matchAccounts(parts, read)
  history.onKeyJudged((accountId, refusal) => noteKey(engine, accountId, refusal))
  match()
  const endKeys = onKeyChanged?.(accountId => {
    // Read with the new key, or not at all without one.
    read.delete(accountId)
    history.remove(accountId)
    match()
  })
  const endWrites = engine.context.durable.add(({ writes }) => {
    if (writes.some(({ kind }) => kind === 'account')) match()
    for (const write of writes) if (write.kind === 'fill') history.touched(write.row.fill.accountId)
  })
  return () => {
    endKeys?.()
    endWrites()
  }
}

/** Told once for as long as it lasts, and when it is over, also when that is after a restart. */
function noteKey(engine: Engine, accountId: AccountId, refusal: string | null): void {
  const { context } = engine
  const code = 'history_paused'
  if (refusal !== null && context.board.has({ code, accountId, instrumentId: null })) return
  const name = engine.roster().accounts.find(({ id }) => id === accountId)?.name ?? accountId
  context.run(turn => {
    if (refusal === null)
      context.over(turn, { code, accountId, text: `The history of account ${name} is read again.` })
    else {
      const text = `The history of account ${name} is not read: the venue does not take its key (${refusal}).`
      context.notice(turn, { code, level: 'warning', accountId, text, action: KEY_ACTION })
    }
  })
}

function matchAccounts({ history, engine, vault, pastOf }: AccountsRead, read: Set<AccountId>): void {
  const accounts = engine
    .roster()
    .accounts.filter(({ kind, status }) => kind === 'venue' && status === 'active')
  const active = new Set(accounts.map(({ id }) => id))
  for (const id of read) {
    if (active.has(id)) continue
    read.delete(id)
    history.remove(id)
  }
  for (const account of accounts) {
    if (read.has(account.id)) continue
    const credential = vault.credential(account)
    const past = credential.ok ? pastOf(account) : null
    if (!credential.ok || past === null) continue
    read.add(account.id)
    history.add(account.id, past.history(credential.value))
  }
}
