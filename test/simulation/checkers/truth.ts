import type { AuditEntry } from '../../../exchange/core/types.ts'
import { amountOf, signed } from './amounts.ts'

type Filled = Extract<AuditEntry, { kind: 'filled' }>

/** What the exchange's own log says of one order of ours. */
export interface OrderTruth {
  received: number
  accepted: number
  /** The venue's clock, ms. */
  acceptedAt: number
  refused: boolean
  /** Null while it can still trade. */
  ended: string | null
  filled: bigint
}

/** The exchange's audit log, read as it is written. */
export class Truth {
  readonly #orders = new Map<string, OrderTruth>()
  /** By account and symbol, signed. */
  readonly positions = new Map<string, bigint>()
  readonly fills = new Map<string, Filled>()

  order(clientOrderId: string): OrderTruth {
    const known = this.#orders.get(clientOrderId)
    if (known !== undefined) return known
    const order = { received: 0, accepted: 0, acceptedAt: 0, refused: false, ended: null, filled: 0n }
    this.#orders.set(clientOrderId, order)
    return order
  }

  position(account: string, symbol: string): bigint {
    return this.positions.get(`${account}/${symbol}`) ?? 0n
  }

  /** What these trades alone make, signed. */
  heldBefore(account: string, symbol: string, isBefore: (entry: Filled) => boolean): bigint {
    let held = 0n
    for (const entry of this.fills.values())
      if (entry.account === account && entry.symbol === symbol && isBefore(entry))
        held += signed(entry.side, amountOf(entry.quantity))
    return held
  }

  add(entry: AuditEntry): void {
    if (entry.kind === 'filled') {
      this.fills.set(`${entry.account}/${entry.symbol}/${entry.tradeId}`, entry)
      const key = `${entry.account}/${entry.symbol}`
      this.positions.set(key, (this.positions.get(key) ?? 0n) + signed(entry.side, amountOf(entry.quantity)))
    }
    if (entry.clientOrderId === '') return
    const order = this.order(entry.clientOrderId)
    if (entry.kind === 'received' && entry.command === 'submit') order.received += 1
    else if (entry.kind === 'accepted') {
      order.accepted += 1
      order.acceptedAt = entry.at
    } else if (entry.kind === 'refused' && entry.command === 'submit') order.refused = true
    else if (entry.kind === 'ended') order.ended = entry.status
    else if (entry.kind === 'filled') order.filled += amountOf(entry.quantity)
  }
}
