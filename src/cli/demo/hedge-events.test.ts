import { expect, test } from 'vitest'
import { round } from '../../../test/contract/store-rows.ts'
import { decimal } from '../../domain/decimal.ts'
import { aPair } from '../../logic/testing/pair.ts'
import { hedgeEvent, hedgeJsonLine, hedgePlainLine } from './hedge-events.ts'

const AT = new Date(2026, 0, 2, 9, 8, 7).getTime()
const EVENT = hedgeEvent(
  round(7, {
    startedAt: 1_000,
    endedAt: 1_012,
    quantityA: decimal('-0.25'),
    quantityB: decimal('0.25'),
    notionalB: decimal('15003'),
    tradedB: decimal('0.25'),
    outcome: 'hedged',
  }),
  aPair({ name: 'maker' }),
  AT,
)

test('[CL54] a round has its pair, what A did, the milliseconds unhedged and what it cost', () => {
  expect(JSON.parse(hedgeJsonLine(EVENT))).toEqual({
    event: 'hedge',
    pair: 'maker',
    round: 7,
    symbol: 'BTCUSDT',
    side: 'sell',
    quantity: '0.25',
    outcome: 'hedged',
    attempts: 1,
    unhedgedMs: 12,
    costBps: 2,
  })
  expect(hedgePlainLine(EVENT)).toBe(
    '09:08:07 hedged   maker  BTCUSDT sell 0.25, 12 ms unhedged, cost 2.00 bps',
  )
})
