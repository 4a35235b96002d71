import { type Decimal, decimal, formatDecimal, ZERO } from '../../domain/decimal.ts'
import { type AccountId, instrumentId, type PairId } from '../../domain/ids.ts'
import type { Order } from '../../domain/order.ts'
import {
  newPairState,
  PAIR_DEFAULTS,
  type Pair,
  type PairState,
  QUOTING_DEFAULTS,
  type Quoting,
} from '../../domain/pair.ts'
import type { HedgePlan, HedgeView, LegView } from '../hedge/hedge-view.ts'
import { collarAt, DEFAULT_COLLAR_BPS } from '../risk.ts'
import { anInstrument, anOrder, INSTRUMENT, marketAt, NOW } from './builders.ts'

export const OTHER_INSTRUMENT = instrumentId('lighter', 'BTC')
const PAIR = 'pair' as PairId

/** One to one on two markets, tolerance one lot. */
export function aPair(over: Partial<Pair> = {}): Pair {
  return {
    ...PAIR_DEFAULTS,
    id: PAIR,
    origin: 'api',
    name: 'pair',
    a: { accountId: 'a' as AccountId, instrumentId: INSTRUMENT },
    b: { accountId: 'b' as AccountId, instrumentId: OTHER_INSTRUMENT },
    tolerance: decimal('1'),
    quoting: null,
    ...over,
  }
}

export function quotingOf(over: Partial<Quoting> = {}): Quoting {
  return { ...QUOTING_DEFAULTS, quantity: decimal('10'), ...over }
}

/** @param signed what it has held since the pair began, base units */
export function aLeg(signed: string, over: Partial<LegView> = {}): LegView {
  const position = decimal(signed)
  return {
    instrument: anInstrument(),
    position,
    held: position,
    orders: [],
    market: marketAt('100'),
    isLive: true,
    canSend: true,
    canClose: true,
    unclosable: ZERO,
    assess: ({ side, mark }) => ({ approved: true, collarPrice: collarAt(side, mark, DEFAULT_COLLAR_BPS) }),
    ...over,
  }
}

/** B of a pair on two markets. */
export function otherLeg(signed: string, over: Partial<LegView> = {}): LegView {
  return aLeg(signed, { instrument: anInstrument({ id: OTHER_INSTRUMENT, venue: 'lighter' }), ...over })
}

export function aHedgeView(over: Partial<HedgeView> = {}): HedgeView {
  const pair = over.pair ?? aPair()
  return {
    pair,
    state: { ...newPairState(pair.id), baseA: 0n as Decimal, baseB: 0n as Decimal },
    a: aLeg('0'),
    b: otherLeg('0'),
    level: null,
    unhedgedMs: null,
    upMs: Number.POSITIVE_INFINITY,
    isFitted: true,
    quoteAgeMs: order => NOW - order.createdAt,
    cancelAgeMs: () => null,
    doubtAgeMs: () => null,
    now: NOW,
    ...over,
  }
}

/** A's resting quote. @param signed base units: a buy is positive */
export function aQuote(signed: string, over: Partial<Order> = {}): Order {
  return anOrder(signed, { linkId: null, pairId: PAIR, limitPrice: decimal('99.5'), ...over })
}

/** B's order on its way. */
export function aHedge(signed: string, over: Partial<Order> = {}): Order {
  return aQuote(signed, { purpose: 'hedge', timeInForce: 'ioc', validUntil: null, ...over })
}

export function stateOf(over: Partial<PairState>): PairState {
  return { ...aHedgeView().state, ...over }
}

/** leg purpose side quantity at limit price */
export function said({ orders }: HedgePlan): readonly string[] {
  return orders.map(({ leg, draft }) => {
    const { purpose, side, quantity, limitPrice } = draft
    return `${leg} ${purpose} ${side} ${formatDecimal(quantity)} at ${limitPrice === null ? 'market' : formatDecimal(limitPrice)}`
  })
}
