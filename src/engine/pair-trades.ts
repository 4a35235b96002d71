import { standingOf } from '../logic/hedge/standing.ts'
import type { Store, StoredFill } from '../ports/store.ts'
import type { EngineState, Holding } from './state.ts'

type PairTrade = Pick<StoredFill, 'pairId' | 'pairSequence' | 'exposure'>

const NO_PAIR: PairTrade = { pairId: null, pairSequence: null, exposure: null }

/**
 * How a pair stands after a trade on one of its legs, to be stored with the trade: whoever asks later what was unhedged
 * then need not add up what was traded since, and what was lost in between falsifies nothing.
 *
 * @param holding with the trade counted in its position
 */
export function pairTradeOf({ pairSequences }: EngineState, { pair: member }: Holding): PairTrade {
  if (member === null) return NO_PAIR
  const { pair, state, a, b } = member.runtime
  const standing = standingOf(pair, state, { a: a.position.quantity, b: b.position.quantity })
  if (standing.a === null || standing.b === null || standing.gap === null) return NO_PAIR
  const pairSequence = (pairSequences.get(pair.id) ?? 0) + 1
  pairSequences.set(pair.id, pairSequence)
  return { pairId: pair.id, pairSequence, exposure: { a: standing.a, b: standing.b, gap: standing.gap } }
}

/** A pair that has begun goes on counting where it was, and its round may have been over with the last trade. */
export async function restorePairTrades({ pairs, pairSequences }: EngineState, store: Store): Promise<void> {
  for (const [pairId, runtime] of pairs) {
    if (runtime.state.baseA === null) continue
    const [last] = await store.pairFills({ pairId, limit: 1 })
    pairSequences.set(pairId, last?.pairSequence ?? 0)
    runtime.lastTradeAt = Math.max(runtime.lastTradeAt, last?.fill.at ?? 0)
  }
}
