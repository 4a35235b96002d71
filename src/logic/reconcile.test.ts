import { expect, test } from 'vitest'
import { decimal, ZERO } from '../domain/decimal.ts'
import { type ClientOrderId, positionKey } from '../domain/ids.ts'
import type { Claim, OrderStatus } from '../domain/order.ts'
import {
  comparePositions,
  isProofOfAbsence,
  nextProofAt,
  ordersToAsk,
  type VenuePosition,
} from './reconcile.ts'
import { ACCOUNT, anOrder, INSTRUMENT, KEY } from './testing/builders.ts'

const OTHER_KEY = positionKey(ACCOUNT, INSTRUMENT, 1)
const COUNTED = { key: KEY, quantity: decimal('5'), venueSequence: 40 }

function told(quantity: string, venueSequence: number): VenuePosition {
  return { key: KEY, quantity: decimal(quantity), averagePrice: decimal('100'), venueSequence }
}

test('[CP36] a stale snapshot proves nothing: a fill is never undone by an old answer', () => {
  expect(comparePositions([COUNTED], [told('3', 39)])).toEqual([])
  expect(comparePositions([COUNTED], [told('0', 39)])).toEqual([])
})

test('[CP36] a snapshot as new as our trades that says something else is a difference', () => {
  for (const venueSequence of [40, 41]) {
    expect(comparePositions([COUNTED], [told('3', venueSequence)])).toEqual([
      { key: KEY, counted: decimal('5'), venue: decimal('3'), averagePrice: decimal('100'), venueSequence },
    ])
  }
})

test('[CP36] an equal quantity is no difference, whatever the sequences say', () => {
  for (const venueSequence of [1, 40, 99])
    expect(comparePositions([COUNTED], [told('5', venueSequence)])).toEqual([])
})

test('[CP37] a position that a complete snapshot leaves out is flat there', () => {
  expect(comparePositions([COUNTED], [])).toMatchObject([
    { counted: decimal('5'), venue: ZERO, venueSequence: 40 },
  ])
  expect(comparePositions([{ ...COUNTED, quantity: ZERO }], [])).toEqual([])
})

test('[CP37] a position that we never counted is a difference, an empty one is none', () => {
  const unknown = { ...told('2', 7), key: OTHER_KEY }
  expect(comparePositions([COUNTED], [told('5', 40), unknown])).toMatchObject([
    { key: OTHER_KEY, counted: ZERO, venue: decimal('2'), venueSequence: 7 },
  ])
  expect(comparePositions([], [{ ...unknown, quantity: ZERO }])).toEqual([])
})

test('[CP38] an order that the venue does not list is asked for by its id, unless an answer is due anyway', () => {
  const asked = (status: OrderStatus, listed: boolean) => {
    const order = anOrder('1', { status })
    return ordersToAsk([order], new Set<ClientOrderId>(listed ? [order.clientOrderId] : [])).length === 1
  }
  expect((['open', 'acknowledged'] as const).map(status => asked(status, false))).toEqual([true, true])
  expect(asked('open', true)).toBe(false)
  for (const status of ['created', 'submitted', 'in_doubt', 'filled', 'canceled', 'rejected'] as const)
    expect(asked(status, false), status).toBe(false)
})

test('[CP39] an absence is proof only after the deadline and the lag of the venue are over', () => {
  const claim: Claim = {
    route: 'stream',
    venueTimestamp: 1_000,
    deadlineAt: 3_000,
    sendBefore: 0,
    leaseEpoch: 1,
  }
  const order = anOrder('1', { status: 'in_doubt', claim })
  expect(isProofOfAbsence(order, 3_000, 0)).toBe(false)
  expect(isProofOfAbsence(order, 3_500, 500)).toBe(false)
  expect(isProofOfAbsence(order, 3_501, 500)).toBe(true)
  // Without a claim nobody knows until when the venue would have taken it.
  expect(isProofOfAbsence({ ...order, claim: null }, Number.MAX_SAFE_INTEGER, 0)).toBe(false)
})

test('[HG70] the next look is when it can prove something: at the first moment that counts, then a lag later', () => {
  const claim = { venueTimestamp: 1_000, deadlineAt: 3_000, sendBefore: 0, leaseEpoch: 1 }
  const order = anOrder('1', { status: 'in_doubt', claim: { ...claim, route: 'stream' } })
  const first = nextProofAt(order, null, 500)
  expect([isProofOfAbsence(order, first - 1, 500), isProofOfAbsence(order, first, 500)]).toEqual([
    false,
    true,
  ])
  expect(nextProofAt(order, first, 500)).toBe(first + 500)
  expect(nextProofAt({ ...order, claim: null }, null, 500)).toBe(Number.POSITIVE_INFINITY)
})
