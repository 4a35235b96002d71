import type { StoredFill, Write } from '../../../src/ports/store.ts'
import { signed, signOf, size } from './amounts.ts'
import type { Ledger } from './ledger.ts'

/** One fill of a leader, and what it did to the leader's own position: a flip reduces, then increases. */
export interface LeaderTrade {
  readonly sequence: number
  readonly instrumentId: string
  /** The venue's clock, ms. */
  readonly at: number
  readonly fillPrice: bigint
  readonly orderQuantity: bigint
  /** Signed, before and after; null when nothing was reduced. */
  readonly reduced: { readonly from: bigint; readonly to: bigint } | null
  /** Signed; 0 when nothing was added. */
  readonly added: bigint
}

/** Every leader's durable fills, each replayed by itself: a leader may be flat and open again within one unit. */
export class LeaderTrades {
  /** By source, in its own order. */
  readonly #trades = new Map<string, LeaderTrade[]>()
  /** By source and instrument, signed. */
  readonly #positions = new Map<string, bigint>()

  /** @param ledger as it is before the unit */
  take(unit: readonly Write[], ledger: Ledger): void {
    for (const { kind, row } of unit) if (kind === 'fill' && row.sourceId !== null) this.#add(row, ledger)
  }

  /** @param after a sequence, not included @param to included */
  between(sourceId: string, instrumentId: string, after: number, to: number): readonly LeaderTrade[] {
    const found: LeaderTrade[] = []
    const trades = this.#trades.get(sourceId) ?? []
    // The sequence counts from 1; where one is missing, another checker says so.
    for (const trade of trades.slice(Math.max(0, after), to))
      if (trade.instrumentId === instrumentId) found.push(trade)
    return found
  }

  #add({ fill, sourceId, sourceSequence }: StoredFill, ledger: Ledger): void {
    const { accountId, instrumentId, at, fillPrice } = fill
    const place = `${sourceId}/${instrumentId}`
    const opening = ledger.positions.get(`${accountId}/${instrumentId}`)?.openingQuantity ?? 0n
    const from = this.#positions.get(place) ?? opening
    const traded = signed(fill.side, fill.quantity)
    const total = from + traded
    this.#positions.set(place, total)
    const isAgainst = signOf(from) === -signOf(traded)
    const isFlip = isAgainst && size(traded) > size(from)
    const reduced = isAgainst ? { from, to: isFlip ? 0n : total } : null
    const added = isFlip ? total : isAgainst ? 0n : traded
    const orderQuantity = fill.orderQuantity > fill.quantity ? fill.orderQuantity : fill.quantity
    const sequence = sourceSequence ?? 0
    const trades = this.#trades.get(sourceId ?? '') ?? []
    this.#trades.set(sourceId ?? '', trades)
    trades.push({ sequence, instrumentId, at, fillPrice, orderQuantity, reduced, added })
  }
}
