import { add, type Decimal, maximum, multiply, subtract, ZERO } from './decimal.ts'
import type {
  AccountId,
  ClientOrderId,
  InstrumentId,
  IntentId,
  LinkId,
  PairId,
  PositionIndex,
  PositionKey,
  VenueOrderId,
} from './ids.ts'

export type Side = 'buy' | 'sell'
export type OrderType = 'market' | 'limit'
export type TimeInForce = 'gtc' | 'ioc' | 'fok'
/**
 * What an order is for: it decides its place in every budget and whether risk may refuse it. manual: a person's own
 * trade, which may open; what a person only closes is an exit.
 */
export type Purpose = 'exit' | 'hedge' | 'manual' | 'entry'
/** Chosen before the first byte; an order begun on one is never sent on the other. */
export type Route = 'stream' | 'request'

export const ORDER_STATUSES = [
  'created',
  'submitted',
  'acknowledged',
  'in_doubt',
  'open',
  'filled',
  'canceled',
  'rejected',
  'withdrawn',
  'never_accepted',
] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

export type OrderEventKind =
  | 'sent'
  | 'withdrawn'
  | 'acked'
  | 'accepted'
  | 'filled'
  | 'completed'
  | 'canceled'
  | 'rejected'
  | 'answer_lost'
  | 'report_overdue'
  | 'proven_absent'

type Row = Partial<Record<OrderEventKind, OrderStatus>>

/** A missing pair is illegal. Events: acked = taken for processing, accepted = on the book, filled = one trade. */
const NEXT: Record<OrderStatus, Row> = {
  created: { sent: 'submitted', withdrawn: 'withdrawn' },
  // A fill implies acceptance, so it may arrive first. Withdrawn after the claim: the sender gave up
  // before the first byte, and for bytes that never left no evidence is needed (decision 0003).
  submitted: {
    withdrawn: 'withdrawn',
    acked: 'acknowledged',
    accepted: 'open',
    filled: 'open',
    completed: 'filled',
    canceled: 'canceled',
    rejected: 'rejected',
    answer_lost: 'in_doubt',
  },
  // "Taken for processing" is not "on the book": Bybit refuses by report afterwards.
  acknowledged: {
    acked: 'acknowledged',
    accepted: 'open',
    filled: 'open',
    completed: 'filled',
    canceled: 'canceled',
    rejected: 'rejected',
    // The stream can tell of the order before the answer is lost.
    answer_lost: 'acknowledged',
    report_overdue: 'in_doubt',
  },
  in_doubt: {
    // An overdue question asked again stays a question.
    answer_lost: 'in_doubt',
    report_overdue: 'in_doubt',
    acked: 'acknowledged',
    accepted: 'open',
    filled: 'open',
    completed: 'filled',
    canceled: 'canceled',
    rejected: 'rejected',
    proven_absent: 'never_accepted',
  },
  open: {
    acked: 'open',
    accepted: 'open',
    filled: 'open',
    completed: 'filled',
    canceled: 'canceled',
    rejected: 'rejected',
    // The answer may be lost although the report came: the report is the better evidence.
    answer_lost: 'open',
    report_overdue: 'in_doubt',
  },
  // Late reports: quantities still add up. A cancel that the last trade outran is told again after it.
  filled: {
    acked: 'filled',
    accepted: 'filled',
    filled: 'filled',
    completed: 'filled',
    canceled: 'filled',
    answer_lost: 'filled',
  },
  // A fill can race the cancel, and a second Filled can follow it.
  canceled: {
    acked: 'canceled',
    accepted: 'canceled',
    filled: 'canceled',
    canceled: 'canceled',
    completed: 'filled',
    answer_lost: 'canceled',
  },
  rejected: { acked: 'rejected', rejected: 'rejected', answer_lost: 'rejected' },
  withdrawn: {},
  // Must not happen: adopted, and alarmed.
  never_accepted: { accepted: 'open', filled: 'open', completed: 'filled', canceled: 'canceled' },
}

export function nextStatus(status: OrderStatus, event: OrderEventKind): OrderStatus | undefined {
  return NEXT[status][event]
}

const TERMINAL: ReadonlySet<OrderStatus> = new Set([
  'filled',
  'canceled',
  'rejected',
  'withdrawn',
  'never_accepted',
])
const UNACKNOWLEDGED: ReadonlySet<OrderStatus> = new Set(['created', 'submitted', 'in_doubt'])

export function isTerminal(status: OrderStatus): boolean {
  return TERMINAL.has(status)
}

/** Blocks another opening on the same key: nobody knows yet what the venue made of it. */
export function isUnacknowledged(status: OrderStatus): boolean {
  return UNACKNOWLEDGED.has(status)
}

/** Fixed and stored when an intent is claimed, before its bytes leave. */
export interface Claim {
  readonly route: Route
  /** The venue's clock, ms: stands in the request, so that the venue itself refuses a late one. */
  readonly venueTimestamp: number
  /** The venue's clock, ms: after it the venue takes the request no more. */
  readonly deadlineAt: number
  /** Our monotonic clock, ms: the sender gives up after it, so that a process that slept cannot send. */
  readonly sendBefore: number
  readonly leaseEpoch: number
}

/** An intent and what became of it: one row, one life. */
export interface Order {
  readonly intentId: IntentId
  /** The installation's own count; the client order id is derived from it. */
  readonly sequence: number
  readonly clientOrderId: ClientOrderId
  readonly key: PositionKey
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly positionIndex: PositionIndex
  /** Null, as pairId: a person's own. */
  readonly linkId: LinkId | null
  readonly pairId: PairId | null
  readonly purpose: Purpose
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** Base units, > 0. */
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly reduceOnly: boolean
  /** The worst fill it may cost in the eyes of risk (quote per base); null for exits, which risk never asks about. */
  readonly collarPrice: Decimal | null
  /** Our clock, ms: an opening is not sent after it; null for exits. */
  readonly validUntil: number | null
  readonly createdAt: number
  readonly status: OrderStatus
  readonly claim: Claim | null
  readonly venueOrderId: VenueOrderId | null
  /** Base units that trades with an id have shown. */
  readonly filled: Decimal
  /** Quote: sum of quantity x fill price. */
  readonly filledNotional: Decimal
  /** Base units that the venue's order report shows; ahead of `filled` while executions are on their way. */
  readonly reportedFilled: Decimal
  /** The venue's code and words, or ours, when it did not go well. */
  readonly reason: string | null
  readonly updatedAt: number
}

export function signedQuantity(side: Side, quantity: Decimal): Decimal {
  return (side === 'buy' ? quantity : -quantity) as Decimal
}

export function sideOf(signed: Decimal): Side {
  return signed < 0n ? 'sell' : 'buy'
}

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

/** What an order has certainly traded, by whichever evidence is ahead. */
export function knownFilled(order: Order): Decimal {
  return maximum(order.filled, order.reportedFilled)
}

/** What may still trade; 0 once terminal. */
export function leavesQuantity(order: Order): Decimal {
  return isTerminal(order.status) ? ZERO : subtract(order.quantity, knownFilled(order))
}

/** Traded by report but not yet by a trade with an id: on its way into `attributed`. */
export function unseenQuantity(order: Order): Decimal {
  return order.reportedFilled > order.filled ? subtract(order.reportedFilled, order.filled) : ZERO
}

export function withFill(order: Order, quantity: Decimal, fillPrice: Decimal, at: number): Order {
  return {
    ...order,
    filled: add(order.filled, quantity),
    filledNotional: add(order.filledNotional, multiply(quantity, fillPrice)),
    updatedAt: at,
  }
}
