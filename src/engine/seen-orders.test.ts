import { expect, test } from 'vitest'
import { decimal, ZERO } from '../domain/decimal.ts'
import { instrumentId, type VenueOrderId } from '../domain/ids.ts'
import type { ExecutionReport } from '../ports/venue.ts'
import { DONE_ORDERS, SeenOrders } from './seen-orders.ts'

const HOUR_MS = 60 * 60_000

function report(id: string, change: Partial<ExecutionReport> = {}): ExecutionReport {
  return {
    instrumentId: instrumentId('bybit', 'BTCUSDT'),
    positionIndex: 0,
    venueOrderId: id as VenueOrderId,
    clientOrderId: null,
    side: 'buy',
    type: 'limit',
    status: 'open',
    quantity: decimal('5'),
    filled: ZERO,
    limitPrice: decimal('100'),
    averagePrice: null,
    reduceOnly: false,
    reason: null,
    at: 1_000,
    ...change,
  }
}

function statuses(orders: SeenOrders, now = 1_000): readonly string[] {
  return orders.list(now).map(({ venueOrderId, status, filled }) => `${venueOrderId} ${status} ${filled}`)
}

test('[WA39] an order is shown as far as it has come, in whatever order that is told', () => {
  const orders = new SeenOrders()
  const filled = report('a', { status: 'filled', filled: decimal('5'), at: 3_000 })
  expect(orders.take(filled)).toBe(true)
  for (const late of [
    report('a', { status: 'created' }),
    report('a', { at: 3_000 }),
    report('a', { status: 'canceled', filled: decimal('5'), at: 4_000 }),
    filled,
  ])
    expect(orders.take(late)).toBe(false)
  expect(statuses(orders, 3_000)).toEqual([`a filled ${decimal('5')}`])
})

test('[WA39] within one millisecond what is filled says which report is the later one', () => {
  const orders = new SeenOrders()
  expect(orders.take(report('a', { filled: decimal('2') }))).toBe(true)
  expect(orders.take(report('a', { filled: decimal('1') }))).toBe(false)
  expect(orders.take(report('a', { status: 'created', filled: decimal('2') }))).toBe(false)
  expect(orders.take(report('a', { filled: decimal('2'), limitPrice: decimal('99') }))).toBe(true)
  expect(orders.take(report('a', { filled: decimal('3') }))).toBe(true)
})

test('[WA39] a trade that the cancel did not outrun is taken in', () => {
  const orders = new SeenOrders()
  orders.take(report('a', { status: 'canceled' }))
  expect(orders.take(report('a', { status: 'filled', filled: decimal('5'), at: 1_001 }))).toBe(true)
})

test('[WA40] of the orders that are done the last 200 of a day are kept, and of the live ones all', () => {
  const orders = new SeenOrders()
  orders.take(report('resting'))
  for (let count = 0; count <= DONE_ORDERS; count += 1)
    orders.take(report(`done ${count}`, { status: 'canceled', at: 2_000 + count }))
  const kept = statuses(orders, 2_000)
  expect(kept).toHaveLength(DONE_ORDERS + 1)
  expect(kept.slice(0, 2)).toEqual(['resting open 0', 'done 1 canceled 0'])
  orders.take(report('young', { status: 'canceled', at: 24 * HOUR_MS }))
  expect(statuses(orders, 25 * HOUR_MS)).toEqual(['resting open 0', 'young canceled 0'])
})

test('[WA41] an order that the list of all open ones leaves out is gone, unless it is younger than the list', () => {
  const orders = new SeenOrders()
  orders.take(report('gone'))
  orders.take(report('young', { at: 9_500 }))
  orders.take(report('done', { status: 'canceled' }))
  const listed = [report('done'), report('new', { at: 2_000 })]
  expect(orders.takeOpen(listed, 10_000)).toEqual({ changed: ['new'], isSomeGone: true })
  expect(statuses(orders)).toEqual(['done canceled 0', 'new open 0', 'young open 0'])
  expect(orders.takeOpen([report('new', { at: 2_000 })], 10_000)).toEqual({ changed: [], isSomeGone: false })
})
