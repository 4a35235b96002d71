import type { Store, StoreImage, Write } from '../../src/ports/store.ts'

export interface StoreWatch {
  /** Before the store sees the unit: what the engine has decided, durable or not. */
  readonly asked: (unit: readonly Write[]) => void
  /** The store says that the unit is durable. */
  readonly acknowledged: (unit: readonly Write[]) => void
  /** What a start begins with. */
  readonly loaded: (image: StoreImage) => void
  /** A row that must be new exists already. */
  readonly conflict: (message: string) => void
}

/**
 * The same store, with someone who looks on.
 *
 * @param seen holds an answer back until the process can see it
 */
export function watchedStore(
  store: Store,
  { asked, acknowledged, loaded, conflict }: StoreWatch,
  seen: <T>(answer: Promise<T>) => Promise<T>,
): Store {
  return {
    load: async () => {
      const image = await seen(store.load())
      loaded(image)
      return image
    },
    commit: async unit => {
      asked(unit)
      const result = await seen(store.commit(unit))
      if (result.ok) acknowledged(unit)
      // A signal may come again: that it is refused is how it is known.
      const mayBeKnown = unit[0]?.kind === 'signal_insert'
      if (!result.ok && result.error.kind === 'conflict' && !mayBeKnown) conflict(result.error.message)
      return result
    },
    acquireLease: id => seen(store.acquireLease(id)),
    sourceFills: (id, after, limit) => seen(store.sourceFills(id, after, limit)),
    lastSourceSequence: id => seen(store.lastSourceSequence(id)),
    intent: id => seen(store.intent(id)),
    intents: ids => seen(store.intents(ids)),
    intentByClientOrderId: (accountId, id) => seen(store.intentByClientOrderId(accountId, id)),
    knownTrades: (accountId, instrumentId, ids) => seen(store.knownTrades(accountId, instrumentId, ids)),
    decisions: filter => seen(store.decisions(filter)),
    fills: id => seen(store.fills(id)),
    pairFills: filter => seen(store.pairFills(filter)),
    notices: limit => seen(store.notices(limit)),
    directory: () => seen(store.directory()),
    orderPage: filter => seen(store.orderPage(filter)),
    outcomePage: filter => seen(store.outcomePage(filter)),
    noticePage: filter => seen(store.noticePage(filter)),
    roundPage: filter => seen(store.roundPage(filter)),
    signalPage: filter => seen(store.signalPage(filter)),
    auditPage: filter => seen(store.auditPage(filter)),
    auditAfter: (sequence, limit) => seen(store.auditAfter(sequence, limit)),
    pendingSignals: () => seen(store.pendingSignals()),
    signal: (sourceId, externalId) => seen(store.signal(sourceId, externalId)),
    notice: id => seen(store.notice(id)),
    idempotentAnswer: (actor, key) => seen(store.idempotentAnswer(actor, key)),
    forgetAnswers: (before, limit) => seen(store.forgetAnswers(before, limit)),
    close: () => seen(store.close()),
  }
}
