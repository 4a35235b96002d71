import { absolute, add, type Decimal, minimum, negate, sign, subtract, ZERO } from '../domain/decimal.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import { roundLimitPrice, roundQuantity, tradableQuantity } from '../domain/instrument.ts'
import type { LinkState } from '../domain/link-state.ts'
import { isUnacknowledged, sideOf } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import { entryTerms, isDrifted, tighter } from './entry.ts'
import type { HoldingView, OrderDraft, Settle } from './holding-view.ts'
import { exitGap, forgoWaiting, isOpposed, openingGap, openingsInFlight, writeDown } from './shortfall.ts'

export interface OpeningPlan {
  readonly state: LinkState
  readonly order: OrderDraft | null
  readonly wakeAt: number | null
}

/**
 * What becomes of the increases that wait: an order now, more waiting, or their end.
 *
 * @param exiting an exit is planned in the same breath: nothing is opened before it is done
 */
export function planOpening(view: HoldingView, exiting: boolean, settle: Settle): OpeningPlan {
  const all = view.pending.filter(decision => decision.validUntil !== null)
  const direction = sign(view.state.desired)
  const [replaced, wanted] = partition(all, ({ wanted }) => wanted === ZERO || sign(wanted) !== direction)
  settle(replaced, 'forgone', view.state.stopped ? 'no_reentry' : 'replaced')
  if (view.mode !== 'on') return stopOpening(view, wanted, settle)
  const { valid, state: withoutLate } = dropLate(view, wanted, settle)
  const wakeAt = valid.length === 0 ? null : Math.min(...valid.map(validUntilOf))
  if (isHeldFast(view, withoutLate)) {
    settle(valid, 'skipped', 'other_side_held')
    return { state: forgoWaiting(withoutLate, sumOf(valid)), order: null, wakeAt: null }
  }
  if (exiting || isInTheWay(view, withoutLate)) return { state: withoutLate, order: null, wakeAt }
  const state = forgoUnowned(view, withoutLate, valid)
  const gap = openingGap(state, view.orders)
  const wait = { state, order: null, wakeAt }
  if (valid.length === 0) return wait
  if (gap === ZERO) {
    // An opening on its way that may be more than is desired by now: what it leaves undone is still wanted.
    if (openingsInFlight(view.orders) !== ZERO) return wait
    settle(valid, 'forgone', 'replaced')
    return { state, order: null, wakeAt: null }
  }
  return waits(view) ? wait : openNow({ ...view, state }, gap, valid, settle)
}

/** The mode was made stricter while increases waited: they end as if it had been so when they came. */
function stopOpening(view: HoldingView, wanted: readonly Decision[], settle: Settle): OpeningPlan {
  const isOff = view.mode === 'off'
  settle(wanted, 'skipped', isOff ? 'mode_off' : 'mode_close_only')
  const state = forgoWaiting(view.state, sumOf(wanted))
  // Off stays where it is, whatever its leader does: what was only carried would be bought with something else.
  const kept = isOff ? writeDown(state, view.orders, absolute(state.desired)) : state
  return { state: kept, order: null, wakeAt: null }
}

/**
 * Forgoes what is missing and no valid increase stands behind: orders that came to nothing after their
 * increase had shrunk or ended leave it. What is only carried, below what the venue trades, stays.
 */
function forgoUnowned(view: HoldingView, state: LinkState, valid: readonly Decision[]): LinkState {
  const missing = absolute(openingGap(state, view.orders))
  const owned = sumOf(valid)
  if (missing <= owned || view.market === null) return state
  const unowned = subtract(missing, owned)
  const isCarried = tradableQuantity(view.instrument, unowned, view.market.mark) === ZERO
  // All of it: what is left below a lot would round the next increase up by what nobody decided.
  return isCarried ? state : writeDown(state, view.orders, unowned)
}

/** The other side is held and nothing can close it: trades of the owner's own net it away on the venue. */
function isHeldFast(view: HoldingView, state: LinkState): boolean {
  return isOtherSideHeld(state) && exitGap(state, view.position) === ZERO && view.orders.length === 0
}

function isOtherSideHeld({ attributed, desired }: LinkState): boolean {
  return attributed !== ZERO && sign(attributed) === -sign(desired)
}

