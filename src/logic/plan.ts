import { absolute, add, type Decimal, minimum, negate, sign, subtract, ZERO } from '../domain/decimal.ts'
import type { Decision, Outcome } from '../domain/decision.ts'
import type { DecisionId } from '../domain/ids.ts'
import { type Instrument, roundLimitPrice, roundQuantity, tradableQuantity } from '../domain/instrument.ts'
import type { LinkState } from '../domain/link-state.ts'
import {
  isUnacknowledged,
  type Order,
  type OrderType,
  type Purpose,
  type Side,
  sideOf,
  type TimeInForce,
} from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { EntryStyle, Mode } from '../domain/strategy.ts'
import { entryTerms, isDrifted, type MarketPrices, tighter } from './entry.ts'
import type { Proposal, RiskVerdict } from './risk.ts'
import {
  exitGap,
  exitsInFlight,
  forgoWaiting,
  isOpposed,
  openingGap,
  openingsInFlight,
  openingsInTheWay,
  writeDown,
} from './shortfall.ts'

/** One link's place on one account and instrument, as far as a plan must know it. */
export interface HoldingView {
  readonly instrument: Instrument
  /** The stricter of link and strategy: it may have changed since an increase began to wait. */
  readonly mode: Mode
  readonly state: LinkState
  /** The venue's signed position by our count, base units. */
  readonly position: Decimal
  /** Live orders, and done ones whose trades are still on their way. */
  readonly orders: readonly Order[]
  /** Decisions that want an order, oldest first. */
  readonly pending: readonly Decision[]
  readonly entry: EntryStyle
  readonly maxDriftBps: number | null
  readonly maximumOpenOrdersReached: boolean
  /** Null: unknown or too old; openings wait. */
  readonly market: MarketPrices | null
  /** The account can take an order now: session live, clock known, no backing off. */
  readonly canSend: boolean
  /** Leverage stands as wanted on the venue; openings wait until it does. */
  readonly leverageSet: boolean
  readonly assess: (proposal: Proposal) => RiskVerdict
  /** Our clock, ms. */
  readonly now: number
}

export interface OrderDraft {
  readonly purpose: Purpose
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly reduceOnly: boolean
  readonly collarPrice: Decimal | null
  readonly validUntil: number | null
  /** The decisions that it carries out. */
  readonly decisions: readonly DecisionId[]
}

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
  const cancels = openingsInTheWay(view.state, view.orders)
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

type Settle = (decisions: readonly Decision[], outcome: Outcome, reason: Reason) => void

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
    decisions: reductions.map(decision => decision.id),
  }
}

/** Nothing to close: below a lot it is carried; a leader that is flat leaves a rest that the venue will not close. */
function settleIdleReductions(view: HoldingView, reductions: readonly Decision[], settle: Settle): void {
  // What an opening may still bring beyond what is desired is theirs to close.
  const coming = add(view.state.attributed, openingsInFlight(view.orders))
  if (exitGap({ ...view.state, attributed: coming }, coming) !== exitGap(view.state, view.state.attributed))
    return
  if (view.state.attributed === ZERO) settle(reductions, 'skipped', 'nothing_to_reduce')
  else if (view.state.desired === ZERO && exitsInFlight(view.orders) === ZERO)
    settle(reductions, 'failed', 'close_refused')
  else settle(reductions, 'carried', 'below_lot')
}

interface OpeningPlan {
  readonly state: LinkState
  readonly order: OrderDraft | null
  readonly wakeAt: number | null
}

function planOpening(view: HoldingView, exiting: boolean, settle: Settle): OpeningPlan {
  const all = view.pending.filter(decision => decision.validUntil !== null)
  const direction = sign(view.state.desired)
  const [replaced, wanted] = partition(all, ({ wanted }) => wanted === ZERO || sign(wanted) !== direction)
  settle(replaced, 'forgone', view.state.stopped ? 'no_reentry' : 'replaced')
  if (view.mode !== 'on') return stopOpening(view, wanted, settle)
  const { valid, state: withoutLate } = dropLate(view, wanted, settle)
  const wakeAt = valid.length === 0 ? null : Math.min(...valid.map(validUntilOf))
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
  settle(wanted, 'skipped', view.mode === 'off' ? 'mode_off' : 'mode_close_only')
  return { state: forgoWaiting(view.state, view.orders, sumOf(wanted)), order: null, wakeAt: null }
}

/**
 * Forgoes what is missing and no valid increase stands behind: orders that came to nothing after their
 * increase had shrunk or ended leave it. What is only carried, below what the venue trades, stays.
 */
function forgoUnowned(view: HoldingView, state: LinkState, valid: readonly Decision[]): LinkState {
  const missing = absolute(openingGap(state, view.orders))
  const owned = sumOf(valid)
  if (missing <= owned || view.market === null) return state
  const unowned = tradableQuantity(view.instrument, subtract(missing, owned), view.market.mark)
  return unowned === ZERO ? state : writeDown(state, view.orders, unowned)
}

/** The other side is still held or may still be bought, or less is about to be held than we count. */
function isInTheWay(view: HoldingView, state: LinkState): boolean {
  return (
    exitGap(state, view.position) !== ZERO ||
    (state.attributed !== ZERO && sign(state.attributed) === -sign(state.desired)) ||
    isOpposed(state, view.orders) ||
    view.orders.some(order => order.purpose === 'exit')
  )
}

/** An opening in flight, or unknown circumstances: the increases keep their place until they are too old. */
function waits(view: HoldingView): boolean {
  if (!view.canSend || view.market === null || !view.leverageSet) return true
  return view.orders.some(order => isUnacknowledged(order.status))
}

function openNow(view: HoldingView, gap: Decimal, valid: readonly Decision[], settle: Settle): OpeningPlan {
  const { instrument, market, state } = view
  const forgo = (outcome: Outcome, reason: Reason): OpeningPlan => {
    settle(valid, outcome, reason)
    return { state: forgoWaiting(state, view.orders, sumOf(valid)), order: null, wakeAt: null }
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
  return { valid, state: forgoWaiting(view.state, view.orders, sumOf(late)) }
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
