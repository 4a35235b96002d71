import { decimal, ZERO } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { instrumentId, positionKey } from '../../src/domain/ids.ts'
import type { Notice } from '../../src/domain/notice.ts'
import type { Claim, Order } from '../../src/domain/order.ts'
import type { Round } from '../../src/domain/pair.ts'
import type { StoredFill } from '../../src/ports/store.ts'

export const BTC = instrumentId('bybit', 'BTCUSDT')

/** Rows whose every field can be set; what is not said is plain. Ids are made from a number, in its order. */
export function id<Id extends string>(name: string, count: number): Id {
  return `${name}-${String(count).padStart(6, '0')}` as Id
}

export function order(count: number, changes: Partial<Order> = {}): Order {
  const accountId = changes.accountId ?? id('account', 1)
  return {
    intentId: id('intent', count),
    sequence: count,
    clientOrderId: id('client', count),
    key: positionKey(accountId, BTC, 0),
    accountId,
    instrumentId: BTC,
    positionIndex: 0,
    linkId: id('link', 1),
    pairId: null,
    purpose: 'entry',
    side: 'buy',
    type: 'limit',
    timeInForce: 'ioc',
    quantity: decimal('0.25'),
    limitPrice: decimal('60000.5'),
    reduceOnly: false,
    collarPrice: decimal('60600.505'),
    validUntil: 1_060_000,
    createdAt: 1_000_000.25,
    status: 'submitted',
    claim: null,
    venueOrderId: null,
    filled: ZERO,
    filledNotional: ZERO,
    reportedFilled: ZERO,
    reason: null,
    updatedAt: 1_000_000.25,
    ...changes,
  }
}

export function claim(leaseEpoch: number): Claim {
  return { route: 'stream', venueTimestamp: 1_000_000, deadlineAt: 1_002_000, sendBefore: 512.5, leaseEpoch }
}

export function fill(count: number, changes: Partial<StoredFill> = {}): StoredFill {
  return {
    fill: {
      accountId: id('account', 1),
      instrumentId: BTC,
      positionIndex: 0,
      tradeId: id('trade', count),
      venueOrderId: id('venue-order', 1),
      clientOrderId: null,
      side: 'buy',
      quantity: decimal('0.1'),
      fillPrice: decimal('60000'),
      orderQuantity: decimal('1'),
      fee: decimal('-0.0001'),
      liquidity: 'taker',
      cause: 'trade',
      venueSequence: 1_000 + count,
      at: 1_000_000 + count,
    },
    intentId: null,
    linkId: null,
    attributed: ZERO,
    sourceId: null,
    sourceSequence: null,
    pairId: null,
    pairSequence: null,
    exposure: null,
    receivedAt: 1_000_000.125,
    ...changes,
  }
}

export function leaderFill(sequence: number): StoredFill {
  return fill(sequence, { sourceId: id('source', 1), sourceSequence: sequence })
}

export function decision(count: number, changes: Partial<Decision> = {}): Decision {
  return {
    id: id('decision', count),
    linkId: id('link', 1),
    instrumentId: BTC,
    positionIndex: 0,
    part: 'increase',
    firstFill: count,
    lastFill: count,
    quantity: decimal('0.000000000000000001'),
    wanted: decimal('0.000000000000000001'),
    leaderPrice: decimal('60000'),
    validUntil: null,
    status: 'pending',
    outcome: null,
    reason: null,
    detail: null,
    intentId: null,
    times: {
      leaderFillAt: 1_000_000,
      receivedAt: 1_000_010.5,
      decidedAt: 1_000_010.75,
      persistedAt: null,
      sentAt: null,
      ackedAt: null,
      filledAt: null,
    },
    ...changes,
  }
}

export function notice(count: number): Notice {
  const code = 'order_in_doubt'
  return {
    id: id('notice', count),
    code,
    level: 'warning',
    accountId: null,
    instrumentId: null,
    text: 'An order is in doubt.',
    action: 'Look.',
    details: null,
    recovers: null,
    at: count,
    acknowledgedAt: null,
    acknowledgedBy: null,
  }
}

export function round(count: number, changes: Partial<Round> = {}): Round {
  return {
    id: id('round', count),
    pairId: id('pair', 1),
    number: count,
    startedAt: 1_000_000.25,
    endedAt: null,
    quantityA: decimal('0.25'),
    notionalA: decimal('15000'),
    tradedA: decimal('0.25'),
    quantityB: ZERO,
    notionalB: ZERO,
    tradedB: ZERO,
    attempts: [id('intent', 1)],
    outcome: 'open',
    ...changes,
  }
}
