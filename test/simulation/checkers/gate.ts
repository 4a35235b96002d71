import type { Pair } from '../../../src/domain/pair.ts'
import type { OrderRequest } from '../../../src/ports/venue.ts'
import { signed, size, textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { imbalance, isBeyond, isQuote, type PairSight, sightOf, WHOLE_BPS } from './pair-sight.ts'

/**
 * I6: no order of A that can make more unhedged leaves while what is durable says that too much is.
 *
 * One allowance: a process that was taken over may send what it had made durable before, within its claim (I13); what
 * has become durable since it cannot know.
 */
export class GateChecker implements Checker {
  readonly #evidence: Evidence

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  sent(_account: string, { clientOrderId }: OrderRequest): void {
    const { ledger, violate } = this.#evidence
    const order = ledger.intentOf(clientOrderId)
    const pair = ledger.pairs.get(order?.pairId ?? '')
    if (order === undefined || pair === undefined || !isQuote(order, pair)) return
    if (this.#evidence.isFormers(order.intentId)) return
    const sight = sightOf(this.#evidence, pair)
    if (sight === null) {
      violate('I6', `${clientOrderId} left before its pair had begun`)
      return
    }
    const before = unhedged(pair, sight, 0n)
    const after = unhedged(pair, sight, signed(order.side, order.quantity))
    if (isBeyond(pair, before) && size(after) > size(before))
      violate('I6', `${clientOrderId} left while ${textOf(before / WHOLE_BPS)} of ${pair.name} was unhedged`)
  }
}

function unhedged(pair: Pair, { a, b }: PairSight, more: bigint): bigint {
  return imbalance(pair, a.counted + more, b.counted)
}
