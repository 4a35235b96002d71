import { absolute, type Decimal, subtract, ZERO } from '../../domain/decimal.ts'
import type { LegName, Pair, PairState } from '../../domain/pair.ts'
import { desiredOf } from './exposure.ts'

/** How a pair stands by what was counted, whatever the market says. Base units. */
export interface Standing {
  /** Signed: what each leg has held since the pair began. Null: it has not begun. */
  readonly a: Decimal | null
  readonly b: Decimal | null
  /** Signed: what B lacks, and what is carried because it is below B's lot is in it. Null: not begun. */
  readonly gap: Decimal | null
  /** Of the gap what B should have and has not: 0 while all that can be traded is hedged. Null: not begun. */
  readonly unhedged: Decimal | null
}

/** @param held signed, base units: what each account holds there by our count */
export function standingOf(
  pair: Pair,
  { baseA, baseB, unhedgedSince }: PairState,
  held: Readonly<Record<LegName, Decimal>>,
): Standing {
  if (baseA === null || baseB === null) return { a: null, b: null, gap: null, unhedged: null }
  const a = subtract(held.a, baseA)
  const b = subtract(held.b, baseB)
  const gap = subtract(desiredOf(pair, a), b)
  return { a, b, gap, unhedged: unhedgedSince === null ? ZERO : absolute(gap) }
}
