import { expect, test } from 'vitest'
import type { OrderRow, PositionRow } from '../../protocol/live-data.ts'
import { decimal } from '../../src/domain/decimal.ts'
import { orderRow, positionRow } from '../../src/live/rows.ts'
import { orderOf, positionOf } from '../../src/live/testing/accounts.ts'
import { ServedRun } from './served/run.ts'
import {
  NOTHING_STORED,
  ordersProblem,
  pnlProblem,
  positionsProblem,
  type StoredTruth,
} from './served/truth.ts'

test('[LV51] through the whole server every client ends with what the store holds, wherever its connection broke', async () => {
  // Nothing is played here: people log in, an exchange is traded on by others, and a leader is copied.
  const result = await ServedRun.play({ clients: 12, disconnects: 100, seed: 1 }, () => undefined)
  expect(result.violations).toEqual([])
  expect(result.midMessage).toBeGreaterThan(30)
  expect(result.venueOrdersShown).toBeGreaterThan(10)
  expect(result.copiedOrdersShown).toBeGreaterThan(0)
  expect(result.sessions).toBe(6)
})

test('[LV51] a position, a gain or an order that is not what the store holds is found', () => {
  const position: PositionRow = positionRow(positionOf('1.5'))
  const order: OrderRow = orderRow(orderOf('o1', 'filled'))
  const stored: StoredTruth = {
    positions: new Set(['bybit:BTCUSDT 1.5 at 60000']),
    realizedToday: '12.5',
    traded: new Map([['o1', decimal('0.01')]]),
    copies: new Map([['copy-1', 'canceled']]),
  }
  expect(positionsProblem([position], stored)).toBeNull()
  expect(positionsProblem([], stored)).toContain('the store holds')
  expect(positionsProblem([{ ...position, side: 'short' }], stored)).toContain('-1.5')
  expect(pnlProblem(null, stored)).toContain('12.5')
  expect(ordersProblem([order], stored)).toBeNull()
  expect(ordersProblem([], stored)).toBe('does not show order o1')
  expect(ordersProblem([order], NOTHING_STORED)).toContain('filled by 0.01')
  const copy: OrderRow = { ...order, origin: 'lockstep', clientOrderId: 'copy-1' }
  expect(ordersProblem([copy], stored)).toContain('as filled; the store holds canceled')
  const open = orderRow(orderOf('o2'))
  expect(ordersProblem([order, open], stored)).toContain('as open')
})
