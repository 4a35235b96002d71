import type { Store, Write } from '../../src/ports/store.ts'

export interface StoreWatch {
  /** Before the store sees the unit: what the engine has decided, durable or not. */
  readonly asked: (unit: readonly Write[]) => void
  /** A row that must be new exists already. */
  readonly conflict: (message: string) => void
}

/** The same store, with someone who looks on. */
export function watchedStore(store: Store, { asked, conflict }: StoreWatch): Store {
  return {
    load: () => store.load(),
    commit: async unit => {
      asked(unit)
      const result = await store.commit(unit)
      if (!result.ok && result.error.kind === 'conflict') conflict(result.error.message)
      return result
    },
    acquireLease: id => store.acquireLease(id),
    sourceFills: (id, after, limit) => store.sourceFills(id, after, limit),
    lastSourceSequence: id => store.lastSourceSequence(id),
    intent: id => store.intent(id),
    intentByClientOrderId: (accountId, id) => store.intentByClientOrderId(accountId, id),
    knownTrades: (accountId, instrumentId, ids) => store.knownTrades(accountId, instrumentId, ids),
    decisions: filter => store.decisions(filter),
    fills: id => store.fills(id),
    notices: limit => store.notices(limit),
    close: () => store.close(),
  }
}
