import { type Decimal, ZERO } from '../domain/decimal.ts'
import type { ClientOrderId, PositionKey } from '../domain/ids.ts'
import { isTerminal, type Order } from '../domain/order.ts'

/** What we count for one position. */
export interface CountedPosition {
  readonly key: PositionKey
  /** Signed, base units. */
  readonly quantity: Decimal
  /** The highest venue sequence among the executions in it. */
  readonly venueSequence: number
}

/** What the venue says of one position; a position it leaves out is flat, in a complete snapshot only. */
export interface VenuePosition {
  readonly key: PositionKey
  readonly quantity: Decimal
  readonly averagePrice: Decimal
  readonly venueSequence: number
}

export interface PositionDifference {
  readonly key: PositionKey
  readonly counted: Decimal
  readonly venue: Decimal
  /** Quote per base; 0 when the venue holds nothing. */
  readonly averagePrice: Decimal
  readonly venueSequence: number
}

/**
 * Positions that differ although the snapshot is not older than our own trades.
 *
 * Invariants: a snapshot below our sequence proves nothing (a fill is never undone by a stale answer);
 * an equal quantity is no difference whatever the sequences say.
 */
export function comparePositions(
  counted: readonly CountedPosition[],
  venue: readonly VenuePosition[],
): readonly PositionDifference[] {
  const differences: PositionDifference[] = []
  const told = new Map(venue.map(position => [position.key, position]))
  for (const { key, quantity, venueSequence } of counted) {
    const position = told.get(key)
    told.delete(key)
    if (position !== undefined && position.venueSequence < venueSequence) continue
    const actual = position?.quantity ?? ZERO
    if (actual !== quantity) {
      differences.push({
        key,
        counted: quantity,
        venue: actual,
        averagePrice: position?.averagePrice ?? ZERO,
        venueSequence: position?.venueSequence ?? venueSequence,
      })
    }
  }
  for (const { key, quantity, averagePrice, venueSequence } of told.values()) {
    if (quantity !== ZERO)
      differences.push({ key, counted: ZERO, venue: quantity, averagePrice, venueSequence })
  }
  return differences
}

/**
 * Orders of ours that the venue's open orders do not show: each must be asked for by id.
 *
 * Absence from a list is no evidence of an end: only the order's own report, or its absence from every
 * query after deadline and lag, is (I10).
 */
export function ordersToAsk(orders: Iterable<Order>, open: ReadonlySet<ClientOrderId>): readonly Order[] {
  const ask: Order[] = []
  for (const order of orders) {
    // Those in doubt are asked for anyway, those just submitted have their own answer to wait for.
    const waits = order.status === 'in_doubt' || order.status === 'submitted' || order.status === 'created'
    if (!waits && !isTerminal(order.status) && !open.has(order.clientOrderId)) ask.push(order)
  }
  return ask
}

/** What an absence must have outlasted to be proof, on the venue's clock (ms). */
export function isProofOfAbsence(order: Order, absentAt: number, queryLagMs: number): boolean {
  const deadlineAt = order.claim?.deadlineAt ?? Number.POSITIVE_INFINITY
  return absentAt > deadlineAt + queryLagMs
}

/**
 * When the next look can prove more than the last one did, on the venue's clock (ms).
 *
 * @param firstAbsentAt the first absence that counted; null: none has
 */
export function nextProofAt(order: Order, firstAbsentAt: number | null, queryLagMs: number): number {
  if (firstAbsentAt !== null) return firstAbsentAt + queryLagMs
  return (order.claim?.deadlineAt ?? Number.POSITIVE_INFINITY) + queryLagMs + 1
}
