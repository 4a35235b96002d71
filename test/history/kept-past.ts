import { HISTORY_KINDS } from '../../src/domain/history.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'
import type { KeptPast, PastRow } from '../simulation/checkers/past.ts'
import { keptRows } from '../simulation/checkers/past-rows.ts'

const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER }
const EVERY_ROW = 10_000_000

/** What a server that has ended left in its file of history, by account. */
export async function readKeptPast(
  path: string,
  accountIds: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, KeptPast>> {
  const opened = await openSqliteHistory({ path, log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  const store = opened.value
  try {
    const all = await store.coverage()
    const kept = new Map<AccountId, KeptPast>()
    for (const accountId of accountIds) {
      const rows: PastRow[] = []
      for (const kind of HISTORY_KINDS)
        for (const row of keptRows(await store.rows({ accountId, kind, window: ALWAYS }, EVERY_ROW)))
          rows.push(row)
      const own = all.filter(each => each.accountId === accountId)
      kept.set(accountId, { rows, coverage: new Map(own.map(({ kind, intervals }) => [kind, intervals])) })
    }
    return kept
  } finally {
    await store.close()
  }
}
