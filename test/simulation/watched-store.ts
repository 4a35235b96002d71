import type { Store, Write } from '../../src/ports/store.ts'

export interface StoreWatch {
  /** Before the store sees the unit: what the engine has decided, durable or not. */
  readonly asked: (unit: readonly Write[]) => void
}

/** The same store, with someone who looks on. */
export function watchedStore(store: Store, { asked }: StoreWatch): Store {
  return {
    load: () => store.load(),
    commit: unit => {
      asked(unit)
      return store.commit(unit)
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
