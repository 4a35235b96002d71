import { systemClock } from '../../src/ops/system-clock.ts'
import { MemoryHistory } from '../../src/store/history/memory.ts'
import { historyStoreContract } from './history-store.ts'

historyStoreContract('memory', async () => {
  const store = new MemoryHistory(systemClock())
  return { store, reopen: async () => store, discard: () => store.close() }
})
