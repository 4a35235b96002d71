import { expect, test } from 'vitest'
import type { StreamView } from '../../../client/stream-reader.ts'
import type { PairRow } from '../../../protocol/live-data.ts'
import { SeenPair } from './seen-pair.ts'

const ROUND: NonNullable<PairRow['round']> = {
  number: 1,
  outcome: 'hedged',
  startedAt: 1_000,
  endedAt: 1_012,
  unhedgedMs: 12,
  costBps: 0.314,
  quantityA: '0.01',
  quantityB: '-0.01',
  attempts: 1,
}
const DATA: PairRow = {
  pair: 'maker',
  phase: 'hedging',
  pause: null,
  a: { account: 'a', instrument: 'bybit:BTCUSDT', quantity: '0.02' },
  b: { account: 'b', instrument: 'lighter:BTC', quantity: null },
  gap: '-0.01',
  unhedged: '0.01',
  unhedgedSince: new Date(2026, 0, 2, 9, 8, 7).getTime(),
  attempts: 1,
  cycles: 0,
  round: ROUND,
}

function viewOf(data: PairRow | null): StreamView {
  return { stream: 'x:pair', kind: 'pair', data, cursor: null, at: 0, state: 'live', isStale: false }
}

test('[CL52] a board shows what both legs hold, what is unhedged since when, and the last rounds, newest first', () => {
  const seen = new SeenPair('maker')
  seen.moved('online', '')
  seen.take(viewOf(DATA))
  seen.take(
    viewOf({ ...DATA, round: { ...ROUND, number: 2, outcome: 'open', unhedgedMs: null, costBps: null } }),
  )
  const board = seen.board({ columns: 100, rows: 24, color: false }, 0)
  expect(board).toEqual(
    expect.arrayContaining([
      'PHASE     hedging',
      'LEG A     0.02 bybit:BTCUSDT',
      'LEG B     - lighter:BTC',
      'UNHEDGED  0.01 since 09:08:07, 1 attempts ended short',
    ]),
  )
  expect(board.slice(board.indexOf('ROUNDS') + 1, board.indexOf('ROUNDS') + 3)).toEqual([
    '  round 2 open: a 0.01, b -0.01, still unhedged',
    '  round 1 hedged: a 0.01, b -0.01, 12 ms unhedged, cost 0.31 bps',
  ])
  expect(seen.line(viewOf({ ...DATA, pause: 'by_hand', phase: 'paused', round: null }))).toMatch(
    /maker paused \(by_hand\): a 0\.02, b -, unhedged 0\.01 since 09:08:07$/,
  )
})
