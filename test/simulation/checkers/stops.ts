import type { LinkState } from '../../../src/domain/link-state.ts'
import type { StoredFill, Write } from '../../../src/ports/store.ts'
import { signOf, size } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'

/**
 * I9: a copy that was closed from outside is not opened again until its leader is flat, by the trades alone.
 *
 * What is desired is the engine's word, and needed: who wanted the position closed anyway is not stopped by it.
 */
export class StopsChecker implements Checker {
  readonly #evidence: Evidence
  /** Signed, by link and instrument: what trades have left of the copy. */
  readonly #copied = new Map<string, bigint>()
  /** Links and instruments that were stopped. */
  readonly #stopped = new Set<string>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    const closed = new Map<string, bigint>()
    for (const { kind, row } of unit) if (kind === 'fill' && row.linkId !== null) this.#count(row, closed)
    for (const { kind, row } of unit) if (kind === 'link_state') this.#release(row)
    for (const { kind, row } of unit) {
      if (kind !== 'intent_insert' || row.purpose === 'exit') continue
      if (this.#stopped.has(`${row.linkId}/${row.instrumentId}`))
        this.#evidence.violate('I9', `${row.clientOrderId} opens again what was closed from outside`)
    }
  }

  /** @param closed from outside within the unit so far, signed, by place */
  #count(stored: StoredFill, closed: Map<string, bigint>): void {
    const { fill, linkId, attributed } = stored
    const place = `${linkId}/${fill.instrumentId}`
    const before = this.#copied.get(place) ?? 0n
    this.#copied.set(place, before + attributed)
    if (!this.#evidence.ledger.isOwners(stored) || attributed === 0n) return
    const outside = (closed.get(place) ?? 0n) + attributed
    closed.set(place, outside)
    const desired = this.#evidence.ledger.linkStates.get(place)?.desired ?? 0n
    const isWanted = desired !== 0n && signOf(desired) === signOf(before)
    // All that there was, or all that was to be kept of it.
    const isGone = before + attributed === 0n || size(outside) >= size(desired)
    if (isWanted && isGone) this.#stopped.add(place)
  }

  /** A leader that goes flat, and be it on the way to the other side, begins anew. */
  #release({ linkId, instrumentId, cursor }: LinkState): void {
    const { ledger, leaderTrades } = this.#evidence
    const place = `${linkId}/${instrumentId}`
    const link = ledger.links.get(linkId)
    const sourceId = ledger.strategies.get(link?.strategyId ?? '')?.sourceId
    if (!this.#stopped.has(place) || link === undefined || sourceId === undefined) return
    const after = ledger.linkStates.get(place)?.cursor ?? link.startSequence
    const trades = leaderTrades.between(sourceId, instrumentId, after, cursor)
    if (trades.some(({ reduced }) => reduced?.to === 0n)) this.#stopped.delete(place)
  }
}
