import type { Decimal } from '../domain/decimal.ts'
import type { PairId } from '../domain/ids.ts'
import type { Pair, PairState, Round } from '../domain/pair.ts'
import type { WatchState } from './watch.ts'

/** One pair as those who watch it see it: absolute values, by what is durable. Amounts are base units. */
export interface PairView {
  readonly pair: Pair
  readonly state: PairState
  /** Signed: what each leg has held since the pair began. Null: it has not begun. */
  readonly a: Decimal | null
  readonly b: Decimal | null
  /** Signed: what B lacks, with what is carried because it is below B's lot. Null: not begun. */
  readonly gap: Decimal | null
  /** What B should have and has not; 0 while all that can be traded is hedged. Null: not begun. */
  readonly unhedged: Decimal | null
  /** The one that is open, or the last one since the start; null: none. */
  readonly round: Round | null
}

export interface PairWatching {
  /** As far as both accounts can be trusted: the one that can be less. `closed` too when the pair was removed. */
  readonly state: WatchState
  /** Another object whenever something changed. */
  readonly view: PairView
  /** Harmless to call twice. */
  end(): void
}

/** The pairs of this server, for those who look on. Looking never delays an order. */
export interface PairWatch {
  /** Null: there is no such pair. */
  view(pairId: PairId): PairView | null
  /**
   * @param changed is called after what changed is durable, and when the state is another
   * @returns null: there is no such pair
   */
  watch(pairId: PairId, changed: () => void): PairWatching | null
}
