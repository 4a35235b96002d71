import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { AccountId } from '../../src/domain/ids.ts'
import type { HistoryStore } from '../../src/ports/history-store.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'
import { closing } from './history-rows.ts'
import { historyStoreContract } from './history-store.ts'
import { id } from './store-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'lockstep-history-'))
let files = 0
const ALICE = id<AccountId>('account', 1)
const ROWS = 20_000
const QUESTIONS = 20

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function opened(path: string): Promise<HistoryStore> {
  const store = await openSqliteHistory({ path, log: SILENT })
  if (!store.ok) throw new Error(store.error.message)
  return store.value
}

historyStoreContract('sqlite', async () => {
  files += 1
  const path = join(folder, `history-${files}.db`)
  let store = await opened(path)
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await opened(path)
      return store
    },
    discard: () => store.close(),
  }
})

test('[HS25] history has a file and a lock of its own: a second process is refused', async () => {
  const path = join(folder, 'locked.db')
  const store = await opened(path)
  const second = await openSqliteHistory({ path, log: SILENT })
  expect(second.ok ? '' : second.error.message).toContain(String(process.pid))
  await store.close()
})

test('[HS75] whoever adds up years of rows keeps nobody who writes waiting', async () => {
  const store = await opened(join(folder, 'busy.db'))
  const found = {
    kind: 'closed_pnl',
    rows: Array.from({ length: ROWS }, (_, index) => closing(index)),
  } as const
  const unit = { accountId: ALICE, coverage: null, job: null }
  expect(await store.commit({ ...unit, found })).toMatchObject({ ok: true })
  const everything = {
    accountIds: [ALICE],
    window: { from: 0, to: Number.MAX_SAFE_INTEGER },
    instrumentId: null,
  }
  let answered = 0
  const sums = Array.from({ length: QUESTIONS }, async () => {
    expect(await store.sums(everything, 'month')).not.toEqual([])
    answered += 1
  })
  // Asked for after all of them: behind them it would come last.
  expect(await store.commit({ ...unit, found: null })).toMatchObject({ ok: true })
  expect(answered).toBeLessThan(QUESTIONS)
  await Promise.all(sums)
  await store.close()
})
