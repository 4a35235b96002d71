import type { VenueRules } from '../../../exchange/core/rules.ts'
import type { AuditEntry } from '../../../exchange/core/types.ts'
import { amountOf, signed, signOf } from './amounts.ts'

type Filled = Extract<AuditEntry, { kind: 'filled' }>
type Received = Extract<AuditEntry, { kind: 'received' }>

/** What the exchange's own log says of one order of ours. */
export interface OrderTruth {
  received: number
  accepted: number
  /** The venue's clock, ms. */
  acceptedAt: number
  refused: boolean
  /** It was taken and could reduce nothing, at a venue that says nothing more of such an order: as if it had not been taken. */
  vanished: boolean
  /** Null while it can still trade. */
  ended: string | null
  filled: bigint
}

/** The exchange's audit log, read as it is written. */
export class Truth {
  readonly #rules: Pick<VenueRules, 'reduceOnlyInVain'>
  /** The order that arrived last: what becomes of it at once stands right behind it. */
  #arrived: Received | null = null
  readonly #orders = new Map<string, OrderTruth>()
  /** By account and symbol, signed. */
  readonly positions = new Map<string, bigint>()
  readonly fills = new Map<string, Filled>()

  constructor(rules: Pick<VenueRules, 'reduceOnlyInVain'>) {
    this.#rules = rules
  }

  order(clientOrderId: string): OrderTruth {
    const known = this.#orders.get(clientOrderId)
    if (known !== undefined) return known
    const order = {
      ...{ received: 0, accepted: 0, acceptedAt: 0, filled: 0n },
      ...{ refused: false, vanished: false, ended: null },
    }
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
    if (entry.kind === 'received' && entry.command === 'submit') this.#arrived = entry
    if (entry.clientOrderId === '') return
    const order = this.order(entry.clientOrderId)
    if (entry.kind === 'received' && entry.command === 'submit') order.received += 1
    else if (entry.kind === 'accepted') {
      order.accepted += 1
      order.acceptedAt = entry.at
      order.vanished = this.#isInVain(entry.clientOrderId)
    } else if (entry.kind === 'refused' && entry.command === 'submit') order.refused = true
    else if (entry.kind === 'ended') order.ended = entry.status
    else if (entry.kind === 'filled') order.filled += amountOf(entry.quantity)
  }

  /** By what the account holds as its trades make it, in the moment in which the order is taken. */
  #isInVain(clientOrderId: string): boolean {
    const order = this.#arrived
    if (this.#rules.reduceOnlyInVain !== 'vanish' || order?.clientOrderId !== clientOrderId) return false
    const held = signOf(this.position(order.account, order.symbol))
    return order.reduceOnly && held !== -signOf(signed(order.side, 1n))
  }
}
