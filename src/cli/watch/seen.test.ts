import { expect, test } from 'vitest'
import type { StreamView } from '../../../client/stream-reader.ts'
import { Seen } from './seen.ts'

const LONG = '49990.193851067815533980'
const BALANCE: StreamView = {
  stream: 'ada:balance' as StreamView['stream'],
  kind: 'balance',
  data: [
    {
      currency: 'USDT',
      total: LONG,
      available: '-0.123456789123456789',
      equity: null,
      unrealizedPnl: null,
      marginUsed: null,
    },
  ],
  cursor: null,
  at: 0,
  state: 'live',
  isStale: false,
}

test('[CL50] amounts are cut so that columns stay columns; unknown is a dash, and lines keep every digit', () => {
  const seen = new Seen('ada')
  seen.take(BALANCE)
  const board = seen.board({ columns: 120, rows: 30, color: false }, 0)
  expect(board.find(line => line.includes('USDT'))).toBe('  USDT      49990.1938        -0.12345678       -')
  const view: StreamView = {
    ...BALANCE,
    kind: 'pnl',
    data: { realizedToday: LONG, unrealized: null, equity: null, curvePoint: null },
  }
  seen.take(view)
  expect(seen.board({ columns: 120, rows: 30, color: false }, 0)).toContain(
    'TODAY  realized 49990.1938  open -  equity -',
  )
  expect(seen.line(view)).toContain(LONG)
})
