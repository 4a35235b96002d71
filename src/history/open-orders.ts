import type { VenueOrder } from '../domain/history.ts'
import { err, ok, type Result } from '../domain/result.ts'
import {
  FORGOTTEN_AFTER_MS,
  LIST_OPEN_ORDERS_EVERY_MS,
  LIST_TURN_MS,
  LISTS_PER_TURN,
  ORDERS_ASKED_PER_CYCLE,
} from './limits.ts'
import { type Failure, NO_ROWS, storeFailure, sum, type Tally, venueFailure } from './outcome.ts'
import type { Desk } from './read-window.ts'

const LONG_AGO = Number.NEGATIVE_INFINITY

/** An order made before `at` is listed, or had ended before `endAt`. Both by the venue's clock, ms. */
interface List {
  readonly at: number
  readonly endAt: number
}

/** How much after the others an account lists its open orders, ms. @param place in the row of all accounts, from 0 */
export function listAfterMs(place: number): number {
  return (Math.floor(place / LISTS_PER_TURN) * LIST_TURN_MS) % LIST_OPEN_ORDERS_EVERY_MS
}

/** An account's turns to list its open orders. */
export class ListTurns {
  readonly #afterMs: number
  /** The venue's clock, ms. */
  #from: number | null = null

  /** @param afterMs how much after its first cycle its first turn is */
  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /**
   * When the last turn began, the venue's clock, ms; long ago before the first one. Turns are counted from the first
   * cycle, and not from the last list: accounts that an outage has made late are apart again with the next.
   */
  begunAt(now: number): number {
    this.#from ??= now + this.#afterMs
    const turns = Math.floor((now - this.#from) / LIST_OPEN_ORDERS_EVERY_MS)
    return turns < 0 ? LONG_AGO : this.#from + turns * LIST_OPEN_ORDERS_EVERY_MS
  }
}

/**
 * The orders that a window cannot show: it goes by when an order was made, and shows it when it has ended. So those
 * that are open are listed, and each of them is asked for by its id until it is over.
 */
export class OpenOrderList {
  readonly #desk: Desk
  /** Newest first: as many as decide about coverage. */
  #lists: readonly List[] = []
  #open: ReadonlySet<string> = new Set()
  /** Orders that the venue showed nowhere, with when that began; only such that are stored. */
  readonly #absentSince = new Map<string, number>()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** When the last list was whole, the venue's clock, ms; long ago when there was none since the start. */
  get lastAt(): number {
    return this.#lists[0]?.endAt ?? LONG_AGO
  }

  /**
   * Orders made before it are listed, or had ended early enough for a window that is read now to show them.
   *
   * @param latest what the venue has no excuse for not showing by now
   */
  completeBefore(latest: number): number | null {
    return this.#lists.find(({ endAt }) => endAt <= latest)?.at ?? null
  }

  async list(): Promise<Result<Tally, Failure>> {
    const listed = await this.#desk.venue.openOrders()
    if (!listed.ok) return err(venueFailure(listed.error))
    const { orders, at } = listed.value
    const written = await this.#store(orders)
    if (!written.ok) return written
    this.#open = new Set(orders.map(({ venueOrderId }) => venueOrderId))
    const endAt = await this.#desk.venue.now()
    if (endAt !== null) this.#lists = [{ at, endAt }, ...this.#lists].slice(0, 2)
    return written
  }

  /** Asks what became of orders that were open and are listed no more. */
  async follow(now: number): Promise<Result<Tally, Failure>> {
    const { store, venue, accountId } = this.#desk
    const unfinished = await store.unfinishedOrders(accountId, this.#open.size + ORDERS_ASKED_PER_CYCLE)
    const missing = unfinished.filter(({ venueOrderId }) => !this.#open.has(venueOrderId))
    let tally = NO_ROWS
    for (const order of missing.slice(0, ORDERS_ASKED_PER_CYCLE)) {
      const found = await venue.order(order)
      if (!found.ok) return err(venueFailure(found.error))
      const said = found.value ?? this.#forgotten(order, now)
      if (found.value !== null) this.#absentSince.delete(order.venueOrderId)
      if (said === null) continue
      const written = await this.#store([said])
      if (!written.ok) return written
      tally = sum(tally, written.value)
    }
    return ok(tally)
  }

  #forgotten(order: VenueOrder, now: number): VenueOrder | null {
    const since = this.#absentSince.get(order.venueOrderId)
    if (since === undefined) this.#absentSince.set(order.venueOrderId, now)
    if (since === undefined || now - since < FORGOTTEN_AFTER_MS) return null
    this.#absentSince.delete(order.venueOrderId)
    this.#desk.log.warn('history_order_forgotten', {
      account: this.#desk.accountId,
      order: order.venueOrderId,
    })
    // With its own time: should the venue remember it after all, that is what stays.
    return { ...order, status: 'forgotten' }
  }

  async #store(rows: readonly VenueOrder[]): Promise<Result<Tally, Failure>> {
    const { store, accountId } = this.#desk
    const found = { kind: 'orders', rows } as const
    const written = await store.commit({ accountId, found, coverage: null, job: null })
    return written.ok ? ok(written.value) : err(storeFailure(written.error))
  }
}
