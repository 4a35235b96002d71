import type { Order } from '../../../src/domain/order.ts'
import type { Checker, Evidence } from './checker.ts'

/** Beyond the time that a doubt may last untold: for the next look through the orders, and for a slow disk, ms. */
const PATIENCE_MS = 10_000

/** I15: an order that stays in doubt is told to a person. */
export class DoubtsChecker implements Checker {
  readonly #evidence: Evidence
  /** By client order id: since when this process should have told it, our monotonic clock, ms. */
  readonly #dueSince = new Map<string, number>()
  readonly #accused = new Set<string>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  killed(): void {
    this.#dueSince.clear()
  }

  looked(): void {
    const { ledger } = this.#evidence
    const at = this.#evidence.monotonic()
    for (const order of ledger.liveIntents.values()) {
      const id = order.clientOrderId
      const since = this.#dueSince.get(id) ?? at
      if (!this.#isDue(order)) this.#dueSince.delete(id)
      else if (at - since <= PATIENCE_MS) this.#dueSince.set(id, since)
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
