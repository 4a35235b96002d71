import type { Order } from '../../../src/domain/order.ts'
import type { Checker, Evidence } from './checker.ts'

/**
 * Beyond the time that a doubt may last untold: for the next look through the orders, and for a disk that takes seconds
 * for one unit and then for the next. Counted in looks, which nobody takes while the process is stopped.
 */
const PATIENCE_LOOKS = 30

/** I15: an order that stays in doubt is told to a person. */
export class DoubtsChecker implements Checker {
  readonly #evidence: Evidence
  /** By client order id: how often this process was seen to owe it. */
  readonly #owed = new Map<string, number>()
  readonly #accused = new Set<string>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  killed(): void {
    this.#owed.clear()
  }

  looked(): void {
    const { ledger } = this.#evidence
    for (const order of ledger.liveIntents.values()) {
      const id = order.clientOrderId
      const looks = (this.#owed.get(id) ?? 0) + 1
      if (!this.#isDue(order)) this.#owed.delete(id)
      else if (looks <= PATIENCE_LOOKS) this.#owed.set(id, looks)
      else if (!this.#accused.has(id)) {
        this.#accused.add(id)
        this.#evidence.violate('I15', `${id} is in doubt, and nobody was told`)
      }
    }
  }

  #isDue({ status, updatedAt, clientOrderId }: Order): boolean {
    const { ledger, doubtNoticeMs } = this.#evidence
    if (status !== 'in_doubt' || this.#evidence.now() - updatedAt < doubtNoticeMs) return false
    return !ledger.notices.some(({ code, text }) => code === 'order_lost' && text.includes(clientOrderId))
  }
}
