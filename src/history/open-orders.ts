import type { VenueOrder } from '../domain/history.ts'
import { err, ok, type Result } from '../domain/result.ts'
import {
  FORGOTTEN_AFTER_MS,
  LIST_OPEN_ORDERS_EVERY_MS,
  LIST_TURN_MS,
  LISTS_PER_TURN,
  MAXIMUM_FAILED_QUESTIONS,
  MAXIMUM_ORDERS_ASKED,
  ORDERS_ALWAYS_ASKED,
  ORDERS_ASKED_FOR_MS,
  UNFINISHED_LOOKED_THROUGH,
} from './limits.ts'
import { type Failure, NO_ROWS, storeFailure, sum, type Tally, venueFailure } from './outcome.ts'
import type { Desk } from './read-window.ts'

const LONG_AGO = Number.NEGATIVE_INFINITY

/** An order made before `at` is listed, or had ended before `endAt`. Both by the venue's clock, ms. */
interface List {
  readonly at: number
  readonly endAt: number
}

/** What became of orders that are listed no more. */
export interface Followed {
  readonly tally: Tally
  /** Why one of them, or the store, could not be asked; null: all were. */
  readonly failure: Failure | null
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
  #lastAsked: VenueOrder | null = null
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

  /** Whether an order made before then may be over, as far as is stored. */
  async hasBefore(at: number): Promise<boolean> {
    const [oldest] = await this.#desk.store.unfinishedOrders(this.#desk.accountId, 1)
    return oldest !== undefined && oldest.createdAt < at
  }

  /**
   * Asks what became of orders that were open and are listed no more: as many as get answers while the venue's budget
   * gives them soon, and some in any case. Fails only when no other could be asked either.
   */
  async follow(now: number): Promise<Result<Followed, Failure>> {
    const { clock, ending } = this.#desk
    const until = clock.monotonic() + ORDERS_ASKED_FOR_MS
    let followed: Followed = { tally: NO_ROWS, failure: null }
    let failures = 0
    for (const [asked, order] of (await this.#missing()).entries()) {
      if (ending.aborted || (asked >= ORDERS_ALWAYS_ASKED && clock.monotonic() >= until)) break
      this.#lastAsked = order
      const done = await this.#ask(order, now)
      if (done.ok) {
        followed = { ...followed, tally: sum(followed.tally, done.value) }
        continue
      }
      if (done.error.reason === 'key') return done
      failures += 1
      followed = { ...followed, failure: done.error }
      if (failures >= MAXIMUM_FAILED_QUESTIONS) break
    }
    return ok(followed)
  }

  /** Oldest first, from behind the one that was asked for last: none starves behind those that never end. */
  async #missing(): Promise<readonly VenueOrder[]> {
    const { store, accountId } = this.#desk
    const unfinished = await store.unfinishedOrders(accountId, this.#open.size + UNFINISHED_LOOKED_THROUGH)
    const missing = unfinished.filter(({ venueOrderId }) => !this.#open.has(venueOrderId))
    const last = this.#lastAsked
    const next = last === null ? 0 : missing.findIndex(order => isBehind(order, last))
    const start = Math.max(0, next)
    return [...missing.slice(start), ...missing.slice(0, start)].slice(0, MAXIMUM_ORDERS_ASKED)
  }

  async #ask(order: VenueOrder, now: number): Promise<Result<Tally, Failure>> {
    const found = await this.#desk.venue.order(order)
    if (!found.ok) return err(venueFailure(found.error))
    if (found.value !== null) this.#absentSince.delete(order.venueOrderId)
    const said = found.value ?? this.#forgotten(order, now)
    return said === null ? ok(NO_ROWS) : this.#store([said])
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

/** In the order in which the store tells them. */
function isBehind(order: VenueOrder, other: VenueOrder): boolean {
  if (order.createdAt !== other.createdAt) return order.createdAt > other.createdAt
  return order.venueOrderId > other.venueOrderId
}
