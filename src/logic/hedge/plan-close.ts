import { absolute, add, type Decimal, minimum, sign, ZERO } from '../../domain/decimal.ts'
import { roundQuantity } from '../../domain/instrument.ts'
import { isTerminal, opposite, type Side, sideOf } from '../../domain/order.ts'
import { LEG_NAMES, type LegName, type PairState } from '../../domain/pair.ts'
import type { OrderDraft } from '../holding-view.ts'
import { liveOrders, onTheirWay, restsInTheWay, worstPrice } from './exposure.ts'
import type { HedgePlan, HedgeView, LegOrder, LegView } from './hedge-view.ts'
import { afterEvents } from './phases.ts'
import { takingOrder } from './taking-order.ts'

/** How soon a close that cannot go yet is looked at again. */
const LOOK_AGAIN_MS = 1_000

/** Both legs, or the one that a person wants, back to what they were before the pair: reduce-only, within a bound, and never against one another. */
export function planClosing(view: HedgeView): HedgePlan {
  const { a, state, now } = view
  const cancels = a.orders.filter(({ status, timeInForce }) => timeInForce === 'gtc' && !isTerminal(status))
  const orders = closes(view)
  const isOver = legsOf(state.closingLeg).every(leg => isClosed(view[leg]))
  return {
    state: isOver ? closed(state) : state,
    cancels,
    orders: isOver ? [] : orders,
    wantsLevel: false,
    waitsFor: null,
    wakeAt: isOver ? null : now + LOOK_AGAIN_MS,
  }
}

/** What is being closed goes on being closed: who asks for the other leg meanwhile gets both. */
export function closingLegOf({ phase, closingLeg }: PairState, wanted: LegName | null): LegName | null {
  return phase === 'closing' && closingLeg !== wanted ? null : wanted
}

/** What a close would trade on a leg. */
export interface Close {
  readonly leg: LegName
  readonly side: Side
  /** Base units, > 0. */
  readonly quantity: Decimal
  /** Null: no price is known. */
  readonly worstPrice: Decimal | null
}

/** For who asks before it is done. @param wanted null: both legs */
export function wouldClose(view: HedgeView, wanted: LegName | null): readonly Close[] {
  return legsOf(wanted).flatMap(leg => {
    const quantity = closable(view[leg])
    if (quantity === ZERO) return []
    const side = opposite(sideOf(view[leg].position))
    return [{ leg, side, quantity, worstPrice: closePrice(view, view[leg], side) }]
  })
}

function legsOf(wanted: LegName | null): readonly LegName[] {
  return wanted === null ? LEG_NAMES : [wanted]
}

/** The other leg, where it is not closed, is as unhedged as it was. */
function closed(state: PairState): PairState {
  const pause = state.pause === 'flattened' ? 'flattened' : 'force_closed'
  const unhedgedSince = state.closingLeg === null ? null : state.unhedgedSince
  return { ...state, pause, closingLeg: null, unhedgedSince, phase: afterEvents(state.phase, ['closed']) }
}

/** On one market one leg after the other: two of ours that take at the same time could trade with one another (I8). */
function closes(view: HedgeView): readonly LegOrder[] {
  const { a, b, state } = view
  const isShared = a.instrument.id === b.instrument.id
  const ofA = state.closingLeg === 'b' ? null : closeOf(view, a)
  const orderA: readonly LegOrder[] = ofA === null ? [] : [{ leg: 'a', draft: ofA }]
  const isBusyA = liveOrders(a).some(({ timeInForce }) => timeInForce !== 'gtc')
  if (isShared && (orderA.length > 0 || isBusyA)) return liveOrders(b).length > 0 ? [] : orderA
  const ofB = state.closingLeg === 'a' ? null : closeOf(view, b)
  if (ofB === null || ofB.limitPrice === null) return orderA
  if (restsInTheWay(view, ofB.side, ofB.limitPrice).length > 0) return orderA
  return [...orderA, { leg: 'b', draft: ofB }]
}

/** @returns null where nothing can or need be sent now */
function closeOf(view: HedgeView, leg: LegView): OrderDraft | null {
  if (!leg.canClose || liveOrders(leg).some(({ timeInForce }) => timeInForce !== 'gtc')) return null
  const size = closable(leg)
  if (size === ZERO) return null
  const side = opposite(sideOf(leg.position))
  const limitPrice = closePrice(view, leg, side)
  if (limitPrice === null) return null
  return takingOrder('exit', {
    side,
    quantity: minimum(size, leg.instrument.maximumLimitQuantity),
    limitPrice,
  })
}

/** Null: no price is known, or it is too old. */
function closePrice({ pair }: HedgeView, { instrument, market }: LegView, side: Side): Decimal | null {
  return market === null ? null : worstPrice(instrument, { side, bps: pair.forceCloseSlippageBps, market })
}

/** Size, base units: what the pair holds, at most what the account holds on that side. */
function closable({ instrument, position, held }: LegView): Decimal {
  if (position === ZERO || sign(held) !== sign(position)) return ZERO
  const size = roundQuantity(instrument, minimum(absolute(position), absolute(held)))
  return size < instrument.minimumQuantity ? ZERO : size
}

/** Nothing that can be closed is left, and nothing is on its way. */
function isClosed(leg: LegView): boolean {
  const rest = closable({ ...leg, position: add(leg.position, onTheirWay(leg.orders)) })
  return rest === ZERO && closable(leg) === ZERO && liveOrders(leg).length === 0
}
