import type { Credential, Environment } from '../../domain/account.ts'
import type { HistoryKind, HistoryRows, VenueOrder } from '../../domain/history.ts'
import { symbolOf } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type {
  HistoryPage,
  HistoryQuery,
  HistoryRule,
  OpenOrders,
  OrderAddress,
  VenueHistory,
} from '../../ports/history.ts'
import type { VenueError } from '../../ports/venue.ts'
import type { Row } from '../shared/fields.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import {
  CLOSED_PNL_PER_PAGE,
  EXECUTIONS_PER_PAGE,
  HISTORY_LAG_MS,
  HISTORY_WAIT_MS,
  HISTORY_WINDOW_MS,
  KEPT_MS,
  ORDERS_PER_PAGE,
  WALLET_ENTRIES_PER_PAGE,
} from './limits.ts'
import { type Page, type PagedReading, type Query, readPage, readPages } from './pages.ts'
import { parseClosedPnl, parseVenueExecution, parseVenueOrder, parseWalletEntry } from './parse/history.ts'
import type { AccountQuota } from './quota.ts'
import type { BybitRest } from './rest.ts'

const LINEAR = { category: 'linear' }

interface Route {
  readonly path: string
  readonly query: Query
}

/** Bybit's four lists, each by both ends of a window: with endTime alone it looks no farther back than seven days. */
const ROUTES: Readonly<Record<HistoryKind, Route>> = {
  closed_pnl: { path: '/v5/position/closed-pnl', query: { ...LINEAR, limit: CLOSED_PNL_PER_PAGE } },
  orders: { path: '/v5/order/history', query: { ...LINEAR, limit: ORDERS_PER_PAGE } },
  executions: { path: '/v5/execution/list', query: { ...LINEAR, limit: EXECUTIONS_PER_PAGE } },
  // Of every category: transfers have none.
  wallet: {
    path: '/v5/account/transaction-log',
    query: { accountType: 'UNIFIED', limit: WALLET_ENTRIES_PER_PAGE },
  },
}

const RULE: HistoryRule = {
  maximumWindowMs: HISTORY_WINDOW_MS,
  retentionMs: KEPT_MS,
  lagMs: HISTORY_LAG_MS,
  keepsEveryRow: true,
}

const RULES: Readonly<Record<HistoryKind, HistoryRule>> = {
  closed_pnl: RULE,
  // Orders that ended without a trade are kept for a day, or for seven (docs/v5/order/order-list.mdx).
  orders: { ...RULE, keepsEveryRow: false },
  executions: RULE,
  wallet: RULE,
}

export interface BybitHistoryOptions {
  readonly credential: Credential
  readonly environment: Environment
  readonly rest: BybitRest
  readonly quota: AccountQuota
  readonly venueClock: VenueClock
}

/** What a Bybit key can read of its account's past. */
export class BybitHistory implements VenueHistory {
  readonly #options: BybitHistoryOptions

  constructor(options: BybitHistoryOptions) {
    this.#options = options
  }

  /** Demo accounts have no closed PnL (10032). */
  rule(kind: HistoryKind): HistoryRule | null {
    return kind === 'closed_pnl' && this.#options.environment === 'demo' ? null : RULES[kind]
  }

  now(): Promise<number | null> {
    return this.#options.venueClock.known()
  }

  page(query: HistoryQuery): Promise<Result<HistoryPage, VenueError>> {
    switch (query.kind) {
      case 'closed_pnl':
        return this.#page(query, parseClosedPnl, rows => ({ kind: 'closed_pnl', rows }))
      case 'orders':
        return this.#page(query, parseVenueOrder, rows => ({ kind: 'orders', rows }))
      case 'executions':
        return this.#page(query, parseVenueExecution, rows => ({ kind: 'executions', rows }))
      case 'wallet':
        return this.#page(query, parseWalletEntry, rows => ({ kind: 'wallet', rows }))
    }
  }

  async openOrders(): Promise<Result<OpenOrders, VenueError>> {
    const at = await this.now()
    if (at === null) return err({ kind: 'unavailable', message: "the venue's time is not known yet" })
    const query = { ...LINEAR, settleCoin: 'USDT', limit: ORDERS_PER_PAGE }
    const pages = await readPages(
      this.#options.rest,
      this.#reading('/v5/order/realtime', query, parseVenueOrder),
    )
    return pages.ok ? ok({ orders: pages.value.rows, at }) : pages
  }

  /** History first: realtime forgets closed orders when the venue restarts, and what is over is what is looked for. */
  async order(address: OrderAddress): Promise<Result<VenueOrder | null, VenueError>> {
    const { instrumentId, venueOrderId, createdAt } = address
    const query = { ...LINEAR, symbol: symbolOf(instrumentId), orderId: venueOrderId }
    // Without a window it would be looked for among those of the last seven days only.
    const window = { startTime: createdAt, endTime: createdAt + 1 }
    const asked: readonly Route[] = [
      { path: '/v5/order/history', query: { ...query, ...window } },
      { path: '/v5/order/realtime', query },
    ]
    for (const { path, query: conditions } of asked) {
      const page = await readPage(this.#options.rest, this.#reading(path, conditions, parseVenueOrder), null)
      if (!page.ok) return page
      const found = page.value.rows.find(order => order.venueOrderId === venueOrderId)
      if (found !== undefined) return ok(found)
    }
    return ok(null)
  }

  async #page<T>(
    { kind, window, cursor }: HistoryQuery,
    parse: (row: Row) => T | null,
    found: (rows: readonly T[]) => HistoryRows,
  ): Promise<Result<HistoryPage, VenueError>> {
    const { path, query } = ROUTES[kind]
    // Bybit counts both ends in.
    const range = { startTime: window.from, endTime: window.to - 1 }
    const reading = this.#reading(path, { ...query, ...range }, parse)
    const page: Result<Page<T>, VenueError> = await readPage(this.#options.rest, reading, cursor)
    return page.ok ? ok({ found: found(page.value.rows), cursor: page.value.cursor }) : page
  }

  #reading<T>(path: string, query: Query, parse: (row: Row) => T | null): PagedReading<T> {
    const { credential, quota } = this.#options
    return {
      path,
      query,
      credential,
      windows: [quota.read],
      priority: 'history',
      waitMs: HISTORY_WAIT_MS,
      parse,
    }
  }
}
