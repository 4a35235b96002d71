import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimal, formatDecimal } from '../../domain/decimal.ts'
import { PAIR_PHASES } from '../../domain/pair.ts'
import { NOW } from '../testing/builders.ts'
import {
  aHedge,
  aHedgeView,
  aLeg,
  aPair,
  aQuote,
  otherLeg,
  quotingOf,
  said,
  stateOf,
} from '../testing/pair.ts'
import type { HedgeView } from './hedge-view.ts'
import { planPair } from './plan-pair.ts'

describe('hedging', () => {
  test('[HG1] [HG3] what A holds is held the other way round by B, at once and up to a worst price', () => {
    const plan = planPair(aHedgeView({ a: aLeg('10') }))
    expect(said(plan)).toEqual(['b hedge sell 10 at 99.5'])
    expect(plan.orders[0]?.draft).toMatchObject({ timeInForce: 'ioc', reduceOnly: false })
    expect(plan.state).toMatchObject({ phase: 'hedging', unhedgedSince: NOW })
    expect(said(planPair(aHedgeView({ a: aLeg('-10'), b: otherLeg('4') })))).toEqual(['b hedge buy 6 at 101'])
    const half = aPair({ ratioBps: 5_000 })
    expect(said(planPair(aHedgeView({ pair: half, a: aLeg('10') })))).toEqual(['b hedge sell 5 at 99.5'])
    expect(said(planPair(aHedgeView({ a: aLeg('10'), b: otherLeg('-10') })))).toEqual([])
  })

  test('[HG2] what is below the lot is carried', () => {
    const pair = aPair({ ratioBps: 1_000 })
    const plan = planPair(aHedgeView({ pair, a: aLeg('9') }))
    expect([said(plan), plan.state.phase, plan.state.unhedgedSince]).toEqual([[], 'idle', null])
    expect(said(planPair(aHedgeView({ pair, a: aLeg('11') })))).toEqual(['b hedge sell 1 at 99.5'])
  })

  test('[HG4] B has one order at a time, and the next one waits for its pause', () => {
    const busy = aHedgeView({ a: aLeg('10'), b: otherLeg('0', { orders: [aHedge('-4')] }) })
    expect([said(planPair(busy)), planPair(busy).state.phase]).toEqual([[], 'hedging'])
    const doubtful = otherLeg('0', { orders: [aHedge('-4', { status: 'in_doubt' })] })
    expect(said(planPair({ ...busy, b: doubtful }))).toEqual([])
    const paused = planPair({ ...busy, b: otherLeg('-4', { canSend: false }) })
    expect([said(paused), paused.state.phase]).toEqual([[], 'exposed'])
  })

  test('[HG5] on one market B waits for the cancel of the rest that it could trade with, a second at most', () => {
    const shared = { a: aLeg('4', { orders: [aQuote('6')] }), b: aLeg('0') }
    const waiting = planPair(aHedgeView(shared))
    expect([said(waiting), waiting.cancels.length, waiting.wakeAt]).toEqual([[], 1, NOW + 1_000])
    const silent = { ...shared, cancelAgeMs: () => 1_000 }
    // One tick above the rest nobody buys: an attempt there would only be one less.
    const atBest = planPair(aHedgeView(silent))
    expect([said(atBest), atBest.cancels.length, atBest.wakeAt]).toEqual([[], 1, NOW + 1_000])
    const deep = aLeg('4', { orders: [aQuote('6', { limitPrice: decimal('96') })] })
    const wide = aPair({ hedgeSlippageBps: 500 })
    expect(said(planPair(aHedgeView({ ...silent, a: deep, pair: wide })))).toEqual(['b hedge sell 4 at 96.5'])
    // A rest that is lower than what B would take cannot be met.
    const far = aLeg('4', { orders: [aQuote('6', { limitPrice: decimal('90') })] })
    expect(said(planPair(aHedgeView({ ...shared, a: far })))).toEqual(['b hedge sell 4 at 99.5'])
    const gone = aLeg('4', { orders: [aQuote('6', { status: 'canceled' })] })
    expect(said(planPair(aHedgeView({ ...shared, a: gone })))).toEqual(['b hedge sell 4 at 99.5'])
  })

  test('[HG6] on two markets a part is hedged at once, and the rest goes when that takes too long', () => {
    const a = aLeg('4', { orders: [aQuote('6')] })
    const pair = aPair({ quoting: quotingOf() })
    const first = planPair(aHedgeView({ pair, a }))
    expect([said(first), first.cancels]).toEqual([['b hedge sell 4 at 99.5'], []])
    const late = aHedgeView({ pair, a, state: stateOf({ unhedgedSince: 1 }), unhedgedMs: 1_000 })
    expect(planPair(late).cancels).toHaveLength(1)
    expect(planPair(aHedgeView({ pair, a, state: stateOf({ attempts: 1 }) })).cancels).toHaveLength(1)
  })

  test('[HG8] after the last attempt the pair pauses, cancels what rests, and hedges no more', () => {
    const pair = aPair({ quoting: quotingOf() })
    const a = aLeg('4', { orders: [aQuote('6')] })
    const plan = planPair(aHedgeView({ pair, a, state: stateOf({ attempts: 3, phase: 'exposed' }) }))
    expect([said(plan), plan.cancels.length]).toEqual([[], 1])
    expect(plan.state).toMatchObject({ pause: 'hedge_failed', phase: 'paused' })
    expect(said(planPair(aHedgeView({ pair, a, state: plan.state })))).toEqual([])
  })

  test('[HG26] attempts are counted anew when the legs are in step, whoever made them so', () => {
    // Else A's quotes would be cancelled for a failure that is over, and quoted again at once.
    const pair = aPair({ quoting: quotingOf() })
    const late = stateOf({ attempts: 2, phase: 'exposed' })
    const a = aLeg('0', { orders: [aQuote('6')] })
    const plan = planPair(aHedgeView({ pair, a, state: late }))
    expect([plan.state.attempts, plan.cancels]).toEqual([0, []])
    const failed = stateOf({ attempts: 3, phase: 'paused', pause: 'hedge_failed' })
    expect(planPair(aHedgeView({ pair, state: failed })).state.attempts).toBe(3)
    expect(planPair(aHedgeView({ pair, a: aLeg('4'), state: late })).state.attempts).toBe(2)
  })

  test('[HG9] a hedge whose fate is not known for too long pauses the pair and is not sent again', () => {
    const b = otherLeg('0', { orders: [aHedge('-4', { status: 'in_doubt' })] })
    const young = planPair(aHedgeView({ a: aLeg('4'), b, doubtAgeMs: () => 29_000 }))
    expect([young.state.pause, young.wakeAt]).toEqual([null, NOW + 1_000])
    const plan = planPair(aHedgeView({ a: aLeg('4'), b, doubtAgeMs: () => 30_000 }))
    expect([said(plan), plan.state.pause]).toEqual([[], 'unconfirmed'])
    const dead = otherLeg('0', { orders: [aHedge('-4', { status: 'never_accepted' })] })
    expect(said(planPair(aHedgeView({ a: aLeg('4'), b: dead })))).toEqual(['b hedge sell 4 at 99.5'])
    expect(said(planPair(aHedgeView({ a: aLeg('4'), b: dead, state: plan.state })))).toEqual([])
  })

  test('[HG13] behind a pause by hand hedging goes on', () => {
    const state = stateOf({ pause: 'by_hand', phase: 'paused' })
    const plan = planPair(aHedgeView({ a: aLeg('10'), state }))
    expect([said(plan), plan.state.phase]).toEqual([['b hedge sell 10 at 99.5'], 'paused'])
  })

  test('[HG24] without a price or a live session B waits', () => {
    for (const over of [{ market: null }, { isLive: false, canSend: false }]) {
      const plan = planPair(aHedgeView({ a: aLeg('10'), b: otherLeg('0', over) }))
      expect([said(plan), plan.state.phase, plan.wakeAt]).toEqual([[], 'exposed', NOW + 30_000])
    }
  })
})

