import { absolute, add, type Decimal, maximum, minimum, sign, subtract, ZERO } from '../../domain/decimal.ts'
import { roundQuantity } from '../../domain/instrument.ts'
import { isTerminal, opposite, type Side, sideOf } from '../../domain/order.ts'
import { LEG_NAMES, type LegName, type PairState } from '../../domain/pair.ts'
import type { OrderDraft } from '../holding-view.ts'
import { coveredOf, desiredOf, liveOrders, onTheirWay, pathOf, worstPrice } from './exposure.ts'
import type { HedgePlan, HedgeView, LegOrder, LegView } from './hedge-view.ts'
import { afterEvents } from './phases.ts'
import { takingOrder } from './taking-order.ts'

/** How soon a close that cannot go yet is looked at again. */
const LOOK_AGAIN_MS = 1_000

const CANNOT_CLOSE =
  'A leg cannot be closed now: its session or its price is missing, or the venue refused. It is tried again.'

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
    waitsFor: isOver || orders.length > 0 || isTaking(a) || isTaking(view.b) ? null : CANNOT_CLOSE,
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

/**
 * B first, as much as there is; A follows what B covers no more. A leg whose other one cannot be closed gives up only
 * what that one does not cover: what is hedged stays hedged until both can go.
 *
 * On one market one leg after the other: two of ours at the same time could trade with one another (I8).
 */
function closes(view: HedgeView): readonly LegOrder[] {
  const { a, b, state } = view
  const sizes = sizesToClose(view)
  const ofA = state.closingLeg === 'b' ? null : closeOf(view, a, sizes.a)
  const orderA: readonly LegOrder[] = ofA === null ? [] : [{ leg: 'a', draft: ofA }]
  const isShared = a.instrument.id === b.instrument.id
  if (isShared && (orderA.length > 0 || isTaking(a))) return liveOrders(b).length > 0 ? [] : orderA
  const ofB = state.closingLeg === 'a' ? null : closeOf(view, b, sizes.b)
  return ofB === null ? orderA : [...orderA, { leg: 'b', draft: ofB }]
}

/** Base units, of each leg: what may be closed of it now. */
function sizesToClose({ pair, state, a, b }: HedgeView): Readonly<Record<LegName, Decimal>> {
  const whole = { a: closable(a), b: closable(b) }
  if (state.closingLeg !== null) return whole
  // What is too little to be closed covers nothing.
  const heldB = canClose(b) && whole.b === ZERO && !isTaking(b) ? ZERO : b.position
  return {
    a: minimum(whole.a, beyond(a, coveredOf(pair, heldB))),
    b: canClose(a) || whole.a === ZERO ? whole.b : minimum(whole.b, beyond(b, desiredOf(pair, a.position))),
  }
}

/** What a leg holds more than the other one covers, base units, rounded to the lot. */
function beyond({ instrument, position, unclosable }: LegView, covered: Decimal): Decimal {
  if (position === ZERO) return ZERO
  const size = absolute(position)
  const rest = sign(covered) === sign(position) ? subtract(size, absolute(covered)) : size
  const rounded = roundQuantity(instrument, maximum(rest, ZERO))
  return rounded < instrument.minimumQuantity || rounded <= unclosable ? ZERO : rounded
}

function canClose({ canClose: isReady, market }: LegView): boolean {
  return isReady && market !== null
}

/** A close or hedge of it is on its way. */
function isTaking(leg: LegView): boolean {
  return liveOrders(leg).some(({ timeInForce }) => timeInForce !== 'gtc')
}

/** @returns null where nothing can or need be sent now */
function closeOf(view: HedgeView, leg: LegView, size: Decimal): OrderDraft | null {
  if (!leg.canClose || isTaking(leg) || size === ZERO) return null
  const side = opposite(sideOf(leg.position))
  const worst = closePrice(view, leg, side)
  if (worst === null) return null
  const { limitPrice } = pathOf(view, leg, { side, worst })
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

/**
 * Size, base units: what the pair holds, at most what the account holds on that side. 0 as well for what the venue takes
 * no order for: whether a minimum notional binds what only reduces is for the venue to say, so one is tried.
 */
function closable({ instrument, position, held, unclosable }: LegView): Decimal {
  if (position === ZERO || sign(held) !== sign(position)) return ZERO
  const size = roundQuantity(instrument, minimum(absolute(position), absolute(held)))
  return size < instrument.minimumQuantity || size <= unclosable ? ZERO : size
}

/** Nothing that can be closed is left, and nothing is on its way. */
function isClosed(leg: LegView): boolean {
  const rest = closable({ ...leg, position: add(leg.position, onTheirWay(leg.orders)) })
  return rest === ZERO && closable(leg) === ZERO && liveOrders(leg).length === 0
}
