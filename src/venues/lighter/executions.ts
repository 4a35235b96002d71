import type { Fill } from '../../domain/fill.ts'
import type { VenueOrderId } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ExecutionQuery, ExecutionReport, VenueError } from '../../ports/venue.ts'
import { attempt } from '../shared/fields.ts'
import type { KnownOrders } from './known-orders.ts'
import { SEARCH_MARGIN_MS } from './limits.ts'
import { type TradeRow, tradedOf } from './parse/trade.ts'
import type { AskedOrders, LighterQueries } from './queries.ts'
import type { Query } from './rest.ts'

/** All trades since then, oldest first, each once, with the sizes of their orders. */
export async function readExecutions(
  queries: LighterQueries,
  known: KnownOrders,
  query: ExecutionQuery,
): Promise<Result<readonly Fill[], VenueError>> {
  const { since, instrumentId, venueOrderId, purpose: priority = 'read' } = query
  const market = instrumentId === undefined ? null : queries.instrumentMarket(instrumentId)
  const conditions: Query = {
    ...(market !== null && { market_id: market }),
    ...(venueOrderId !== undefined && { order_index: venueOrderId }),
  }
  const rows = await queries.trades(conditions, {
    enough: page => page.every(({ fill }) => fill.at < since),
    priority,
  })
  if (!rows.ok) return rows
  const wanted = rows.value
    .map(({ fill }) => fill)
    .filter(fill => fill.at >= since)
    .filter(fill => instrumentId === undefined || fill.instrumentId === instrumentId)
    .filter(fill => venueOrderId === undefined || fill.venueOrderId === venueOrderId)
  const once = [...new Map(wanted.map(fill => [fill.tradeId, fill])).values()]
  const missing = new Set(once.filter(fill => !isSized(fill, known)).map(fill => fill.venueOrderId))
  if (missing.size > 0) {
    const read = await readSizes(queries, known, { missing, since, market })
    if (!read.ok) return read
  }
  const fills = once.map(fill => withSize(fill, known, once))
  return ok(fills.sort((a, b) => a.venueSequence - b.venueSequence))
}

/** What ends a position by force belongs to no order that anybody placed. */
export function isSized(
  { cause, venueOrderId, clientOrderId }: TradeRow['fill'],
  known: KnownOrders,
): boolean {
  return cause !== 'trade' || known.sizeOf(venueOrderId, clientOrderId) !== undefined
}

/** @param others where the venue does not show an order any more, it is as big as what has traded of it */
export function withSize(
  fill: TradeRow['fill'],
  known: KnownOrders,
  others: readonly TradeRow['fill'][],
): Fill {
  const { cause, quantity, venueOrderId, clientOrderId } = fill
  if (cause !== 'trade') return { ...fill, orderQuantity: quantity }
  const size = known.sizeOf(venueOrderId, clientOrderId) ?? tradedOf(others, venueOrderId)
  return { ...fill, orderQuantity: size }
}

/** Orders that ended since then, and those that are open; reading them makes their sizes known. */
async function readSizes(
  queries: LighterQueries,
  known: KnownOrders,
  search: {
    readonly missing: ReadonlySet<VenueOrderId>
    readonly since: number
    readonly market: number | null
  },
): Promise<Result<void, VenueError>> {
  const isComplete = () => [...search.missing].every(id => known.sizeOf(id, null) !== undefined)
  const isWanted: AskedOrders['isWanted'] = ({ venueOrderId }) => search.missing.has(venueOrderId)
  const enough = (page: readonly ExecutionReport[]) => isAllBefore(page, search.since)
  const ended = await queries.endedOrders(search.market, { isWanted, enough })
  if (!ended.ok) return ended
  if (isComplete()) return ok()
  const account = await queries.account()
  if (!account.ok) return account
  const markets = attempt(() => queries.marketsWithOrders(account.value))
  if (!markets.ok) return err({ kind: 'malformed', message: `account: ${markets.error}` })
  for (const market of markets.value) {
    const open = await queries.activeOrders(market, { isWanted })
    if (!open.ok) return open
  }
  return ok()
}

/** @returns whether a page, and so every page behind it, is of orders that ended before then */
export function isAllBefore(page: readonly { readonly at: number }[], since: number): boolean {
  return page.every(({ at }) => at < since - SEARCH_MARGIN_MS)
}
