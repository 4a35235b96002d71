import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangeExecution, ExchangeOrder } from '../../core/types.ts'
import { parameterError, type VenueFailure } from './codes.ts'
import { EXECUTION_TYPES, executionRow } from './execution-row.ts'
import { orderRow, orderStatusText } from './order-row.ts'
import { pageOf, type Query, windowOf } from './page.ts'
import type { ApiKey, Venue } from './venue.ts'

/** Closed orders that realtime still knows, per account. */
const MAXIMUM_RECENT_CLOSED = 500
/** How long history keeps orders that ended without a trade. */
const UNFILLED_RETENTION_MS = 24 * 3_600_000
const ORDER_PAGE = { usual: 20, maximum: 50 }
const EXECUTION_PAGE = {
  usual: 50,
  maximum: 100,
  placeOf: (execution: ExchangeExecution) => ({ id: execution.tradeId, at: execution.at }),
}

type Answer = Result<Record<string, unknown>, VenueFailure>

/** GET /v5/order/realtime: open orders; closed ones when asked for by id or with openOnly=1. */
export function openOrders(venue: Venue, key: ApiKey, query: Query): Answer {
  const byId = hasId(query)
  if (!byId && !query['symbol'] && !query['baseCoin'] && !query['settleCoin'])
    return err(parameterError('symbol, baseCoin or settleCoin is required'))
  const open = venue.exchange.openOrders(key.account)
  const closed = () =>
    venue.exchange
      .closedOrders(key.account)
      .slice(0, MAXIMUM_RECENT_CLOSED)
      .filter(order => order.updatedAt >= venue.restartedAt)
  const all = byId ? [...open, ...closed()] : query['openOnly'] === '1' ? closed() : open
  // "Sorted by the createdTime from newest to oldest" (docs/v5/order/open-order.mdx), closed ones too.
  const rows = filtered(all, query['orderFilter']).toSorted((a, b) => b.createdAt - a.createdAt)
  return orderPage(venue, query, { orders: matching(venue, rows, query), timeOf: byCreation })
}

/** GET /v5/order/history: closed orders by the time they were created. */
export function orderHistory(venue: Venue, key: ApiKey, query: Query): Answer {
  const window = windowOf(query, venue.now())
  if (!window.ok) return window
  const { from, to } = window.value
  const unfilledSince = venue.now() - UNFILLED_RETENTION_MS
  const kept = venue.exchange.closedOrders(key.account).filter(order => {
    const createdAt = venue.wallAt(order.createdAt)
    const retained = order.filled > 0n || venue.wallAt(order.updatedAt) >= unfilledSince
    return retained && createdAt >= from && createdAt <= to
  })
  const rows = matching(venue, filtered(kept, query['orderFilter']), query)
  const status = query['orderStatus']
  const asked = status ? rows.filter(order => orderStatusText(order) === status) : rows
  return orderPage(venue, query, { orders: asked, timeOf: byEnd })
}

/** GET /v5/execution/list: newest first; an order's id goes before every other filter. */
export function executionList(venue: Venue, key: ApiKey, query: Query): Answer {
  const window = windowOf(query, venue.now())
  if (!window.ok) return window
  const { from, to } = window.value
  const rows = matching(venue, venue.exchange.executions(key.account), query).filter(execution => {
    if (hasId(query)) return true
    const at = venue.wallAt(execution.at)
    return at >= from && at <= to
  })
  const { execType } = query
  const asked = execType ? rows.filter(({ kind }) => EXECUTION_TYPES[kind] === execType) : rows
  const page = pageOf(asked, query, EXECUTION_PAGE)
  if (!page.ok) return page
  const list = page.value.rows.map(execution => executionRow(venue, execution))
  return ok({ nextPageCursor: page.value.nextCursor, category: 'linear', list })
}

type TimeOf = (order: ExchangeOrder) => number
const byCreation: TimeOf = order => order.createdAt
/** The core lists closed orders by when they closed. */
const byEnd: TimeOf = order => order.updatedAt

function orderPage(
  venue: Venue,
  query: Query,
  { orders, timeOf }: { readonly orders: readonly ExchangeOrder[]; readonly timeOf: TimeOf },
): Answer {
  const placeOf = (order: ExchangeOrder) => ({ id: order.orderId, at: timeOf(order) })
  const page = pageOf(orders, query, { ...ORDER_PAGE, placeOf })
  if (!page.ok) return page
  const list = page.value.rows.map(order => orderRow(venue, order))
  return ok({ list, nextPageCursor: page.value.nextCursor, category: 'linear' })
}

/** `Order` are those that can trade, `StopOrder` and `tpslOrder` those that wait or waited. */
function filtered(orders: readonly ExchangeOrder[], filter: string | undefined): readonly ExchangeOrder[] {
  if (!filter) return orders
  return orders.filter(({ condition }) => (condition === null) === (filter === 'Order'))
}

function hasId(query: Query): boolean {
  return Boolean(query['orderId'] || query['orderLinkId'])
}

/** orderId > orderLinkId > symbol > baseCoin > settleCoin: only the first that is given counts. */
function matching<T extends ExchangeOrder | ExchangeExecution>(
  venue: Venue,
  rows: readonly T[],
  query: Query,
): readonly T[] {
  const { orderId, orderLinkId, symbol, baseCoin, settleCoin } = query
  if (orderId) return rows.filter(row => row.orderId === orderId)
  if (orderLinkId) return rows.filter(row => row.clientOrderId === orderLinkId)
  if (symbol) return rows.filter(row => row.symbol === symbol)
  const instrumentOf = (row: T) => venue.exchange.instruments.get(row.symbol)
  if (baseCoin) return rows.filter(row => instrumentOf(row)?.base === baseCoin)
  if (settleCoin) return rows.filter(row => instrumentOf(row)?.quote === settleCoin)
  return rows
}
