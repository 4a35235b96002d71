import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal, ZERO } from '../domain/decimal.ts'
import type { LinkState } from '../domain/link-state.ts'
import type { OrderStatus } from '../domain/order.ts'
import { MODES } from '../domain/strategy.ts'
import type { HoldingView } from './holding-view.ts'
import { plan } from './plan.ts'
import {
  anExit,
  anIncrease,
  anInstrument,
  anOrder,
  aReduction,
  aState,
  aView,
  NOW,
} from './testing/builders.ts'

function holds(attributed: string, desired: string, over: Partial<HoldingView> = {}): HoldingView {
  const state: LinkState = aState({ attributed: decimal(attributed), desired: decimal(desired) })
  return aView({ state, ...over })
}

test('[CP4] reductions are never refused: nothing that stops an opening stops an exit', () => {
  const circumstances = fc.record({
    mode: fc.constantFrom(...MODES),
    market: fc.constant(null),
    leverageSet: fc.boolean(),
    maximumOpenOrdersReached: fc.boolean(),
    maxDriftBps: fc.constantFrom(0, null),
    now: fc.constantFrom(NOW, NOW + 10_000_000),
    orders: fc.subarray([
      anOrder('5', { status: 'in_doubt' }),
      anOrder('5', { sequence: 2, status: 'submitted' }),
      anOrder('5', { sequence: 3, status: 'open' }),
    ]),
  })
  fc.assert(
    fc.property(circumstances, over => {
      const assess: HoldingView['assess'] = () => ({ approved: false, reason: 'kill_switch' })
      const reduction = aReduction('-3')
      const { order } = plan(holds('10', '7', { ...over, assess, pending: [reduction] }))
      expect(order).toMatchObject({ purpose: 'exit', side: 'sell', quantity: decimal('3'), reduceOnly: true })
      expect(order?.decisions).toEqual([reduction.id])
    }),
  )
})

test('[CP25] an exit does not wait for a doubtful opening; resting ones in the way are cancelled with it', () => {
  const doubtful = anOrder('5', { status: 'in_doubt', timeInForce: 'ioc' })
  const resting = anOrder('5', { sequence: 2 })
  const planned = plan(holds('10', '0', { orders: [doubtful, resting], pending: [aReduction('-10')] }))
  expect(planned.order).toMatchObject({ purpose: 'exit', quantity: decimal('10') })
  expect(planned.cancels).toEqual([resting])
})

test('[CP24] an exit is at most the position, on the side that is held', () => {
  expect(plan(holds('10', '0', { position: decimal('4') })).order).toMatchObject({ quantity: decimal('4') })
  expect(plan(holds('10', '0', { position: decimal('-4') })).order).toBeNull()
  // More is held than was copied: the rest is a person's own.
  expect(plan(holds('-10', '0', { position: decimal('-14') })).order).toMatchObject({
    side: 'buy',
    quantity: decimal('10'),
  })
})

test('[CP24] what exits on their way will close is not closed twice', () => {
  const onItsWay = [anExit('-4', { status: 'open' })]
  expect(plan(holds('10', '3', { orders: onItsWay })).order).toMatchObject({ quantity: decimal('3') })
  // Ended, but its trades have not all been seen: they will still lower what is attributed.
  const unseen = [anExit('-7', { status: 'canceled', reportedFilled: decimal('7') })]
  expect(plan(holds('10', '3', { orders: unseen })).order).toBeNull()
})

test('[CP24] an exit of the other side that is still on its way is not made up for', () => {
  expect(plan(holds('3', '0', { orders: [anExit('2', { status: 'open' })] })).order?.quantity).toBe(
    decimal('3'),
  )
})

test('[CP24] an exit above what one order may be is sent in parts', () => {
  const instrument = anInstrument({ maximumMarketQuantity: decimal('4') })
  expect(plan(holds('10', '0', { instrument })).order).toMatchObject({ quantity: decimal('4') })
})

test('[CP24] an exit rounds toward zero to the lot, so that it never closes what is desired', () => {
  expect(plan(holds('10', '6.4')).order).toMatchObject({ quantity: decimal('3') })
  expect(plan(holds('10', '9.4')).order).toBeNull()
})

test.each<OrderStatus>(['created', 'submitted'])(
  '[CP26] at most one exit is unacknowledged: none beside a %s one',
  status => {
    expect(plan(holds('10', '0', { orders: [anExit('-10', { status })] })).order).toBeNull()
    expect(plan(holds('10', '4', { orders: [anExit('-2', { status })] })).order).toBeNull()
  },
)

test('[CP26] a doubtful full close may be sent again: reduce-only cannot close more than there is', () => {
  const orders = [anExit('-10', { status: 'in_doubt' })]
  expect(plan(holds('10', '0', { orders })).order).toMatchObject({
    quantity: decimal('10'),
    reduceOnly: true,
  })
})

test('[CP26] a doubtful partial reduction waits for proof: sent twice it would close too much', () => {
  const doubtful = anExit('-3', { status: 'in_doubt' })
  expect(plan(holds('10', '7', { orders: [doubtful] })).order).toBeNull()
  // The leader has left in the meantime: now all of it goes, whatever became of the part.
  expect(plan(holds('10', '0', { orders: [doubtful] })).order).toMatchObject({ quantity: decimal('10') })
  // Not all of the position is the link's, so a second one could close what is not.
  expect(plan(holds('10', '0', { orders: [doubtful], position: decimal('12') })).order).toBeNull()
})

test('[CP28] what the venue would not close is carried; a rest of a leader that is flat is told', () => {
  const pending = [aReduction('-0.4')]
  const outcome = (view: HoldingView) =>
    plan(view).settlements.map(({ outcome: end, reason }) => [end, reason])
  expect(outcome(holds('10', '9.6', { pending }))).toEqual([['carried', 'below_lot']])
  expect(outcome(holds('0.4', '0', { pending }))).toEqual([['failed', 'close_refused']])
  expect(outcome(holds('0', '0', { pending }))).toEqual([['skipped', 'nothing_to_reduce']])
})

test('[CP28] a reduction that cannot be sent now keeps its place', () => {
  const view = holds('10', '7', { pending: [aReduction('-3')], canSend: false })
  expect(plan(view)).toMatchObject({ order: null, settlements: [] })
})

test('[CP5] of a flip the reduction goes first and the increase waits behind it', () => {
  const pending = [aReduction('-10'), anIncrease('-4')]
  const flip = holds('10', '-4', { pending })
  expect(plan(flip)).toMatchObject({ order: { purpose: 'exit', quantity: decimal('10') }, settlements: [] })
  const closing = [anExit('-10', { status: 'open' })]
  expect(plan({ ...flip, orders: closing, pending: pending.slice(1) })).toMatchObject({
    order: null,
    wakeAt: NOW + 1_000,
  })
  const closed = {
    ...flip,
    state: aState({ desired: decimal('-4') }),
    position: ZERO,
    pending: pending.slice(1),
  }
  expect(plan(closed).order).toMatchObject({ purpose: 'entry', side: 'sell', quantity: decimal('4') })
})

test('[CP47] an opening that backs off keeps no exit waiting', () => {
  // Several openings were refused for want of margin; then the leader closes. The copy must close at once.
  const view = holds('5', '0', { canOpen: false })
  expect(plan(view).order).toMatchObject({ purpose: 'exit', side: 'sell', quantity: decimal('5') })
})
