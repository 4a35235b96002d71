import { add, divide, multiply, ZERO } from '../../domain/decimal.ts'
import type { Fill } from '../../domain/fill.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Absent, ExecutionReport, OrderRef, VenueError } from '../../ports/venue.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import type { BybitQueries } from './queries.ts'

/**
 * Looks for one order wherever Bybit may show it: open orders (which also has recent closed ones, until
 * the venue restarts), order history (which may lag), executions.
 *
 * @returns the report, or absence as of BEFORE the first query left: what the venue accepted while we
 *   asked is not excluded. Any query that fails makes the whole `unavailable`.
 */
export async function findOrder(
  queries: BybitQueries,
  venueClock: VenueClock,
  order: OrderRef,
): Promise<Result<ExecutionReport | Absent, VenueError>> {
  const at = await venueClock.known()
  if (at === null) return unavailable("the venue's time is not known yet")
  for (const ask of [queries.openOrder, queries.closedOrder]) {
    const reports = await ask.call(queries, order)
    if (!reports.ok) return unavailable(reports.error.message)
    const [report] = reports.value
    if (report !== undefined) return ok(report)
  }
  const { venueOrderId, clientOrderId, purpose } = order
  const fills = await queries.orderExecutions(
    venueOrderId === null ? { orderLinkId: clientOrderId } : { orderId: venueOrderId },
    purpose,
  )
  if (!fills.ok) return unavailable(fills.error.message)
  const ours = fills.value.filter(
    fill => fill.venueOrderId === venueOrderId || fill.clientOrderId === clientOrderId,
  )
  return ours.length === 0 ? ok({ absent: true, at }) : fromFills(ours)
}

/** Trades that add up to the whole order prove that it is filled; fewer say nothing about its end. */
function fromFills(fills: readonly Fill[]): Result<ExecutionReport, VenueError> {
  const [first] = fills
  const filled = fills.reduce((sum, fill) => add(sum, fill.quantity), ZERO)
  if (first === undefined || filled < first.orderQuantity)
    return unavailable('the venue shows trades of the order but not the order; ask again')
  const cost = fills.reduce((sum, fill) => add(sum, multiply(fill.quantity, fill.fillPrice)), ZERO)
  return ok({
    instrumentId: first.instrumentId,
    positionIndex: first.positionIndex,
    venueOrderId: first.venueOrderId,
    clientOrderId: first.clientOrderId,
    side: first.side,
    // Executions name neither; for an order of ours the intent knows both.
    type: 'market',
    reduceOnly: false,
    status: 'filled',
    quantity: first.orderQuantity,
    filled,
    limitPrice: null,
    averagePrice: divide(cost, filled),
    reason: null,
    at: Math.max(...fills.map(fill => fill.at)),
  })
}

function unavailable(message: string): Result<never, VenueError> {
  return err({ kind: 'unavailable', message })
}
