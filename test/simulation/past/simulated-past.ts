import type { HistoryKind, VenueOrder } from '../../../src/domain/history.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type {
  HistoryPage,
  HistoryQuery,
  HistoryRule,
  OpenOrders,
  OrderAddress,
  VenueHistory,
} from '../../../src/ports/history.ts'
import type { VenueError } from '../../../src/ports/venue.ts'
import type { MeasuredClock } from '../measured-clock.ts'
import type { VenueHost } from '../venue-host.ts'
import { closingTold, executionTold, orderTold, walletTold } from './past-rows.ts'
import { type PastShelf, ROWS_PER_PAGE } from './past-shelf.ts'

export interface SimulatedPastOptions {
  /** On the exchange. */
  readonly name: string
  readonly host: VenueHost
  readonly shelf: PastShelf
  /** The process's: what it waits for dies with it. */
  readonly clock: Clock
  readonly venueClock: MeasuredClock
}

/** Where a row stands in a list, newest change first. */
interface Place {
  readonly id: string
  readonly changedAt: number
}

/** What windows go by, and where it stands. */
interface Filed extends Place {
  readonly at: number
}

/** One account's past as one process asks for it. */
export class SimulatedPast implements VenueHistory {
  readonly #options: SimulatedPastOptions

  constructor(options: SimulatedPastOptions) {
    this.#options = options
  }

  rule(kind: HistoryKind): HistoryRule {
    return this.#options.shelf.rule(kind)
  }

  async now(): Promise<number | null> {
    return this.#options.venueClock.now()
  }

  page(query: HistoryQuery): Promise<Result<HistoryPage, VenueError>> {
    return this.#ask(() => this.#page(query))
  }

  async openOrders(): Promise<Result<OpenOrders, VenueError>> {
    const { name, host } = this.#options
    const at = await this.now()
    if (at === null) return err({ kind: 'unavailable', message: "the venue's time is not known" })
    return this.#ask(() => ({ orders: host.exchange.openOrders(name).map(orderTold), at }))
  }

  order({ venueOrderId }: OrderAddress): Promise<Result<VenueOrder | null, VenueError>> {
    const { name, host, shelf } = this.#options
    return this.#ask(() => {
      const { exchange } = host
      const isIt = ({ orderId }: { readonly orderId: string }): boolean => orderId === venueOrderId
      const ended = exchange.closedOrders(name).find(isIt)
      if (ended !== undefined && shelf.isShown(ended.orderId, ended.updatedAt, host.now()))
        return orderTold(ended)
      const open = exchange.openOrders(name).find(isIt)
      return open === undefined ? null : orderTold(open)
    })
  }

  #page(query: HistoryQuery): HistoryPage {
    const { name, host } = this.#options
    const { exchange } = host
    const { kind } = query
    switch (kind) {
      case 'closed_pnl': {
        const { rows, cursor } = this.#cut(query, exchange.closedPnl(name), row => {
          return { id: `${row.orderId}.${row.number}`, at: row.updatedAt, changedAt: row.updatedAt }
        })
        return { found: { kind, rows: rows.map(closingTold) }, cursor }
      }
      case 'orders': {
        const { rows, cursor } = this.#cut(query, exchange.closedOrders(name), row => {
          return { id: row.orderId, at: row.createdAt, changedAt: row.updatedAt }
        })
        return { found: { kind, rows: rows.map(orderTold) }, cursor }
      }
      case 'executions': {
        const { rows, cursor } = this.#cut(query, exchange.executions(name), row => {
          return { id: row.tradeId, at: row.at, changedAt: row.at }
        })
        return { found: { kind, rows: rows.map(executionTold) }, cursor }
      }
      case 'wallet': {
        const { currency } = exchange.wallet(name)
        const { rows, cursor } = this.#cut(query, exchange.transactions(name), row => {
          return { id: row.id, at: row.at, changedAt: row.at }
        })
        return { found: { kind, rows: rows.map(row => walletTold(row, currency)) }, cursor }
      }
    }
  }

  /** What is shown of a window, behind the last row of the page before: what has come on top shifts nothing. */
  #cut<Row>(
    { window, cursor }: HistoryQuery,
    all: readonly Row[],
    filed: (row: Row) => Filed,
  ): { readonly rows: readonly Row[]; readonly cursor: string | null } {
    const { host, shelf } = this.#options
    const now = host.now()
    const shown = all
      .map(row => ({ row, ...filed(row) }))
      .filter(({ at }) => at >= window.from && at < window.to)
      .filter(({ id, changedAt }) => shelf.isShown(id, changedAt, now))
      .sort((a, b) => b.changedAt - a.changedAt)
    const start = cursor === null ? 0 : behind(shown, cursor)
    const page = shown.slice(start, start + ROWS_PER_PAGE)
    const last = page.at(-1)
    const isMore = last !== undefined && start + page.length < shown.length
    return { rows: page.map(({ row }) => row), cursor: isMore ? `${last.id} ${last.changedAt}` : null }
  }

  /** Every request takes its time, and may fail. */
  #ask<T>(work: () => T): Promise<Result<T, VenueError>> {
    const { shelf, clock } = this.#options
    return new Promise(resolve => {
      clock.after(shelf.latencyMs(), () => {
        const barred = this.#barred()
        const answer: Result<T, VenueError> = barred === null ? ok(work()) : err(barred)
        clock.after(shelf.latencyMs(), () => resolve(answer))
      })
    })
  }

  #barred(): VenueError | null {
    const { name, host, shelf } = this.#options
    if (host.keyOf(name) === 'revoked')
      return { kind: 'refused', reason: 'key', code: '33004', message: 'the key is gone' }
    if (host.addressRefused)
      return { kind: 'refused', reason: 'address', code: '10010', message: 'not from here' }
    if (host.exchange.maintenance || shelf.fails()) return { kind: 'unavailable', message: 'no answer' }
    return null
  }
}

/** As Bybit's exchange has it: where the row is gone, at its time; rather twice than never. */
function behind(shown: readonly Place[], cursor: string): number {
  const [id, changedAt] = cursor.split(' ')
  const seen = shown.findIndex(row => row.id === id)
  if (seen >= 0) return seen + 1
  const next = shown.findIndex(row => row.changedAt <= Number(changedAt))
  return next < 0 ? shown.length : next
}
