import { expect, test } from 'vitest'
import { accepted, START_AT, selectorOf, stage } from '../../core/fixture.ts'
import { executionList, orderHistory } from './order-queries.ts'
import { type ApiKey, createVenue, type Venue } from './venue.ts'

const HOUR_MS = 3_600_000
const KEY: ApiKey = {
  key: 'key',
  secret: 'secret',
  account: 'alice',
  userId: 1,
  isDemo: false,
  permissions: { readOnly: false, trade: true, withdraw: false, transfer: false },
  addresses: [],
  createdAt: 0,
  expiresAt: null,
}

function ids(answer: ReturnType<typeof orderHistory>): unknown[] {
  if (!answer.ok) return [answer.error]
  return (answer.value['list'] as Record<string, unknown>[]).map(row => row['orderLinkId'])
}

test('[XW12] history forgets an order that never traded after a day, and keeps one that did', () => {
  const { exchange, submit } = stage()
  accepted(submit('alice', { side: 'buy', quantity: '0.01', clientOrderId: 'traded' }))
  const resting = accepted(
    submit('alice', { side: 'buy', quantity: '0.01', limitPrice: '50000', clientOrderId: 'cancelled' }),
  )
  exchange.cancel('alice', selectorOf(resting), START_AT)
  const at = (hours: number): Venue => {
    const now = () => START_AT + hours * HOUR_MS
    return createVenue({ exchange, now, worldNow: now, wallAt: world => world, worldAt: wall => wall })
  }
  expect(ids(orderHistory(at(23), KEY, {}))).toEqual(['cancelled', 'traded'])
  expect(ids(orderHistory(at(25), KEY, {}))).toEqual(['traded'])
  expect(ids(orderHistory(at(25), KEY, { orderStatus: 'Cancelled' }))).toEqual([])
})

test('[XW11] executions outside the span are not told, but by the order’s own id they are', () => {
  const { exchange, submit } = stage()
  const { orderId } = accepted(submit('alice', { side: 'buy', quantity: '0.01', clientOrderId: 'old' }))
  const now = () => START_AT + 8 * 24 * HOUR_MS
  const venue = createVenue({
    exchange,
    now,
    worldNow: now,
    wallAt: world => world,
    worldAt: wall => wall,
  })
  expect(ids(executionList(venue, KEY, {}))).toEqual([])
  expect(ids(executionList(venue, KEY, { startTime: String(START_AT) }))).toEqual(['old'])
  expect(ids(executionList(venue, KEY, { orderId }))).toEqual(['old'])
  expect(ids(executionList(venue, KEY, { execType: 'Funding', orderId }))).toEqual([])
})
