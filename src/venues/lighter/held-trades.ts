import type { Cancel, Clock } from '../../ports/clock.ts'
import type { VenueReport } from '../../ports/venue.ts'
import { isSized, withSize } from './executions.ts'
import type { KnownOrders } from './known-orders.ts'
import { MAXIMUM_HELD_TRADES, ORDER_WAIT_MS } from './limits.ts'
import { malformed } from './parse/frame.ts'
import type { TradeRow } from './parse/trade.ts'

interface Held {
  readonly fill: TradeRow['fill']
  readonly cancel: Cancel
}

/**
 * Trades whose order is not known yet: a leader's fixed size is shared out by the size of his order, which the trade
 * does not carry, and a part that counted as the whole would be copied too large. Own orders are known before they
 * are sent, so their trades never wait; where nobody copies the account, no trade does.
 */
export class HeldTrades {
  readonly #clock: Clock
  readonly #known: KnownOrders
  readonly #isSizeNeeded: () => boolean
  readonly #report: (reports: readonly VenueReport[]) => void
  #held: readonly Held[] = []

  constructor(options: {
    readonly clock: Clock
    readonly known: KnownOrders
    /** Asked for every trade: an account may be copied from now on. */
    readonly isSizeNeeded: () => boolean
    readonly report: (reports: readonly VenueReport[]) => void
  }) {
    this.#clock = options.clock
    this.#known = options.known
    this.#isSizeNeeded = options.isSizeNeeded
    this.#report = options.report
  }

  /** @returns false: too many are held already */
  take(fill: TradeRow['fill']): boolean {
    if (isSized(fill, this.#known) || !this.#isSizeNeeded()) {
      this.#report([{ kind: 'fill', fill: withSize(fill, this.#known, [fill]) }])
      return true
    }
    if (this.#held.length >= MAXIMUM_HELD_TRADES) return false
    const held: Held = { fill, cancel: this.#clock.after(ORDER_WAIT_MS, () => this.#giveUp(held)) }
    this.#held = [...this.#held, held]
    return true
  }

  /** Lets go of those whose order has been told of since. */
  release(): void {
    const { known, rest } = this.#split()
    if (known.length === 0) return
    this.#held = rest
    for (const { cancel } of known) cancel()
    this.#report(known.map(({ fill }) => ({ kind: 'fill', fill: withSize(fill, this.#known, [fill]) })))
  }

  clear(): void {
    for (const { cancel } of this.#held) cancel()
    this.#held = []
  }

  #split(): { readonly known: readonly Held[]; readonly rest: readonly Held[] } {
    const known = this.#held.filter(({ fill }) => isSized(fill, this.#known))
    return { known, rest: this.#held.filter(each => !known.includes(each)) }
  }

  /** The trades are read anew then, together with their orders. */
  #giveUp(held: Held): void {
    this.#held = this.#held.filter(each => each !== held)
    const { tradeId, venueOrderId } = held.fill
    this.#report([malformed('account_all_trades', `trade ${tradeId} came without its order ${venueOrderId}`)])
  }
}
