import { absolute, type Decimal, minimum, sign, subtract, ZERO } from '../../domain/decimal.ts'
import { tradableQuantity } from '../../domain/instrument.ts'
import type { Side } from '../../domain/order.ts'
import type { PairState, Quoting } from '../../domain/pair.ts'
import { REASONS } from '../../domain/reason.ts'
import type { OrderDraft } from '../holding-view.ts'
import { desiredOf, type Exposure, liveOrders, sideAndSize } from './exposure.ts'
import type { HedgeView } from './hedge-view.ts'
import { afterEvents } from './phases.ts'

export interface QuotePlan {
  readonly order: OrderDraft | null
  /** Where the cycle has come further; null: as before. */
  readonly state: PairState | null
  readonly wantsLevel: boolean
  readonly waitsFor: string | null
  readonly wakeAt: number | null
}

export const NOTHING: QuotePlan = {
  order: null,
  state: null,
  wantsLevel: false,
  waitsFor: null,
  wakeAt: null,
}

/** A quote is meant for the market of this moment: not for the one after a slow disk. */
const QUOTE_MAX_AGE_MS = 5_000
/** What keeps a quote back is looked at again after this. */
const LOOK_AGAIN_MS = 1_000

/** The price has fallen since the tolerance was compared with the smallest order. */
const TOO_LITTLE =
  'More than the tolerance is unhedged, and too little for an order of B. Raise the tolerance.'

/** A's next quote: only when all of A is hedged (I6), nothing is on its way, and the pair is not paused. */
export function planQuote(view: HedgeView, exposure: Exposure): QuotePlan {
  const { pair, a, b } = view
  const { quoting } = pair
  if (quoting === null || view.state.pause !== null) return NOTHING
  if (exposure.tradable !== ZERO) return NOTHING
  if (exposure.isBeyond) return waiting(TOO_LITTLE, view)
  if (liveOrders(a).length > 0 || liveOrders(b).length > 0) return NOTHING
  if (!view.isFitted) return waiting('Its settings are not compared with its markets yet.', view)
  if (!a.canSend || !b.canSend) return waiting('A session of its legs is not live.', view)
  if (a.market === null || b.market === null) return waiting(REASONS.market_stale, view)
  const state = withCycle(view, quoting)
  if (state.pause !== null) return { ...NOTHING, state }
  const { side, size } = sideAndSize(tradableRest(view, state, quoting))
  const atLevel = levelPrice(view, side)
  if (view.level === null) return { ...NOTHING, state, wantsLevel: true }
  if (atLevel === null)
    return { ...waiting(`The book has no level ${quoting.depthLevel} there.`, view), state }
  const order = quote(view, { side, quantity: minimum(size, a.instrument.maximumLimitQuantity), atLevel })
  return typeof order === 'string' ? { ...waiting(order, view), state } : { ...NOTHING, state, order }
}

function waiting(waitsFor: string, { now }: HedgeView): QuotePlan {
  return { ...NOTHING, waitsFor, wakeAt: now + LOOK_AGAIN_MS }
}

/** Signed, base units of A: what the cycle still wants traded; 0: the venue takes no order so small. */
function tradableRest({ a }: HedgeView, { cycleSide }: PairState, quoting: Quoting): Decimal {
  const rest = subtract(cycleSide === 'open' ? quoting.quantity : ZERO, a.position)
  return a.market === null ? ZERO : tradableQuantity(a.instrument, rest, a.market.mark)
}

/** Where a side of the cycle is done, the other one begins; after the last cycle the pair pauses. */
function withCycle(view: HedgeView, quoting: Quoting): PairState {
  let { state } = view
  if (tradableRest(view, state, quoting) !== ZERO) return state
  if (state.cycleSide === 'open') {
    state = { ...state, cycleSide: 'close' }
    if (tradableRest(view, state, quoting) !== ZERO) return state
  }
  const cycles = state.cycles + 1
  const next = { ...state, cycleSide: 'open', cycles } as const
  const { maximumCycles } = quoting
  const isLast = maximumCycles !== null && cycles % maximumCycles === 0
  return isLast ? { ...next, pause: 'finished', phase: afterEvents(next.phase, ['paused']) } : next
}

/** The limit price at the pair's depth; null: unknown, or the book is not so deep. */
function levelPrice({ level }: HedgeView, side: Side): Decimal | null {
  if (level === null) return null
  return side === 'buy' ? level.bid : level.ask
}

interface Wanted {
  readonly side: Side
  readonly quantity: Decimal
  readonly atLevel: Decimal
}

/** @returns the order, or why risk keeps it back */
function quote(view: HedgeView, wanted: Wanted): OrderDraft | string {
  const { side, atLevel: limitPrice } = wanted
  const reduceOnly = isReducing(view, wanted)
  const refusal = reduceOnly ? null : refusalOf(view, wanted)
  if (refusal !== null) return refusal
  return {
    purpose: 'entry',
    side,
    type: 'limit',
    timeInForce: 'gtc',
    quantity: wanted.quantity,
    limitPrice,
    reduceOnly,
    collarPrice: limitPrice,
    validUntil: view.now + QUOTE_MAX_AGE_MS,
    isCut: false,
    decisions: [],
  }
}

function isReducing({ a }: HedgeView, { side, quantity }: Wanted): boolean {
  return sign(a.held) === (side === 'buy' ? -1 : 1) && quantity <= absolute(a.held)
}

/** Both legs' limits are asked before A's order: what A opens, B must be allowed to follow. */
function refusalOf({ pair, a, b }: HedgeView, { side, quantity, atLevel }: Wanted): string | null {
  if (a.market === null || b.market === null) return REASONS.market_stale
  const verdictA = a.assess({
    instrumentId: a.instrument.id,
    side,
    quantity,
    expectedPrice: atLevel,
    mark: a.market.mark,
  })
  if (!verdictA.approved) return REASONS[verdictA.reason]
  const hedge = sideAndSize(desiredOf(pair, side === 'buy' ? quantity : (-quantity as Decimal)))
  const verdictB = b.assess({
    instrumentId: b.instrument.id,
    side: hedge.side,
    quantity: hedge.size,
    expectedPrice: hedge.side === 'buy' ? b.market.ask : b.market.bid,
    mark: b.market.mark,
  })
  return verdictB.approved ? null : REASONS[verdictB.reason]
}