describe('quoting', () => {
  const pair = aPair({ quoting: quotingOf({ maximumCycles: 2 }) })
  const level = { bid: decimal('99'), ask: decimal('101') }
  const view = (over: Partial<HedgeView>): HedgeView => aHedgeView({ pair, level, ...over })

  test('[HG14] A buys at the depth, sells what it bought, counts the cycle, and stops after the last', () => {
    const first = planPair(view({}))
    expect([said(first), first.state.phase]).toEqual([['a entry buy 10 at 99'], 'quoting'])
    const held = { a: aLeg('10'), b: otherLeg('-10') }
    const second = planPair(view({ ...held, state: first.state }))
    expect([said(second), second.state.cycleSide]).toEqual([['a entry sell 10 at 101'], 'close'])
    expect(second.orders[0]?.draft.reduceOnly).toBe(true)
    const third = planPair(view({ state: second.state }))
    expect([said(third), third.state.cycles]).toEqual([['a entry buy 10 at 99'], 1])
    const last = planPair(view({ state: { ...second.state, cycles: 1 } }))
    expect([said(last), last.state.pause, last.state.phase]).toEqual([[], 'finished', 'paused'])
  })

  test('[HG15] a quote that is too old is cancelled, and its rest is quoted anew', () => {
    const old = aLeg('0', { orders: [aQuote('10', { createdAt: NOW - 30_000 })] })
    expect(planPair(view({ a: old })).cancels).toHaveLength(1)
    const young = planPair(view({ a: aLeg('0', { orders: [aQuote('10', { createdAt: NOW - 29_600 })] }) }))
    expect([young.cancels, young.wakeAt]).toEqual([[], NOW + 400])
    const rest = planPair(view({ a: aLeg('4'), b: otherLeg('-4') }))
    expect(said(rest)).toEqual(['a entry buy 6 at 99'])
  })

  test('[HG31] a quote goes when B could not follow it any more, and it is looked for that every second', () => {
    const a = aLeg('0', { orders: [aQuote('10')] })
    expect([planPair(view({ a })).cancels, planPair(view({ a })).wakeAt]).toEqual([[], NOW + 1_000])
    for (const over of [{ isLive: false }, { market: null }])
      expect(planPair(view({ a, b: otherLeg('0', over) })).cancels).toHaveLength(1)
    expect(planPair(view({ a, isFitted: false })).cancels).toHaveLength(1)
  })

  test('[HG32] what is beyond the tolerance and too little for an order of B keeps A from quoting, and it says so', () => {
    const b = otherLeg('0', { instrument: { ...otherLeg('0').instrument, minimumQuantity: decimal('5') } })
    const plan = planPair(view({ a: aLeg('4'), b }))
    expect([said(plan), plan.waitsFor]).toEqual([[], expect.stringContaining('Raise the tolerance')])
  })

  test('[HG16] it waits for a price, for a book that is deep enough, and for what both limits allow', () => {
    const unread = planPair(view({ level: null }))
    expect([said(unread), unread.wantsLevel]).toEqual([[], true])
    const shallow = planPair(view({ level: { bid: null, ask: null } }))
    expect([said(shallow), shallow.waitsFor]).toEqual([[], 'The book has no level 1 there.'])
    const refusing = otherLeg('0', {
      assess: () => ({ approved: false, reason: 'risk_leverage' }),
    })
    const refused = planPair(view({ b: refusing }))
    expect([said(refused), refused.waitsFor === null]).toEqual([[], false])
  })

  test('[HG7] no quote is made while something is unhedged, on its way, or the pair is paused', () => {
    const shut: Partial<HedgeView>[] = [
      { a: aLeg('4') },
      { b: otherLeg('3') },
      { a: aLeg('0', { orders: [aQuote('1')] }) },
      { b: otherLeg('0', { orders: [aHedge('1')] }) },
      { state: stateOf({ pause: 'by_hand', phase: 'paused' }) },
      { b: otherLeg('0', { isLive: false, canSend: false }) },
      { b: otherLeg('0', { market: null }) },
    ]
    for (const over of shut)
      expect(said(planPair(view(over))).filter(text => text.startsWith('a'))).toEqual([])
  })
})

