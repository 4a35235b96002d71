import { minimum, ZERO } from '../../domain/decimal.ts'
import { isTerminal, type Order } from '../../domain/order.ts'
import type { PairPause, PairState } from '../../domain/pair.ts'
import type { OrderDraft } from '../holding-view.ts'
import { type Exposure, exposureOf, liveOrders, pathOf, sideAndSize, worstPrice } from './exposure.ts'
import type { HedgePlan, HedgeView } from './hedge-view.ts'
import { afterEvents, type PairEvent } from './phases.ts'
import { planClosing } from './plan-close.ts'
import { NOTHING, planQuote, type QuotePlan } from './plan-quote.ts'
import { takingOrder } from './taking-order.ts'

/** How long A's order may rest while something is unhedged, where B cannot trade with it. */
const EXPOSURE_GRACE_MS = 1_000
/** How often it is looked whether B could still follow what rests of A. */
const LOOK_AGAIN_MS = 1_000

/** Pauses behind which B is not hedged any more: a person looks first. */
const STOPS_HEDGING: ReadonlySet<PairPause> = new Set([
  'hedge_failed',
  'unconfirmed',
  'misfit',
  'force_closed',
  'flattened',
])
/** Pauses after which both legs are as somebody wants them. */
const SETTLED: ReadonlySet<PairPause> = new Set(['force_closed', 'flattened'])

/**
 * What to do so that B follows A: compared anew each time, whatever woke us.
 *
 * B first; A quotes only when nothing is unhedged and nothing is on its way.
 */
export function planPair(view: HedgeView): HedgePlan {
  const exposure = exposureOf(view)
  const isBusyB = liveOrders(view.b).length > 0
  let state = pausedByFailure(view, exposure, isBusyB)
  const isHedged = exposure.tradable === ZERO
  state = {
    ...state,
    unhedgedSince: isHedged ? null : (state.unhedgedSince ?? view.now),
    attempts: isInStep(state, exposure, isBusyB) ? 0 : state.attempts,
  }
  const seen = { ...view, unhedgedMs: isHedged ? null : (view.unhedgedMs ?? 0) }
  if (mustClose({ ...seen, state }, isBusyB))
    state = { ...state, closingLeg: null, phase: afterEvents(state.phase, ['closing']) }
  const next = { ...seen, state }
  if (state.phase === 'closing') return planClosing(next)
  const hedge = isBusyB ? NO_HEDGE : planHedge(next, exposure)
  const quote = hedge.order === null && !isBusyB ? planQuote(next, exposure) : NOTHING
  return assemble(next, { exposure, isBusyB, hedge, quote })
}

interface HedgeStep {
  readonly order: OrderDraft | null
  readonly cancels: readonly Order[]
  readonly wakeAt: number | null
}

const NO_HEDGE: HedgeStep = { order: null, cancels: [], wakeAt: null }

function planHedge(view: HedgeView, { tradable }: Exposure): HedgeStep {
  const { pair, state, b, now } = view
  const { market } = b
  if (tradable === ZERO || (state.pause !== null && STOPS_HEDGING.has(state.pause))) return NO_HEDGE
  if (market === null || !b.canSend || !view.isFitted) return NO_HEDGE
  const { side, size } = sideAndSize(tradable)
  const worst = worstPrice(b.instrument, { side, bps: pair.hedgeSlippageBps, market })
  const { limitPrice, rests, waitMs } = pathOf(view, b, { side, worst })
  if (limitPrice === null) return { order: null, cancels: rests, wakeAt: now + waitMs }
  const quantity = minimum(size, b.instrument.maximumLimitQuantity)
  return { order: takingOrder('hedge', { side, quantity, limitPrice }), cancels: rests, wakeAt: null }
}

/** The last attempt ended short, or its fate is not known for too long. */
function pausedByFailure(
  { pair, state, b, doubtAgeMs }: HedgeView,
  exposure: Exposure,
  isBusyB: boolean,
): PairState {
  if (state.phase === 'closing' || (state.pause !== null && STOPS_HEDGING.has(state.pause))) return state
  const isUnconfirmed = b.orders.some(order => (doubtAgeMs(order) ?? 0) >= pair.confirmTimeoutMs)
  if (isUnconfirmed) return paused(state, 'unconfirmed')
  const hasFailed = !isBusyB && exposure.tradable !== ZERO && state.attempts >= pair.attempts
  return hasFailed ? paused(state, 'hedge_failed') : state
}

function paused(state: PairState, pause: PairPause): PairState {
  return { ...state, pause, phase: afterEvents(state.phase, ['paused']) }
}