/** The other side is still held or may still be bought, or less is about to be held than we count. */
function isInTheWay(view: HoldingView, state: LinkState): boolean {
  return (
    exitGap(state, view.position) !== ZERO ||
    isOtherSideHeld(state) ||
    isOpposed(state, view.orders) ||
    view.orders.some(order => order.purpose === 'exit')
  )
}

/** An opening in flight, or unknown circumstances: the increases keep their place until they are too old. */
function waits(view: HoldingView): boolean {
  if (!view.canSend || !view.canOpen || view.market === null || !view.leverageSet) return true
  return view.orders.some(order => isUnacknowledged(order.status))
}

function openNow(view: HoldingView, gap: Decimal, valid: readonly Decision[], settle: Settle): OpeningPlan {
  const { instrument, market, state } = view
  const forgo = (outcome: Outcome, reason: Reason): OpeningPlan => {
    settle(valid, outcome, reason)
    return { state: forgoWaiting(state, sumOf(valid)), order: null, wakeAt: null }
  }
  if (market === null) return forgo('skipped', 'market_stale')
  if (instrument.status !== 'trading') return forgo('skipped', 'symbol_closed')
  const side = sideOf(gap)
  const terms = entryTerms({
    entry: view.entry,
    maxDriftBps: view.maxDriftBps,
    side,
    instrument,
    market,
    decisions: valid,
  })
  const whole = tradableQuantity(instrument, gap, terms.expectedPrice)
  if (whole === ZERO) {
    // Carried: part of desired, bought with the next increase, at that one's price and time.
    settle(valid, 'carried', 'below_lot')
    return { state, order: null, wakeAt: null }
  }
  if (isDrifted(terms, market, side)) return forgo('forgone', 'drifted')
  if (view.maximumOpenOrdersReached) return forgo('skipped', 'risk_open_orders')
  const quantity = minimum(absolute(whole), roundQuantity(instrument, terms.maximumQuantity))
  const verdict = view.assess({
    instrumentId: instrument.id,
    side,
    quantity,
    expectedPrice: terms.expectedPrice,
    mark: market.mark,
  })
  if (!verdict.approved) {
    if (verdict.waits === true) return { state, order: null, wakeAt: Math.min(...valid.map(validUntilOf)) }
    return forgo('skipped', verdict.reason)
  }
  const over = subtract(absolute(whole), quantity)
  // The venue holds the collar too, where the order has a limit.
  const collar = roundLimitPrice(instrument, side, verdict.collarPrice)
  const limitPrice = terms.limitPrice === null ? null : tighter(side, terms.limitPrice, collar)
  return {
    state: over === ZERO ? state : writeDown(state, view.orders, over),
    order: {
      purpose: 'entry',
      side,
      type: terms.type,
      timeInForce: terms.timeInForce,
      quantity,
      limitPrice,
      reduceOnly: false,
      collarPrice: limitPrice ?? verdict.collarPrice,
      validUntil: Math.min(...valid.map(validUntilOf)),
      isCut: over !== ZERO,
      decisions: valid.map(decision => decision.id),
    },
    wakeAt: null,
  }
}

/** Forgoes the increases whose time is over, and says what they waited for. */
function dropLate(
  view: HoldingView,
  pending: readonly Decision[],
  settle: Settle,
): { readonly valid: readonly Decision[]; readonly state: LinkState } {
  const late = pending.filter(decision => validUntilOf(decision) < view.now)
  if (late.length === 0) return { valid: pending, state: view.state }
  settle(late, 'forgone', lateReason(view))
  const valid = pending.filter(decision => !late.includes(decision))
  return { valid, state: forgoWaiting(view.state, sumOf(late)) }
}

function lateReason(view: HoldingView): Reason {
  if (view.orders.some(order => order.status === 'in_doubt')) return 'order_lost'
  if (!view.canSend) return 'account_offline'
  return view.market === null ? 'market_stale' : 'stale'
}

function partition<T>(
  items: readonly T[],
  test: (item: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [items.filter(test), items.filter(item => !test(item))]
}

function validUntilOf(decision: Decision): number {
  return decision.validUntil ?? Number.POSITIVE_INFINITY
}

/** What these increases added to desired, as a size. */
function sumOf(decisions: readonly Decision[]): Decimal {
  let total: Decimal = ZERO
  for (const decision of decisions) total = add(total, decision.wanted)
  return total < 0n ? negate(total) : total
}
