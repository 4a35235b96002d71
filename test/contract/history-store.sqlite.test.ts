import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { HistoryStore } from '../../src/ports/history-store.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'
import { historyStoreContract } from './history-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'lockstep-history-'))
let files = 0

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
