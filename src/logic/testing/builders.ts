import { type Decimal, decimal, ZERO } from '../../domain/decimal.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Fill } from '../../domain/fill.ts'
import {
  type AccountId,
  type ClientOrderId,
  type DecisionId,
  type IntentId,
  instrumentId,
  type LinkId,
  positionKey,
  type SourceId,
  type TradeId,
  type VenueOrderId,
} from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { type Book, emptyLinkState, type LinkState } from '../../domain/link-state.ts'
import { type Order, sideOf } from '../../domain/order.ts'
import { applyLeaderFill } from '../book.ts'
import type { CopySettings, LeaderStep } from '../copy.ts'
import type { MarketPrices } from '../entry.ts'
import type { HoldingView } from '../holding-view.ts'
import { collarAt, DEFAULT_COLLAR_BPS } from '../risk.ts'

export const INSTRUMENT = instrumentId('bybit', 'BTCUSDT')
export const ACCOUNT = 'follower' as AccountId
export const KEY = positionKey(ACCOUNT, INSTRUMENT, 0)
/** Our clock, ms, when a test begins. */
export const NOW = 1_000_000

const PLACE = { instrumentId: INSTRUMENT, positionIndex: 0 } as const

export function anInstrument(over: Partial<Instrument> = {}): Instrument {
  return {
    id: INSTRUMENT,
    venue: 'bybit',
    symbol: 'BTCUSDT',
    base: 'BTC',
    quote: 'USDT',
    status: 'trading',
    tickSize: decimal('0.5'),
    lotSize: decimal('1'),
    minimumQuantity: decimal('1'),
    minimumNotional: ZERO,
    maximumLimitQuantity: decimal('1000000'),
    maximumMarketQuantity: decimal('1000000'),
    contractSize: decimal('1'),
    maximumLeverage: decimal('100'),
    ...over,
  }
}

/** @param signed base units: a buy is positive */
export function aFill(signed: Decimal, over: Partial<Fill> = {}): Fill {
  const quantity = (signed < 0n ? -signed : signed) as Decimal
  return {
    ...PLACE,
    accountId: 'leader' as AccountId,
    tradeId: 'trade' as TradeId,
    venueOrderId: 'order' as VenueOrderId,
    clientOrderId: null,
    side: sideOf(signed),
    quantity,
    fillPrice: decimal('100'),
    orderQuantity: quantity,
    fee: ZERO,
    liquidity: 'taker',
    cause: 'trade',
    venueSequence: 1,
    at: NOW,
    ...over,
  }
}

export function aBook(quantity: Decimal = ZERO): Book {
  const sourceId = 'source' as SourceId
  return { ...PLACE, sourceId, quantity, averagePrice: ZERO, venueSequence: 0, leverage: null }
}

/** The leader's fills as its links see them, from flat, counted from 1. */
export function stepsOf(fills: readonly Fill[], from: Book = aBook()): LeaderStep[] {
  let book = from
  return fills.map((fill, index) => {
    const step = applyLeaderFill(book, fill)
    book = step.book
    return { sequence: index + 1, fill, changes: step.changes }
  })
}

/** A leader that trades these signed quantities, from flat. */
export function trades(...signed: readonly string[]): LeaderStep[] {
  return stepsOf(signed.map(quantity => aFill(decimal(quantity))))
}

export function aState(over: Partial<LinkState> = {}): LinkState {
  return { ...emptyLinkState({ ...PLACE, linkId: 'link' as LinkId, cursor: 0 }), ...over }
}

export function settings(over: Partial<CopySettings> = {}): CopySettings {
  return {
    mode: 'on',
    sizing: { kind: 'ratio', inverse: false, ratio: decimal('1') },
    limits: [],
    symbol: 'BTCUSDT',
    maxAgeMs: 60_000,
    leaderEquity: null,
    followerEquity: null,
    refusal: null,
    venueOffsetMs: 0,
    receivedAt: Number.MAX_SAFE_INTEGER,
    ...over,
  }
}

/** @param signed what it adds to desired, base units */
export function anIncrease(signed: string, over: Partial<Decision> = {}): Decision {
  return {
    ...PLACE,
    id: `increase ${signed}` as DecisionId,
    linkId: 'link' as LinkId,
    part: 'increase',
    firstFill: 1,
    lastFill: 1,
    quantity: decimal(signed),
    wanted: decimal(signed),
    leaderPrice: decimal('100'),
    validUntil: NOW + 1_000,
    status: 'pending',
    outcome: null,
    reason: null,
    detail: null,
    intentId: null,
    times: {
      leaderFillAt: NOW,
      receivedAt: NOW,
      decidedAt: NOW,
      persistedAt: null,
      sentAt: null,
      ackedAt: null,
      filledAt: null,
    },
    ...over,
  }
}

export function aReduction(signed: string, over: Partial<Decision> = {}): Decision {
  const id = `reduction ${signed}` as DecisionId
  return { ...anIncrease(signed), id, part: 'reduce', validUntil: null, ...over }
}

/** A live opening, resting; @param signed base units: a buy is positive */
export function anOrder(signed: string, over: Partial<Order> = {}): Order {
  const quantity = decimal(signed)
  const sequence = over.sequence ?? 1
  return {
    ...PLACE,
    intentId: `intent ${sequence}` as IntentId,
    sequence,
    clientOrderId: `LStest${sequence}` as ClientOrderId,
    key: KEY,
    accountId: ACCOUNT,
    linkId: 'link' as LinkId,
    pairId: null,
    purpose: 'entry',
    side: sideOf(quantity),
    type: 'limit',
    timeInForce: 'gtc',
    quantity: (quantity < 0n ? -quantity : quantity) as Decimal,
    limitPrice: decimal('100'),
    reduceOnly: false,
    collarPrice: decimal('100'),
    validUntil: NOW + 1_000,
    createdAt: NOW,
    status: 'open',
    claim: null,
    venueOrderId: null,
    filled: ZERO,
    filledNotional: ZERO,
    reportedFilled: ZERO,
    reason: null,
    updatedAt: NOW,
    ...over,
  }
}

/** A live exit; @param signed base units: what it may still do to the position */
export function anExit(signed: string, over: Partial<Order> = {}): Order {
  const exit = { purpose: 'exit', type: 'market', timeInForce: 'ioc', reduceOnly: true } as const
  return { ...anOrder(signed), ...exit, limitPrice: null, collarPrice: null, validUntil: null, ...over }
}

/** Mark in the middle of bid and ask, one apart. */
export function marketAt(mark: string): MarketPrices {
  const half = decimal('0.5')
  const middle = decimal(mark)
  return { mark: middle, bid: (middle - half) as Decimal, ask: (middle + half) as Decimal }
}

/** Everything well: live, prices known, leverage set, risk approves. */
export function aView(over: Partial<HoldingView> = {}): HoldingView {
  const state = over.state ?? aState()
  return {
    instrument: anInstrument(),
    mode: 'on',
    state,
    position: state.attributed,
    orders: [],
    pending: [],
    entry: { kind: 'market' },
    maxDriftBps: null,
    maximumOpenOrdersReached: false,
    market: marketAt('100'),
    canSend: true,
    canOpen: true,
    leverageSet: true,
    assess: ({ side, mark }) => ({ approved: true, collarPrice: collarAt(side, mark, DEFAULT_COLLAR_BPS) }),
    now: NOW,
    ...over,
  }
}