/** However it came to be so: what failed before says nothing of the next hedge. A failed pair keeps its count to be read. */
function isInStep({ pause }: PairState, { tradable }: Exposure, isBusyB: boolean): boolean {
  return tradable === ZERO && !isBusyB && !(pause !== null && STOPS_HEDGING.has(pause))
}

/**
 * Hedging has been needed for too long, and nothing has come of it. Never while an order of B is on its way: closing A
 * would leave B alone if that one traded.
 */
function mustClose({ pair, state, unhedgedMs, upMs }: HedgeView, isBusyB: boolean): boolean {
  const { pause } = state
  if (unhedgedMs === null || isBusyB || (pause !== null && SETTLED.has(pause))) return false
  const isStopped = pause !== null && STOPS_HEDGING.has(pause)
  // What a start finds unhedged is hedged by its first seconds, however long nobody was there.
  return (isStopped ? unhedgedMs : Math.min(unhedgedMs, upMs)) >= pair.forceCloseAfterMs
}

interface Parts {
  readonly exposure: Exposure
  readonly isBusyB: boolean
  readonly hedge: HedgeStep
  readonly quote: QuotePlan
}

function assemble(view: HedgeView, { exposure, isBusyB, hedge, quote }: Parts): HedgePlan {
  const { pair, now, unhedgedMs, upMs } = view
  const orders = [
    ...(hedge.order === null ? [] : [{ leg: 'b', draft: hedge.order } as const]),
    ...(quote.order === null ? [] : [{ leg: 'a', draft: quote.order } as const]),
  ]
  const { cancels, wakeAt } = quotesToCancel(view, exposure)
  const state = quote.state ?? view.state
  const closeAt = unhedgedMs === null ? null : now - Math.min(unhedgedMs, upMs) + pair.forceCloseAfterMs
  const confirmAt = isBusyB ? confirmTimeAt(view) : null
  const isQuoted = liveOrders(view.a).length > 0 || quote.order !== null
  const events: readonly PairEvent[] =
    isBusyB || hedge.order !== null
      ? ['exposed', 'attempted']
      : exposure.tradable === ZERO
        ? ['balanced', isQuoted ? 'quoted' : 'quote_ended']
        : ['exposed']
  return {
    state: view.isFitted ? { ...state, phase: afterEvents(state.phase, events) } : state,
    cancels: [...new Set([...hedge.cancels, ...cancels])],
    orders,
    wantsLevel: quote.wantsLevel,
    waitsFor: quote.waitsFor,
    wakeAt: earliest([hedge.wakeAt, quote.wakeAt, wakeAt, closeAt, confirmAt], now),
  }
}

/** A's rest goes where B could not follow it, where it has rested long enough, and where too much is unhedged for too long. */
function quotesToCancel(
  view: HedgeView,
  { isBeyond }: Exposure,
): { readonly cancels: readonly Order[]; readonly wakeAt: number | null } {
  const { pair, a, unhedgedMs, quoteAgeMs, now } = view
  const resting = a.orders.filter(({ status, timeInForce }) => timeInForce === 'gtc' && !isTerminal(status))
  if (resting.length === 0) return { cancels: [], wakeAt: null }
  const wakeAt = now + LOOK_AGAIN_MS
  const isExposed = isBeyond && unhedgedMs !== null && unhedgedMs >= EXPOSURE_GRACE_MS
  if (!mayRest(view) || isExposed) return { cancels: resting, wakeAt }
  const timeoutMs = pair.quoting?.makerTimeoutMs ?? 0
  const graceEnds = isBeyond && unhedgedMs !== null ? now - unhedgedMs + EXPOSURE_GRACE_MS : null
  const ends = resting.map(order => now - quoteAgeMs(order) + timeoutMs)
  const cancels = resting.filter((_, index) => (ends[index] ?? 0) <= now)
  return { cancels, wakeAt: earliest([graceEnds, wakeAt, ...ends], now) }
}

/** What A trades now B must be able to follow now. */
function mayRest({ state, b, isFitted }: HedgeView): boolean {
  return state.pause === null && state.attempts === 0 && isFitted && b.isLive && b.market !== null
}

function confirmTimeAt({ pair, b, doubtAgeMs, now }: HedgeView): number | null {
  const ages = b.orders.map(doubtAgeMs).filter(age => age !== null)
  return ages.length === 0 ? null : now - Math.max(...ages) + pair.confirmTimeoutMs
}

/** The first of the times that is still to come; what is past was acted on, or waits for something else. */
function earliest(times: readonly (number | null)[], now: number): number | null {
  const coming = times.filter(time => time !== null && time > now) as readonly number[]
  return coming.length === 0 ? null : Math.min(...coming)
}
