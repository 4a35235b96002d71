import type { z } from 'zod'
import type { exposureAnswer } from '../../../protocol/rest/pairs.ts'
import type { Pair } from '../../domain/pair.ts'
import { must } from '../../domain/result.ts'
import type { StoredFill } from '../../ports/store.ts'
import { text } from './amounts.ts'

/** @param row a trade on a leg of the pair */
export function exposureView(pair: Pair, row: StoredFill): z.infer<typeof exposureAnswer> {
  const { accountId, instrumentId, side, quantity, fillPrice, at } = row.fill
  const isA = accountId === pair.a.accountId && instrumentId === pair.a.instrumentId
  const { a, b, gap } = must(row.exposure, 'a trade of a pair says how the pair stood')
  return {
    number: numberOf(row),
    at,
    leg: isA ? 'a' : 'b',
    side,
    quantity: text(quantity),
    fillPrice: text(fillPrice),
    a: text(a),
    b: text(b),
    gap: text(gap),
  }
}

/** The pair's own count of its trades, from 1. */
export function numberOf({ pairSequence }: StoredFill): number {
  return must(pairSequence, 'a trade of a pair is counted by it')
}
