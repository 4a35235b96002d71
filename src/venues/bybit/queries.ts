import type { Credential, KeyPermissions } from '../../domain/account.ts'
import type { Fill } from '../../domain/fill.ts'
import { type AccountId, symbolOf } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  AccountSnapshot,
  ExecutionQuery,
  ExecutionReport,
  OrderRef,
  VenueError,
} from '../../ports/venue.ts'
import { attempt } from '../shared/fields.ts'
import type { Priority } from '../shared/rate-budget.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import {
  EXECUTION_WINDOW_MS,
  EXECUTIONS_PER_PAGE,
  KEPT_MS,
  ORDERS_PER_PAGE,
  POSITIONS_PER_PAGE,
} from './limits.ts'
import { type PagedReading, type Pages, type Query, readPages } from './pages.ts'
import { parseExecution } from './parse/execution.ts'
import { parseKey } from './parse/key.ts'
import { parseOrder } from './parse/order.ts'
import { parsePosition } from './parse/position.ts'
import { parseBalances, parseEquity } from './parse/wallet.ts'
import type { AccountQuota } from './quota.ts'
import type { BybitRest } from './rest.ts'

const USDT = { category: 'linear', settleCoin: 'USDT' }

export interface QueriesOptions {
  readonly accountId: AccountId
  readonly credential: Credential
  readonly rest: BybitRest
  readonly quota: AccountQuota
  readonly clock: Clock
  readonly venueClock: VenueClock
}

/** What an account is asked about itself. Every method is safe to call again. */
export class BybitQueries {
  readonly #options: QueriesOptions

  constructor(options: QueriesOptions) {
    this.#options = options
  }

  /** Positions, open orders and wallet. Flat positions are not listed: what is missing is flat. */
  async snapshot(): Promise<Result<AccountSnapshot, VenueError>> {
    const [positions, orders, wallet] = await Promise.all([
      this.#pages({
        path: '/v5/position/list',
        query: { ...USDT, limit: POSITIONS_PER_PAGE },
        parse: row => parsePosition(row, 'avgPrice'),
      }),
      this.#pages({
        path: '/v5/order/realtime',
        query: { ...USDT, limit: ORDERS_PER_PAGE },
        parse: parseOrder,
      }),
      this.#wallet(),
    ])
    if (!positions.ok) return positions
    if (!orders.ok) return orders
    if (!wallet.ok) return wallet
    const hedged = positions.value.rows.some(position => position.positionIndex !== 0)
    return ok({
      positionMode: hedged ? 'hedge' : 'one_way',
      positions: positions.value.rows,
      openOrders: orders.value.rows,
      ...wallet.value,
      at: positions.value.at,
    })
  }

  /** By order, or window by window from `since` on; oldest first, each trade once. */
  async executions(query: ExecutionQuery): Promise<Result<readonly Fill[], VenueError>> {
    if (query.venueOrderId !== undefined) {
      const found = await this.orderExecutions({ orderId: query.venueOrderId }, query.purpose)
      return found.ok ? ok(inOrder(found.value, query.since)) : found
    }
    const now = await this.#options.venueClock.known()
    if (now === null) return err({ kind: 'unavailable', message: "the venue's time is not known yet" })
    const fills: Fill[] = []
    const symbol = query.instrumentId === undefined ? {} : { symbol: symbolOf(query.instrumentId) }
    const oldest = Math.trunc(Math.max(query.since, now - KEPT_MS))
    for (let start = oldest; start <= now; start += EXECUTION_WINDOW_MS) {
      const end = start + EXECUTION_WINDOW_MS - 1
      // Without an end the venue takes seven days from the start: nothing is missed while we read.
      const range = end < now ? { startTime: start, endTime: end } : { startTime: start }
      const page = await this.#executionPages({ ...symbol, ...range })
      if (!page.ok) return page
      fills.push(...page.value)
    }
    return ok(inOrder(fills, query.since))
  }

  openOrder(order: OrderRef): Promise<Result<readonly ExecutionReport[], VenueError>> {
    return this.#ordersById('/v5/order/realtime', order)
  }

  closedOrder(order: OrderRef): Promise<Result<readonly ExecutionReport[], VenueError>> {
    return this.#ordersById('/v5/order/history', order)
  }

  /** Given an order's id Bybit ignores every other condition. */
  orderExecutions(
    order: { readonly orderId: string } | { readonly orderLinkId: string },
    priority: Priority = 'read',
  ): Promise<Result<readonly Fill[], VenueError>> {
    return this.#executionPages({ ...order }, priority)
  }

  async permissions(): Promise<Result<KeyPermissions, VenueError>> {
    const { rest, credential, quota } = this.#options
    const windows = [quota.settings]
    const path = '/v5/user/query-api'
    const answer = await rest.read({ path, query: '', credential, windows, priority: 'read' })
    if (!answer.ok) return answer
    const parsed = attempt(() => parseKey(answer.value.result))
    return parsed.ok ? parsed : err({ kind: 'malformed', message: `${path}: ${parsed.error}` })
  }

  async #ordersById(path: string, order: OrderRef): Promise<Result<readonly ExecutionReport[], VenueError>> {
    const { instrumentId, clientOrderId, purpose: priority = 'read' } = order
    const query = { category: 'linear', symbol: symbolOf(instrumentId), orderLinkId: clientOrderId }
    const pages = await this.#pages({ path, query, priority, parse: parseOrder })
    if (!pages.ok) return pages
    // The venue is asked for one id; a row that carries another is no evidence about it.
    return ok(pages.value.rows.filter(report => report.clientOrderId === clientOrderId))
  }

  async #executionPages(
    conditions: Query,
    priority: Priority = 'read',
  ): Promise<Result<readonly Fill[], VenueError>> {
    const query = { category: 'linear', ...conditions, limit: EXECUTIONS_PER_PAGE }
    const { accountId } = this.#options
    const path = '/v5/execution/list'
    const pages = await this.#pages({ path, query, priority, parse: row => parseExecution(row, accountId) })
    return pages.ok ? ok(pages.value.rows) : pages
  }

  async #wallet(): Promise<Result<Pick<AccountSnapshot, 'balances' | 'equity'>, VenueError>> {
    const { clock } = this.#options
    const pages = await this.#pages({
      path: '/v5/account/wallet-balance',
      query: { accountType: 'UNIFIED' },
      parse: row => ({ balances: parseBalances(row), equity: parseEquity(row) }),
    })
    if (!pages.ok) return pages
    const [account] = pages.value.rows
    if (account === undefined) return err({ kind: 'malformed', message: 'wallet-balance: no account' })
    return ok({ balances: account.balances, equity: { equity: account.equity, at: clock.now() } })
  }

  #pages<T>(
    reading: Pick<PagedReading<T>, 'path' | 'query' | 'parse'> & Partial<Pick<PagedReading<T>, 'priority'>>,
  ): Promise<Result<Pages<T>, VenueError>> {
    const { rest, credential, quota } = this.#options
    return readPages(rest, { priority: 'read', ...reading, credential, windows: [quota.read] })
  }
}

/** Pages come newest first, windows oldest first, and both may show a trade twice. */
function inOrder(fills: readonly Fill[], since: number): readonly Fill[] {
  const once = new Map(fills.map(fill => [`${fill.instrumentId}/${fill.tradeId}`, fill]))
  return [...once.values()]
    .filter(fill => fill.at >= since)
    .sort((a, b) => a.at - b.at || a.venueSequence - b.venueSequence)
}
