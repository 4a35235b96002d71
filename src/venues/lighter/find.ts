import { err, ok, type Result } from '../../domain/result.ts'
import type { Absent, ExecutionReport, OrderRef, VenueError } from '../../ports/venue.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { isAllBefore } from './executions.ts'
import { CLOCK_ERROR_MS, SEARCH_MARGIN_MS } from './limits.ts'
import type { LighterQueries } from './queries.ts'

/**
 * Looks for one order wherever Lighter may show it: open orders, ended orders, trades. None of them can be asked for a
 * client's index, so all pages are read back to the order's claim.
 *
 * @returns the report, or absence as of BEFORE the first query left: what the venue executed while we asked is not
 *   excluded. Any query that fails makes the whole `unavailable`.
 */
export async function findOrder(
  queries: LighterQueries,
  venueClock: VenueClock,
  order: OrderRef,
): Promise<Result<ExecutionReport | Absent, VenueError>> {
  const market = queries.instrumentMarket(order.instrumentId)
  if (market === null) return unavailable(`${order.instrumentId} is not in the venue's list of markets`)
  const at = await venueClock.known()
  if (at === null) return unavailable("the venue's time is not known yet")
  const since = order.claim?.venueTimestamp ?? 0
  // What a hedge or an exit waits for comes before other reads.
  const { purpose: priority = 'read' } = order
  const isIt = (row: Pick<ExecutionReport, 'venueOrderId' | 'clientOrderId'>) =>
    row.clientOrderId === order.clientOrderId || row.venueOrderId === order.venueOrderId
  const active = await queries.activeOrders(market, { isWanted: isIt, priority })
  if (!active.ok) return unavailable(active.error.message)
  const open = active.value.find(isIt)
  if (open !== undefined) return ok(open)
  const ended = await queries.endedOrders(market, {
    isWanted: isIt,
    enough: page => page.some(isIt) || isAllBefore(page, since),
    priority,
  })
  if (!ended.ok) return unavailable(ended.error.message)
  const found = ended.value.find(isIt)
  if (found !== undefined) return ok(found)
  const trades = await queries.trades(
    { market_id: market },
    { enough: page => page.every(({ fill }) => fill.at < since - SEARCH_MARGIN_MS), priority },
  )
  if (!trades.ok) return unavailable(trades.error.message)
  if (trades.value.some(({ fill }) => isIt(fill)))
    return unavailable('the venue shows trades of the order but not the order; ask again')
  return ok({ absent: true, at: Math.trunc(at) - CLOCK_ERROR_MS })
}

function unavailable(message: string): Result<never, VenueError> {
  return err({ kind: 'unavailable', message })
}
