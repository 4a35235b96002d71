import {
  absolute,
  add,
  basisPoints,
  type Decimal,
  fromUnits,
  maximum,
  minimum,
  multiplyDivide,
  negate,
  subtract,
  ZERO,
} from '../../domain/decimal.ts'
import { type Instrument, roundLimitPrice, roundQuantity, tradableQuantity } from '../../domain/instrument.ts'
import {
  isTerminal,
  leavesQuantity,
  type Order,
  type Side,
  sideOf,
  signedQuantity,
  unseenQuantity,
} from '../../domain/order.ts'
import type { Pair } from '../../domain/pair.ts'
import { must } from '../../domain/result.ts'
import type { MarketPrices } from '../entry.ts'
import type { HedgeView, LegView } from './hedge-view.ts'

/** What B lacks, and what of it can be traded. All signed, base units of B. */
export interface Exposure {
  /** -ratio x A less B: by trades that are known. 0: hedged. */
  readonly gap: Decimal
  /** The part of the gap that the venue would take as an order, rounded toward zero; 0: carried. */
  readonly tradable: Decimal
  /** More than the tolerance is unhedged: the gate is shut. */
  readonly isBeyond: boolean
}

/** What B should hold, signed, base units. */
export function desiredOf(pair: Pair, positionA: Decimal): Decimal {
  return negate(basisPoints(positionA, pair.ratioBps))
}

/** What of A a position of B hedges, signed, base units. */
export function coveredOf({ ratioBps }: Pair, positionB: Decimal): Decimal {
  return negate(multiplyDivide(positionB, fromUnits(10_000n), fromUnits(BigInt(ratioBps))))
}

export function exposureOf({ pair, a, b }: Pick<HedgeView, 'pair' | 'a' | 'b'>): Exposure {
  const gap = subtract(desiredOf(pair, a.position), b.position)
  return { gap, tradable: tradableOf(b, gap), isBeyond: absolute(gap) > pair.tolerance }
}

/** Without a price nobody knows whether a minimum notional is met: then the lot alone decides. */
function tradableOf({ instrument, market }: LegView, gap: Decimal): Decimal {
  if (market !== null) return tradableQuantity(instrument, gap, market.mark)
  const rounded = roundQuantity(instrument, gap)
  return absolute(rounded) < instrument.minimumQuantity ? ZERO : rounded
}

/** Orders that may still trade, or whose trades are on their way. */
export function liveOrders({ orders }: LegView): readonly Order[] {
  return orders.filter(order => !isTerminal(order.status) || unseenQuantity(order) > ZERO)
}

/** Signed: what orders on their way may still add. */
export function onTheirWay(orders: readonly Order[]): Decimal {
  let total: Decimal = ZERO
  for (const order of orders)
    total = add(total, signedQuantity(order.side, add(leavesQuantity(order), unseenQuantity(order))))
  return total
}

/** The worst price of an order that takes: so far from the best opposite price, on the tick, inside the bound. */
export function worstPrice(
  instrument: Instrument,
  { side, bps, market }: { readonly side: Side; readonly bps: number; readonly market: MarketPrices },
): Decimal {
  const best = side === 'buy' ? market.ask : market.bid
  const width = basisPoints(best, bps)
  const bound = side === 'buy' ? add(best, width) : subtract(best, width)
  return maximum(roundLimitPrice(instrument, side, bound), instrument.tickSize)
}

/** How long an order waits for the cancel of A's rest before it goes with a price that cannot meet it. */
const CANCEL_PATIENCE_MS = 1_000
/** A rest at the best price leaves nothing to trade with on this side of it: looked at again after this. */
const LOOK_AGAIN_MS = 1_000

export interface Path {
  /** Null: not now. */
  readonly limitPrice: Decimal | null
  /** A's own orders in the way: they are to be cancelled. */
  readonly rests: readonly Order[]
  readonly waitMs: number
}

/** How an order that takes gets past A's own rest on the same market, so that none of ours trades with one of ours. */
export function pathOf(
  view: HedgeView,
  { instrument, market }: LegView,
  { side, worst }: { readonly side: Side; readonly worst: Decimal },
): Path {
  const rests = restsInTheWay(view, instrument, { side, worst })
  if (rests.length === 0) return { limitPrice: worst, rests, waitMs: 0 }
  const ages = rests.map(order => view.cancelAgeMs(order) ?? 0)
  const waitMs = CANCEL_PATIENCE_MS - Math.min(...ages)
  if (waitMs > 0) return { limitPrice: null, rests, waitMs }
  const clear = boundClearOf(instrument, side, rests)
  // An attempt that cannot trade would only be one attempt less.
  const canTrade = market !== null && (side === 'buy' ? clear >= market.ask : clear <= market.bid)
  return canTrade
    ? { limitPrice: clear, rests, waitMs: 0 }
    : { limitPrice: null, rests, waitMs: LOOK_AGAIN_MS }
}

/** A's resting orders that it could trade with: the same market, the other side, and prices that meet. */
function restsInTheWay(
  { a }: HedgeView,
  { id }: Instrument,
  { side, worst }: { readonly side: Side; readonly worst: Decimal },
): readonly Order[] {
  if (a.instrument.id !== id) return []
  return a.orders.filter(
    ({ status, timeInForce, side: resting, limitPrice }) =>
      !isTerminal(status) &&
      timeInForce === 'gtc' &&
      resting !== side &&
      limitPrice !== null &&
      meets(side, worst, limitPrice),
  )
}

function meets(side: Side, worst: Decimal, resting: Decimal): boolean {
  return side === 'buy' ? worst >= resting : worst <= resting
}

/** The bound one tick short of every order that rests: what trades there is not one of ours. */
function boundClearOf({ tickSize }: Instrument, side: Side, rests: readonly Order[]): Decimal {
  const prices = rests.map(({ limitPrice }) => must(limitPrice, 'what rests has a limit price'))
  const nearest = prices.reduce((a, b) => (side === 'buy' ? minimum(a, b) : maximum(a, b)))
  return side === 'buy' ? subtract(nearest, tickSize) : add(nearest, tickSize)
}

export function sideAndSize(signed: Decimal): { readonly side: Side; readonly size: Decimal } {
  return { side: sideOf(signed), size: absolute(signed) }
}
