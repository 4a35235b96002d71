import type { Decision } from '../domain/decision.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Book, LinkState } from '../domain/link-state.ts'
import type { Notice } from '../domain/notice.ts'
import type { Order } from '../domain/order.ts'
import type { PairState, Round } from '../domain/pair.ts'
import type { AccountSync, StoredFill, Write } from '../ports/store.ts'
import type { AccountSnapshot, VenueReport } from '../ports/venue.ts'
import type { Holding } from './state.ts'

/** What the venue showed of an account: of no use to the store, but to those who watch. */
export interface Sight {
  readonly accountId: AccountId
  readonly seen: VenueReport | { readonly kind: 'snapshot'; readonly snapshot: AccountSnapshot }
}

/**
 * Everything one event changes. Rows are collected by identity and written once, as they stand at the end,
 * and what may only happen when they are durable waits here until then.
 */
export class Turn {
  readonly #inserted = new Map<string, Order>()
  readonly #orders = new Map<string, Order>()
  readonly #decisions = new Map<string, Decision>()
  readonly #positions = new Set<Holding>()
  readonly #linkStates = new Set<Holding>()
  readonly #untraded = new Map<string, LinkState>()
  readonly #books = new Map<string, Book>()
  readonly #pairStates = new Map<string, PairState>()
  readonly #rounds = new Map<string, Round>()
  readonly #fills: StoredFill[] = []
  readonly #notices: Notice[] = []
  readonly #syncs = new Map<string, AccountSync>()
  readonly #sights: Sight[] = []
  readonly #revisits = new Set<Holding>()
  readonly #following: ((turn: Turn) => void)[] = []
  readonly #effects: ((durableAt: number) => void)[] = []
  readonly #failures: (() => void)[] = []
  readonly #rows: Write[] = []

  /** What is in force, and what people did beside it. */
  rows(writes: readonly Write[]): void {
    this.#rows.push(...writes)
  }

  insertOrder(order: Order): void {
    this.#inserted.set(order.intentId, order)
  }

  updateOrder(order: Order): void {
    if (this.#inserted.has(order.intentId)) this.#inserted.set(order.intentId, order)
    else this.#orders.set(order.intentId, order)
  }

  decision(decision: Decision): void {
    this.#decisions.set(decision.id, decision)
  }

  position(holding: Holding): void {
    this.#positions.add(holding)
  }

  linkState(holding: Holding): void {
    this.#linkStates.add(holding)
  }

  /** Of a link that has no place for the instrument. */
  untraded(state: LinkState): void {
    this.#untraded.set(`${state.linkId}/${state.instrumentId}/${state.positionIndex}`, state)
  }

  book(book: Book): void {
    this.#books.set(`${book.sourceId}/${book.instrumentId}/${book.positionIndex}`, book)
  }

  pairState(row: PairState): void {
    this.#pairStates.set(row.pairId, row)
  }

  round(row: Round): void {
    this.#rounds.set(row.id, row)
  }

  fill(row: StoredFill): void {
    this.#fills.push(row)
  }

  notice(row: Notice): void {
    this.#notices.push(row)
  }

  sync(row: AccountSync): void {
    this.#syncs.set(row.accountId, row)
  }

  saw(accountId: AccountId, seen: Sight['seen']): void {
    this.#sights.push({ accountId, seen })
  }

  sights(): readonly Sight[] {
    return this.#sights
  }

  /** Compares this holding with what is desired once more before the turn ends. */
  revisit(holding: Holding): void {
    this.#revisits.add(holding)
  }

  /** What belongs to the same event but to a transaction of its own, right behind this one. */
  afterThis(change: (turn: Turn) => void): void {
    this.#following.push(change)
  }

  following(): readonly ((turn: Turn) => void)[] {
    return this.#following
  }

  takeRevisits(): readonly Holding[] {
    const holdings = [...this.#revisits]
    this.#revisits.clear()
    return holdings
  }

  /** Runs once, when everything in this turn is durable; never when it is not. */
  afterCommit(effect: (durableAt: number) => void): void {
    this.#effects.push(effect)
  }

  /** Runs once, when the store has not taken this turn and takes nothing any more. */
  afterFailure(effect: () => void): void {
    this.#failures.push(effect)
  }

  /** In an order that foreign keys like: what is referred to comes first. */
  writes(): readonly Write[] {
    const writes: Write[] = [...this.#rows]
    for (const row of this.#books.values()) writes.push({ kind: 'book', row })
    for (const holding of this.#positions) writes.push({ kind: 'position', row: holding.position })
    for (const { link } of this.#linkStates) {
      if (link !== null) writes.push({ kind: 'link_state', row: link.state })
    }
    for (const row of this.#untraded.values()) writes.push({ kind: 'link_state', row })
    for (const row of this.#pairStates.values()) writes.push({ kind: 'pair_state', row })
    for (const row of this.#rounds.values()) writes.push({ kind: 'round', row })
    for (const row of this.#inserted.values()) writes.push({ kind: 'intent_insert', row })
    for (const row of this.#orders.values()) writes.push({ kind: 'intent_update', row })
    for (const row of this.#decisions.values()) writes.push({ kind: 'decision', row })
    for (const row of this.#fills) writes.push({ kind: 'fill', row })
    for (const row of this.#syncs.values()) writes.push({ kind: 'account_sync', row })
    for (const row of this.#notices) writes.push({ kind: 'notice', row })
    return writes
  }

  release(durableAt: number): void {
    for (const effect of this.#effects) effect(durableAt)
  }

  abandon(): void {
    for (const effect of this.#failures) effect()
  }
}
