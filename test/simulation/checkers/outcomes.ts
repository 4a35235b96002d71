import type { Write } from '../../../src/ports/store.ts'
import { textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'

/** I5: an outcome says what happened: copied is an order that the exchange has filled whole. */
export class OutcomesChecker implements Checker {
  readonly #evidence: Evidence

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    const { ledger, truth, violate } = this.#evidence
    for (const { kind, row } of unit) {
      if (kind !== 'decision' || row.outcome !== 'copied' || row.intentId === null) continue
      const intent = ledger.intents.get(row.intentId)
      if (intent === undefined) continue
      const { filled } = truth.order(intent.clientOrderId)
      if (filled < intent.quantity)
        violate(
          'I5',
          `${row.id} is told as copied with ${textOf(filled)} of ${textOf(intent.quantity)} filled`,
        )
    }
  }
}
