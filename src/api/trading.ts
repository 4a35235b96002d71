import type { Account } from '../domain/account.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { AccountId, ClientOrderId, InstrumentId, IntentId } from '../domain/ids.ts'
import type { Order, Side } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { Sizing, Strategy } from '../domain/strategy.ts'
import type { Act, Answer } from './answer.ts'

export interface ManualTrade {
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
  readonly side: Side
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
  readonly reduceOnly: boolean
}

/** Trading by hand, through the same risk checks. */
export interface Hands {
  /**
   * Answers when it is durable; what the venue makes of it is its trade's to tell.
   *
   * @param key the caller's own: the same one never makes a second order, whatever crash lies between
   */
  trade(
    order: ManualTrade,
    act: Act,
    key: string,
  ): Answer<{ intentId: IntentId; clientOrderId: ClientOrderId }>
  /**
   * Asks the venue to cancel an order of ours that rests; what becomes of it is its trade's to tell. `conflict`: it is
   * over. Safe to repeat.
   */
  cancel(tradeId: IntentId, act: Act): Answer<Order>
  /** Blocks the entries of its links until `resume`, cancels what rests, then closes everything. Safe to repeat. */
  flatten(accountId: AccountId, act: Act): Answer<Flattened>
  /** Lets its links open again. What was missed is not caught up with. */
  resume(accountId: AccountId, act: Act): Answer<void>
}

export interface Flattened {
  /** How many orders that close were made. */
  readonly orders: number
  /** What could not be closed, or is not certain to be. */
  readonly left: readonly Left[]
}

export interface Left {
  /** Null: the account as a whole. */
  readonly instrumentId: InstrumentId | null
  /** Signed, base units; 0: something may still trade. */
  readonly quantity: Decimal
  readonly message: string
}

export interface PreviewRow {
  readonly at: number
  readonly instrumentId: InstrumentId
  /** Signed, base units. */
  readonly leaderQuantity: Decimal
  readonly fillPrice: Decimal
  /** Signed, base units. */
  readonly quantity: Decimal
  /** Null: it would be copied. */
  readonly reason: Reason | null
}

/** What the last fills of a strategy's leader would have been for a link that is not there yet. */
export interface Previews {
  link(input: { strategy: Strategy; account: Account; sizing: Sizing | null }): Answer<readonly PreviewRow[]>
}
