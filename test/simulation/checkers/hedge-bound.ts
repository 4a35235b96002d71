import type { AuditEntry } from '../../../exchange/core/types.ts'
import { symbolOf } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { Write } from '../../../src/ports/store.ts'
import { larger, signed, signOf, size, smaller, textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { isOver } from './ledger.ts'
import { imbalance, isHedge, isOn, type PairSight, sightOf, smallestOrder, WHOLE_BPS } from './pair-sight.ts'

type Filled = Extract<AuditEntry, { kind: 'filled' }>

/**
 * I8: what was sent for B, less what is proven dead, is never more than A's trades x ratio by more than a lot; what
 * closes cannot open and leaves no B alone; and no order of a pair's one leg trades with one of its other.
 */
export class HedgeBoundChecker implements Checker {
  readonly #evidence: Evidence
  /** By pair: its orders on B that may still trade, or whose trades are not counted yet. */
  readonly #unsettled = new Map<string, Map<string, Order>>()
  /** The last trade, while nothing but ends of orders has followed it. */
  #maker: Filled | null = null

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  /** The maker's half of a trade is written down right before the taker's. */
  audit(entry: AuditEntry): void {
    const maker = this.#maker
    if (entry.kind === 'ended') return
    this.#maker = entry.kind === 'filled' ? entry : null
    if (entry.kind !== 'filled' || maker === null) return
    const isOneTrade =
      maker.symbol === entry.symbol &&
      maker.at === entry.at &&
      maker.price === entry.price &&
      maker.quantity === entry.quantity &&
      maker.side !== entry.side
    if (isOneTrade) this.#compareOwners(maker, entry)
  }

  applied(unit: readonly Write[]): void {
    const { ledger } = this.#evidence
    for (const { kind, row } of unit) {
      if (kind !== 'intent_insert' && kind !== 'intent_update') continue
      const pair = ledger.pairs.get(row.pairId ?? '')
      if (pair !== undefined && isOn(pair.b, row)) this.#keep(pair.id, row)
    }
    for (const { kind, row } of unit) if (kind === 'intent_insert') this.#compare(row)
  }

  #keep(pairId: string, row: Order): void {
    const unsettled = this.#unsettled.get(pairId) ?? new Map<string, Order>()
    this.#unsettled.set(pairId, unsettled)
    if (isOver(row) && row.reportedFilled <= row.filled) unsettled.delete(row.intentId)
    else unsettled.set(row.intentId, row)
  }

  /** With everything that is on its way traded whole, B is no more than a lot beyond what A makes it hold. */
  #compare(order: Order): void {
    const { ledger, exchange, violate } = this.#evidence
    const pair = ledger.pairs.get(order.pairId ?? '')
    if (pair === undefined) return
    if (order.purpose === 'exit' && !order.reduceOnly)
      violate('I8', `${order.clientOrderId} closes a leg of ${pair.name} and could open it the other way`)
    const sight = sightOf(this.#evidence, pair)
    if (sight !== null && order.purpose === 'exit' && isOn(pair.a, order)) this.#compareClose(order, sight)
    if (!isHedge(order, pair) || sight === null) return
    let ofB = sight.b.counted
    for (const each of this.#unsettled.get(pair.id)?.values() ?? []) ofB += signed(each.side, pending(each))
    const beyond = signed(order.side, imbalance(pair, sight.a.counted, ofB))
    const lot = exchange.instruments.get(symbolOf(order.instrumentId))?.lotSize ?? 0n
    if (beyond > lot * WHOLE_BPS)
      violate('I8', `${order.clientOrderId} makes B of ${pair.name} ${textOf(beyond / WHOLE_BPS)} too large`)
  }

  /** While B holds what can be closed, A gives up no more than B does not cover: else B stood alone if it could not follow. */
  #compareClose({ clientOrderId, side, quantity }: Order, { pair, state, a, b }: PairSight): void {
    const { exchange, violate } = this.#evidence
    const [ofA, ofB] = [exchange.instruments.get(a.symbol), exchange.instruments.get(b.symbol)]
    if (state.closingLeg !== null || ofA === undefined || ofB === undefined) return
    const heldByB = b.counted + (state.baseB ?? 0n)
    const closable = signOf(heldByB) === signOf(b.counted) ? smaller(size(b.counted), size(heldByB)) : 0n
    const bound = exchange.rules.minimumsBindReductions
    // What the venue takes no order for cannot be closed, whoever wants it.
    if (closable < (bound ? smallestOrder(exchange, b.symbol) : ofB.minimumQuantity)) return
    const aloneWith = (heldByA: bigint): bigint =>
      imbalance(pair, heldByA, b.counted) * (b.counted < 0n ? -1n : 1n)
    const alone = aloneWith(a.counted + signed(side, quantity))
    const slack = ofA.lotSize * BigInt(pair.ratioBps) + ofB.lotSize * WHOLE_BPS
    if (alone > larger(slack, aloneWith(a.counted)))
      violate('I8', `${clientOrderId} would leave ${textOf(alone / WHOLE_BPS)} of B of ${pair.name} alone`)
  }

  #compareOwners(maker: Filled, taker: Filled): void {
    const { ledger, violate } = this.#evidence
    const [rested, took] = [ledger.intentOf(maker.clientOrderId), ledger.intentOf(taker.clientOrderId)]
    const pair = ledger.pairs.get(rested?.pairId ?? '')
    if (pair === undefined || rested === undefined || took?.pairId !== pair.id) return
    if (isOn(pair.a, rested) === isOn(pair.a, took)) return
    violate('I8', `${maker.clientOrderId} and ${taker.clientOrderId} of ${pair.name} traded with one another`)
  }
}

/** Base units that an order may still bring. */
function pending(order: Order): bigint {
  const { quantity, filled, reportedFilled } = order
  return (isOver(order) ? larger(filled, reportedFilled) : quantity) - filled
}
