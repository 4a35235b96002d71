import type { ExchangeOrder, OrderCommand, Refusal } from '../../exchange/core/types.ts'
import { ZERO } from '../../src/domain/decimal.ts'
import { symbolOf } from '../../src/domain/ids.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { OrderRequest, VenueError } from '../../src/ports/venue.ts'
import type { Fault, FaultTarget } from './fault-kinds.ts'
import type { VenueHost } from './venue-host.ts'
import { orderReport, refusalReason } from './venue-rows.ts'

/** Refusals that a disturbance stands behind. */
const CAUSES: Partial<Record<Refusal, Fault>> = {
  maintenance: 'underMaintenance',
  symbol_closed: 'symbolHalted',
  position_index_mismatch: 'wrongPositionMode',
  insufficient_balance: 'tooPoor',
}

/** A no of the venue. */
export interface DeskRefusal {
  readonly error: VenueError
  /** What the exchange said, where the venue may first say yes; null: it says no at once. */
  readonly behindYes: Refusal | null
}

/** Orders of one account that have arrived at the venue. */
export class OrderDesk {
  readonly #account: string
  readonly #host: VenueHost

  constructor(account: string, host: VenueHost) {
    this.#account = account
    this.#host = host
  }

  place(order: OrderRequest): Result<ExchangeOrder, DeskRefusal> {
    const { faults, kind, onlyReducing } = this.#host
    const target = this.#of(order)
    if (onlyReducing.has(this.#account) && !order.reduceOnly) {
      faults.note('onlyReducing', target)
      const error: VenueError = {
        kind: 'refused',
        reason: 'other',
        code: '110023',
        message: 'only reducing',
      }
      return err({ error, behindYes: null })
    }
    const result = this.#host.act((exchange, at) => exchange.submit(this.#account, commandOf(order), at))
    if (result.ok) {
      if (kind.rules.reduceOnlyInVain === 'vanish' && result.value.reason === 'reduce_only')
        faults.note('vanished', target)
      return result
    }
    if (result.error === 'duplicate_client_order_id')
      return err({ error: refused(result.error), behindYes: null })
    const cause = CAUSES[result.error]
    if (cause !== undefined) faults.note(cause, target)
    return err({ error: refused(result.error), behindYes: result.error })
  }

  /** As Bybit does it: an order that is refused may first be taken, and then told as rejected. */
  placeOrTell(order: OrderRequest): Result<ExchangeOrder, VenueError> {
    const { faults, history, kind } = this.#host
    const placed = this.place(order)
    if (placed.ok) return placed
    const { error, behindYes } = placed.error
    if (behindYes === null || !faults.hit('refusedByReport', this.#of(order))) return err(error)
    const rejected = this.#rejected(order, behindYes)
    history.addRefused(rejected)
    const report = orderReport(kind.capability.venue, rejected)
    this.#host.push(this.#account, [{ kind: 'order', report }])
    return ok(rejected)
  }

  #rejected(order: OrderRequest, reason: Refusal): ExchangeOrder {
    const at = this.#host.now()
    return {
      ...commandOf(order),
      account: this.#account,
      positionIndex: 0,
      origin: 'user',
      condition: null,
      stops: null,
      orderId: `refused-${order.clientOrderId}`,
      status: 'rejected',
      filled: ZERO,
      filledNotional: ZERO,
      fee: ZERO,
      closedPnl: ZERO,
      reason,
      createdAt: at,
      updatedAt: at,
    }
  }

  #of({ clientOrderId }: OrderRequest): FaultTarget {
    return { account: this.#account, clientOrderId }
  }
}

function commandOf(order: OrderRequest): OrderCommand {
  return {
    symbol: symbolOf(order.instrumentId),
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: false,
    reduceOnly: order.reduceOnly,
    quantity: order.quantity,
    limitPrice: order.limitPrice,
    clientOrderId: order.clientOrderId,
  }
}

export function refused(refusal: Refusal): VenueError {
  return { kind: 'refused', reason: refusalReason(refusal), code: refusal, message: refusal }
}