test('[HG7] [HG17] whatever is held and on its way: A opens only when hedged, B never sends more than A needs', () => {
  const size = fc.integer({ min: -12, max: 12 })
  const leg = fc.record({ position: size, orders: fc.array(size.filter(Boolean), { maxLength: 2 }) })
  const states = fc.record({
    pause: fc.constantFrom(null, 'by_hand', 'hedge_failed', 'force_closed', 'flattened'),
    phase: fc.constantFrom(...PAIR_PHASES),
    attempts: fc.integer({ min: 0, max: 4 }),
    age: fc.constantFrom(null, 0, 10_000, 40_000),
  })
  fc.assert(
    fc.property(leg, leg, states, fc.boolean(), (first, second, { age, ...over }, isShared) => {
      const a = aLeg(String(first.position), { orders: first.orders.map(signed => aQuote(String(signed))) })
      const make = isShared ? aLeg : otherLeg
      const b = make(String(second.position), { orders: second.orders.map(signed => aHedge(String(signed))) })
      const state = stateOf({ ...over, unhedgedSince: age === null ? null : 1 })
      const pair = aPair({ quoting: quotingOf() })
      const plan = planPair(
        aHedgeView({
          pair,
          a,
          b,
          state,
          unhedgedMs: age,
          level: { bid: decimal('99'), ask: decimal('101') },
        }),
      )
      const gap = -first.position - second.position
      for (const { leg: of, draft } of plan.orders) {
        if (draft.purpose === 'exit') continue
        if (of === 'a')
          expect([Math.abs(gap) <= 1, first.orders, second.orders, plan.state.pause]).toEqual([
            true,
            [],
            [],
            null,
          ])
        else expect([Number(formatDecimal(draft.quantity)), second.orders]).toEqual([Math.abs(gap), []])
      }
      expect(PAIR_PHASES).toContain(plan.state.phase)
    }),
  )
})
