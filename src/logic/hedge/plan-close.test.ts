import { expect, test } from 'vitest'
import { decimal, formatDecimal } from '../../domain/decimal.ts'
import { newPairState, type PairState } from '../../domain/pair.ts'
import { aHedgeView, aLeg, aPair, otherLeg } from '../testing/pair.ts'
import { closingLegOf, planClosing, wouldClose } from './plan-close.ts'

const CLOSING: PairState = {
  ...newPairState(aPair().id),
  phase: 'closing',
  pause: 'flattened',
  baseA: decimal('0'),
  baseB: decimal('0'),
}

test('[HG40] one leg alone: only it is closed, and when it is, the pair is paused and as unhedged as before', () => {
  const state: PairState = { ...CLOSING, closingLeg: 'b', unhedgedSince: 5 }
  const begun = planClosing(aHedgeView({ state, a: aLeg('10'), b: otherLeg('-10') }))
  expect(begun.orders.map(({ leg, draft }) => [leg, draft.side, draft.reduceOnly])).toEqual([
    ['b', 'buy', true],
  ])
  expect(begun.state).toBe(state)
  const over = planClosing(aHedgeView({ state, a: aLeg('10'), b: otherLeg('0') }))
  expect(over.orders).toEqual([])
  expect(over.state).toMatchObject({
    phase: 'paused',
    pause: 'flattened',
    closingLeg: null,
    unhedgedSince: 5,
  })
})

test('[HG40] what is being closed goes on being closed', () => {
  const idle: PairState = { ...CLOSING, phase: 'idle', pause: null }
  expect([closingLegOf(idle, 'a'), closingLegOf(idle, null)]).toEqual(['a', null])
  const ofA: PairState = { ...CLOSING, closingLeg: 'a' }
  expect([closingLegOf(ofA, 'a'), closingLegOf(ofA, 'b'), closingLegOf(ofA, null)]).toEqual(['a', null, null])
  // A force-close is of both, and nobody makes it less by asking for one of them.
  expect(closingLegOf(CLOSING, 'a')).toBeNull()
})

test('[HG43] what would be closed is what the pair holds, at most what the account holds on that side', () => {
  const view = aHedgeView({
    a: aLeg('10', { held: decimal('7') }),
    b: otherLeg('-10', { market: null }),
  })
  const shown = (leg: 'a' | 'b' | null) =>
    wouldClose(view, leg).map(close => [
      close.leg,
      close.side,
      formatDecimal(close.quantity),
      close.worstPrice,
    ])
  expect(shown(null)).toEqual([
    ['a', 'sell', '7', expect.anything()],
    ['b', 'buy', '10', null],
  ])
  expect(shown('b')).toEqual([['b', 'buy', '10', null]])
  expect(wouldClose(aHedgeView({ a: aLeg('10', { held: decimal('-3') }) }), null)).toEqual([])
})

test('[HG78] what the venue has refused as too small to close is left, and what is more is closed', () => {
  const state = CLOSING
  const refused = { unclosable: decimal('2') }
  const left = planClosing(aHedgeView({ state, a: aLeg('2', refused), b: otherLeg('-2', refused) }))
  expect([left.orders, left.wakeAt]).toEqual([[], null])
  expect(left.state).toMatchObject({ phase: 'paused', pause: 'flattened' })
  const more = planClosing(aHedgeView({ state, a: aLeg('3', refused), b: otherLeg('-2', refused) }))
  expect(more.orders.map(({ leg, draft }) => [leg, formatDecimal(draft.quantity)])).toEqual([['a', '3']])
  expect(more.state.phase).toBe('closing')
})
