import { absolute, add, minimum, sign, ZERO } from '../domain/decimal.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import type { DecisionId } from '../domain/ids.ts'
import { roundQuantity } from '../domain/instrument.ts'
import type { LinkState } from '../domain/link-state.ts'
import { isUnacknowledged, type Order } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { HoldingView, OrderDraft, Settle } from './holding-view.ts'
import { planOpening } from './opening.ts'
import { exitGap, exitsInFlight, openingsInFlight, openingsInTheWay, restingOpenings } from './shortfall.ts'

export interface Settlement {
  readonly decision: DecisionId
  readonly outcome: Outcome
  readonly reason: Reason
}

export interface Plan {
  readonly state: LinkState
  readonly settlements: readonly Settlement[]
  readonly cancels: readonly Order[]
  readonly order: OrderDraft | null
  /** Our clock, ms: when the oldest waiting increase ends; null: nothing waits. */
  readonly wakeAt: number | null
}

/**
 * What to do so that the follower holds what is desired: compared anew each time, whatever woke us.
 *
 * Reductions first and at once; an opening only while one of its increases is still valid.
 */
export function plan(view: HoldingView): Plan {
  const settlements: Settlement[] = []
  const settle = (decisions: readonly Decision[], outcome: Outcome, reason: Reason): void => {
    for (const { id } of decisions) settlements.push({ decision: id, outcome, reason })
  }
  const reductions = view.pending.filter(decision => decision.validUntil === null)
  // A mode that was made stricter holds for what rests already.
  const cancels =
    view.mode === 'on' ? openingsInTheWay(view.state, view.orders) : restingOpenings(view.orders)
  const exit = planExit(view, reductions, settle)
  const opening = planOpening(view, exit !== null, settle)
  return {
    state: opening.state,
    settlements,
    cancels,
    order: exit ?? opening.order,
    wakeAt: opening.wakeAt,
  }
}

function planExit(view: HoldingView, reductions: readonly Decision[], settle: Settle): OrderDraft | null {
  const gap = exitGap(view.state, view.position)
  const fullClose = gap === view.position && gap !== ZERO
  const exits = view.orders.filter(order => order.purpose === 'exit')
  // A doubtful full close may be sent again: reduce-only cannot close more than there is. Of a doubtful
  // part nobody knows how much is left to close.
  const undecided = exits.some(
    order => isUnacknowledged(order.status) && !(fullClose && order.status === 'in_doubt'),
  )
  if (undecided) return null
  const side = gap > 0n ? 'sell' : 'buy'
  const inFlight = exits.filter(order => order.side === side && !(fullClose && order.status === 'in_doubt'))
  const rest = add(gap, exitsInFlight(inFlight))
  const size = sign(rest) === sign(gap) ? roundQuantity(view.instrument, absolute(rest)) : ZERO
  if (size < view.instrument.minimumQuantity || size === ZERO) {
    settleIdleReductions(view, reductions, settle)
    return null
  }
  if (!view.canSend) return null
  return {
    purpose: 'exit',
    side,
    type: 'market',
    timeInForce: 'ioc',
    quantity: minimum(size, roundQuantity(view.instrument, view.instrument.maximumMarketQuantity)),
    limitPrice: null,
    reduceOnly: true,
    collarPrice: null,
    validUntil: null,
    isCut: false,
    decisions: reductions.map(decision => decision.id),
  }
}

/** Nothing to close: below a lot it is carried; a leader that is flat leaves a rest that the venue will not close. */
function settleIdleReductions(view: HoldingView, reductions: readonly Decision[], settle: Settle): void {
  // What an opening may still bring beyond what is desired is theirs to close.
  const opening = openingsInFlight(view.orders)
  const attributed = add(view.state.attributed, opening)
  if (opening !== ZERO && exitGap({ ...view.state, attributed }, attributed) !== ZERO) return
  if (view.state.attributed === ZERO) settle(reductions, 'skipped', 'nothing_to_reduce')
  else if (view.state.desired === ZERO && exitsInFlight(view.orders) === ZERO)
    settle(reductions, 'failed', 'close_refused')
  else settle(reductions, 'carried', 'below_lot')
}
