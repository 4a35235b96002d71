import { decimal } from '../../domain/decimal.ts'
import type {
  ClosedPnl,
  HistoryKind,
  HistoryRows,
  VenueExecution,
  VenueOrder,
  WalletEntry,
} from '../../domain/history.ts'
import { instrumentId, type TradeId, type VenueOrderId } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  HistoryPage,
  HistoryQuery,
  HistoryRule,
  OpenOrders,
  OrderAddress,
  VenueHistory,
} from '../../ports/history.ts'
import type { VenueError } from '../../ports/venue.ts'

export const DAY_MS = 24 * 3_600_000
export const LAG_MS = 3_000
const BTC = instrumentId('bybit', 'BTCUSDT')

type Answer = Result<HistoryPage, VenueError>

/** A venue's past that a test writes: newest first, so many rows a page, with whatever the test puts in between. */
export class FakePast implements VenueHistory {
  readonly closings: ClosedPnl[] = []
  /** Whatever their status: open ones are listed, the others are in history. */
  readonly orders: VenueOrder[] = []
  readonly executions: VenueExecution[] = []
  readonly wallet: WalletEntry[] = []
  readonly asked: HistoryQuery[] = []
  readonly ordersAsked: OrderAddress[] = []
  lists = 0
  pageSize = 3
  keepsEveryRow = true
  /** How long after it happened history shows something; the list of open orders is never late. */
  lateMs = 0
  without: HistoryKind | null = null
  /** How long a list of open orders takes: what ends meanwhile is not in it. */
  listMs = 0
  /** In place of the answer, or of what is left of it. */
  meddle: (query: HistoryQuery, answer: Answer) => Answer | Promise<Answer> = (_, answer) => answer
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  rule(kind: HistoryKind): HistoryRule | null {
    if (kind === this.without) return null
    const keepsEveryRow = kind !== 'orders' && this.keepsEveryRow
    return { maximumWindowMs: 7 * DAY_MS, retentionMs: 730 * DAY_MS, lagMs: LAG_MS, keepsEveryRow }
  }

  async now(): Promise<number> {
    return this.#clock.now()
  }

  async page(query: HistoryQuery): Promise<Answer> {
    this.asked.push(query)
    const { kind, window, cursor } = query
    const rows = this.#rows(kind, at => at >= window.from && at < window.to)
    const start = Number(cursor ?? '0')
    const end = start + this.pageSize
    const answer = ok({
      found: { ...rows, rows: rows.rows.slice(start, end) } as HistoryRows,
      cursor: end < rows.rows.length ? String(end) : null,
    })
    return this.meddle(query, answer)
  }

  async openOrders(): Promise<Result<OpenOrders, VenueError>> {
    this.lists += 1
    const at = this.#clock.now()
    if (this.listMs > 0)
      await new Promise<void>(resolve => {
        this.#clock.after(this.listMs, resolve)
      })
    return ok({ orders: this.orders.filter(({ status }) => status === 'open'), at })
  }

  async order(address: OrderAddress): Promise<Result<VenueOrder | null, VenueError>> {
    this.ordersAsked.push(address)
    return ok(this.orders.find(({ venueOrderId }) => venueOrderId === address.venueOrderId) ?? null)
  }

  #rows(kind: HistoryKind, within: (at: number) => boolean): HistoryRows {
    switch (kind) {
      case 'closed_pnl':
        return { kind, rows: this.#shown(this.closings.filter(({ at }) => within(at))) }
      case 'orders': {
        const ended = this.orders.filter(order => order.status !== 'open' && within(order.createdAt))
        return { kind, rows: this.#shown(ended) }
      }
      case 'executions':
        return { kind, rows: this.#shown(this.executions.filter(({ at }) => within(at))) }
      case 'wallet':
        return { kind, rows: this.#shown(this.wallet.filter(({ at }) => within(at))) }
    }
  }

  #shown<Row extends { readonly at: number }>(rows: readonly Row[]): Row[] {
    const until = this.#clock.now() - this.lateMs
    return rows.filter(({ at }) => at <= until).toSorted((a, b) => b.at - a.at)
  }
}

export function refused(reason: 'key' | 'address' | 'rate_limited'): Answer {
  return err({ kind: 'refused', reason, code: '33004', message: 'Your api key has expired.' })
}

export function closing(name: string, at: number, change: Partial<ClosedPnl> = {}): ClosedPnl {
  return {
    instrumentId: BTC,
    venueOrderId: name as VenueOrderId,
    side: 'sell',
    closedQuantity: decimal('1'),
    averageEntryPrice: decimal('100'),
    averageExitPrice: decimal('101'),
    entryNotional: decimal('100'),
    exitNotional: decimal('101'),
    openFee: null,
    closeFee: null,
    closedPnl: decimal('1'),
    fillCount: 1,
    leverage: null,
    cause: 'Trade',
    createdAt: at,
    at,
    ...change,
  }
}

export function pastOrder(name: string, at: number, change: Partial<VenueOrder> = {}): VenueOrder {
  return {
    instrumentId: BTC,
    positionIndex: 0,
    venueOrderId: name as VenueOrderId,
    clientOrderId: null,
    side: 'buy',
    type: 'limit',
    status: 'filled',
    venueStatus: 'Filled',
    quantity: decimal('1'),
    filled: decimal('1'),
    limitPrice: decimal('100'),
    averagePrice: decimal('100'),
    fee: null,
    reduceOnly: false,
    reason: null,
    createdAt: at,
    at,
    ...change,
  }
}

export function pastExecution(name: string, at: number): VenueExecution {
  return {
    instrumentId: BTC,
    tradeId: name as TradeId,
    venueOrderId: 'order-1' as VenueOrderId,
    clientOrderId: null,
    kind: 'trade',
    side: 'buy',
    quantity: decimal('1'),
    fillPrice: decimal('100'),
    fee: decimal('0.1'),
    liquidity: 'taker',
    at,
  }
}
