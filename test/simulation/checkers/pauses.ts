import type { LinkState } from '../../../src/domain/link-state.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { Write } from '../../../src/ports/store.ts'
import type { OrderRequest } from '../../../src/ports/venue.ts'
import type { Checker, Evidence } from './checker.ts'

/** I9: what is paused opens nothing: a mode that is not on, the kill switch, a copy that was closed from outside. */
export class PausesChecker implements Checker {
  readonly #evidence: Evidence

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    for (const { kind, row } of unit) {
      if (kind !== 'intent_insert' || row.purpose === 'exit') continue
      if (this.#stateOf(row, unit)?.stopped === true)
        this.#evidence.violate('I9', `${row.clientOrderId} opens what was closed from outside`)
    }
  }

  sent(_account: string, { clientOrderId, purpose }: OrderRequest): void {
    const intent = this.#evidence.ledger.intentOf(clientOrderId)
    const pause = intent === undefined || purpose === 'exit' ? null : this.#pauseOf(intent)
    if (pause !== null) this.#evidence.violate('I9', `${clientOrderId} left while ${pause}`)
  }

  atRest(): void {
    const { ledger, truth, violate } = this.#evidence
    for (const intent of ledger.liveIntents.values()) {
      const { clientOrderId, purpose } = intent
      if (purpose === 'exit' || truth.order(clientOrderId).ended !== null) continue
      if (this.#isFlattened(intent)) violate('I9', `${clientOrderId} rests on a flattened account`)
      const mode = this.#modeOf(intent)
      if (mode !== 'on') violate('I9', `${clientOrderId} rests while the mode is ${mode}`)
    }
  }

  #stateOf({ linkId, instrumentId }: Order, unit: readonly Write[]): LinkState | undefined {
    for (const { kind, row } of unit)
      if (kind === 'link_state' && row.linkId === linkId && row.instrumentId === instrumentId) return row
    return this.#evidence.ledger.linkStates.get(`${linkId}/${instrumentId}`)
  }

  #pauseOf(intent: Order): string | null {
    const { ledger } = this.#evidence
    if (this.#isFlattened(intent)) return 'the account is flattened'
    const strategy = ledger.strategies.get(ledger.links.get(intent.linkId ?? '')?.strategyId ?? '')
    if (strategy?.limits.killSwitch === true) return 'the kill switch is on'
    const mode = this.#modeOf(intent)
    return mode === 'on' ? null : `the mode is ${mode}`
  }

  /** It is what links do that a flatten ends: a person may trade on. */
  #isFlattened({ accountId, linkId }: Order): boolean {
    return linkId !== null && this.#evidence.ledger.flattened.has(accountId)
  }

  #modeOf({ linkId }: Order): string {
    const { ledger } = this.#evidence
    const link = ledger.links.get(linkId ?? '')
    const strategy = ledger.strategies.get(link?.strategyId ?? '')
    const isOff = link?.mode === 'off' || strategy?.mode === 'off'
    if (isOff) return 'off'
    return link?.mode === 'close_only' || strategy?.mode === 'close_only' ? 'close_only' : 'on'
  }
}
