import type { StoreImage, Write } from '../../../src/ports/store.ts'
import type { Checker, Evidence } from './checker.ts'
import { isOver, type Ledger } from './ledger.ts'

/**
 * I11, as far as copying goes: what was acknowledged as durable is there after any crash.
 *
 * That it is acted on once is what I1 and I5 say; the signal that copying acts on is its leader's fill.
 */
export class DurabilityChecker implements Checker {
  readonly #evidence: Evidence

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  acknowledged(unit: readonly Write[]): void {
    for (const write of unit)
      if (!isThere(this.#evidence.ledger, write))
        this.#evidence.violate('I11', `a ${write.kind} was acknowledged and is not durable`)
  }

  loaded(image: StoreImage): void {
    const { ledger } = this.#evidence
    const intents = new Set(image.intents.map(({ intentId, status }) => `${intentId} ${status}`))
    for (const { intentId, status } of ledger.liveIntents.values())
      if (!intents.has(`${intentId} ${status}`)) this.#missing(`intent that is ${status}`)
    const decisions = new Set(image.decisions)
    for (const row of ledger.decisions.values())
      if (row.status !== 'done' && !decisions.has(row)) this.#missing('decision')
    const states = new Set(image.linkStates)
    for (const row of ledger.linkStates.values()) if (!states.has(row)) this.#missing('state of a link')
    const positions = new Set(image.positions)
    for (const row of ledger.positions.values()) if (!positions.has(row)) this.#missing('position')
  }

  #missing(what: string): void {
    this.#evidence.violate('I11', `a durable ${what} was not found at the next start`)
  }
}

function isThere(ledger: Ledger, write: Write): boolean {
  switch (write.kind) {
    case 'intent_insert':
    case 'intent_update': {
      const known = ledger.intents.get(write.row.intentId)
      return known !== undefined && (!isOver(write.row) || isOver(known))
    }
    case 'decision':
      return ledger.decisions.has(write.row.id)
    case 'signal_insert':
      return ledger.signals.has(write.row.id)
    case 'fill': {
      const { accountId, instrumentId, tradeId } = write.row.fill
      return ledger.fills.has(`${accountId}/${instrumentId}/${tradeId}`)
    }
    default:
      return true
  }
}
