import type { Order } from '../../src/domain/order.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { AccountState } from '../../src/engine/state.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Ledger } from './checkers/ledger.ts'
import { FAULTS, type Fault, type FaultTarget, type Pair, type SeenStatus } from './fault-kinds.ts'

/** An order that is over is still one that something can happen to: late news may be on its way. */
const RECENT_MS = 10_000
/** Of each account. */
const RECENT_ORDERS = 10

interface Over {
  readonly order: Order
  readonly at: number
}

export interface CoverageOptions {
  readonly clock: Clock
  readonly ledger: Ledger
  /** Null while no process runs. */
  readonly engine: () => Engine | null
}

/**
 * Counts which faults met orders in which states.
 *
 * The states are those that the engine itself goes by; while it is dead, those that it left behind.
 */
export class Coverage {
  readonly pairs = new Map<Pair, number>()
  readonly #options: CoverageOptions
  /** By account. */
  readonly #over = new Map<string, Over[]>()

  constructor(options: CoverageOptions) {
    this.#options = options
  }

  /** An order's end is durable. */
  ended(order: Order): void {
    const recent = this.#over.get(order.accountId) ?? []
    this.#over.set(order.accountId, recent)
    recent.push({ order, at: this.#options.clock.monotonic() })
    if (recent.length > RECENT_ORDERS) recent.shift()
  }

  happened(fault: Fault, target: FaultTarget): void {
    const { scope } = FAULTS[fault]
    if (scope === 'order') {
      const status = this.#statusOf(target)
      if (status !== null) this.#count(fault, status)
      return
    }
    for (const { status } of this.#orders(target)) if (status !== 'created') this.#count(fault, status)
  }

  #count(fault: Fault, status: SeenStatus): void {
    const pair: Pair = `${fault}/${status}`
    this.pairs.set(pair, (this.pairs.get(pair) ?? 0) + 1)
  }

  #statusOf({ account, clientOrderId }: FaultTarget): SeenStatus | null {
    if (clientOrderId === undefined || account === undefined) return null
    const known = this.#accountState(account)?.orders.get(clientOrderId as Order['clientOrderId'])?.order
    const status = (known ?? this.#options.ledger.intentOf(clientOrderId))?.status ?? 'created'
    return status === 'created' ? null : status
  }

  *#orders({ account, symbol }: FaultTarget): Iterable<Order> {
    const isMeant = (order: Order): boolean =>
      (account === undefined || this.#nameOf(order) === account) &&
      (symbol === undefined || order.instrumentId.endsWith(`:${symbol}`))
    for (const order of this.#alive()) if (isMeant(order)) yield order
    const since = this.#options.clock.monotonic() - RECENT_MS
    for (const recent of this.#over.values())
      for (const { order, at } of recent) if (at >= since && isMeant(order)) yield order
  }

  *#alive(): Iterable<Order> {
    const state = this.#options.engine()?.context.state
    if (state === undefined) yield* this.#options.ledger.liveIntents.values()
    else for (const { order } of state.liveOrders) if (!this.#isOver(order)) yield order
  }

  #isOver({ status }: Order): boolean {
    return status === 'filled' || status === 'canceled' || status === 'rejected'
  }

  #nameOf({ accountId }: Order): string | undefined {
    return this.#options.ledger.accounts.get(accountId)?.name
  }

  #accountState(name: string): AccountState | undefined {
    const accounts = this.#options.engine()?.context.state.accounts
    for (const state of accounts?.values() ?? []) if (state.account.name === name) return state
    return undefined
  }
}
