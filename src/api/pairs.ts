import type { Decimal } from '../domain/decimal.ts'
import type { PairId } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { LegName } from '../domain/pair.ts'
import type { Result } from '../domain/result.ts'
import type { PairView } from '../ports/pair-watch.ts'
import type { Act, Answer, Refusal } from './answer.ts'

/** What a close trades on a leg. */
export interface Close {
  readonly leg: LegName
  readonly side: Side
  /** Base units, > 0. */
  readonly quantity: Decimal
  /** Null: no price is known. */
  readonly worstPrice: Decimal | null
}

/** Hedge pairs, for people. What they do is durable when it is answered. */
export interface Pairs {
  /** By what is durable; null: there is no such pair. */
  view(id: PairId): PairView | null
  /** What its next quote waits for, in words; null: nothing. */
  waitsFor(id: PairId): string | null
  /** A quotes no more; what is unhedged goes on being hedged. */
  pause(id: PairId, act: Act): Answer<void>
  /** `conflict` while it is being closed. */
  resume(id: PairId, act: Act): Answer<void>
  /** What a flatten would trade now. @param leg null: both */
  closes(id: PairId, leg: LegName | null): Result<readonly Close[], Refusal>
  /** Pauses it and closes its legs, or the one; answers before they are closed. Safe to repeat. */
  flatten(id: PairId, leg: LegName | null, act: Act): Answer<void>
}
