import { expect, test } from 'vitest'
import { decimal, ZERO } from './decimal.ts'
import type { PairId, RoundId } from './ids.ts'
import { costBps, type Round, unhedgedMs, withTrade } from './pair.ts'

const ROUND: Round = {
  id: 'round' as RoundId,
  pairId: 'pair' as PairId,
  number: 1,
  startedAt: 1_000,
  endedAt: null,
  quantityA: ZERO,
  notionalA: ZERO,
  tradedA: ZERO,
  quantityB: ZERO,
  notionalB: ZERO,
  tradedB: ZERO,
  attempts: [],
  outcome: 'open',
}
const trade = (signed: string, fillPrice: string) => ({
  signed: decimal(signed),
  fillPrice: decimal(fillPrice),
})

test('[HG19] a round says how long it was unhedged and what B lost against A, in basis points', () => {
  const bought = withTrade(withTrade(ROUND, 'a', trade('1', '100')), 'a', trade('1', '102'))
  expect([bought.quantityA, bought.notionalA]).toEqual([decimal('2'), decimal('202')])
  expect([unhedgedMs(bought), costBps(bought)]).toEqual([null, null])
  // Bought at 101 on average and sold at 100.
  const hedged = { ...withTrade(bought, 'b', trade('-2', '99.99')), endedAt: 1_250 }
  expect([unhedgedMs(hedged), costBps(hedged)]).toEqual([250, 100])
  const gained = withTrade(withTrade(ROUND, 'a', trade('-1', '100')), 'b', trade('1', '99'))
  expect(costBps(gained)).toBe(-100)
})
