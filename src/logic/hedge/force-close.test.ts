import { describe, expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { NOW } from '../testing/builders.ts'
import { aHedge, aHedgeView, aLeg, aPair, aQuote, otherLeg, said, stateOf } from '../testing/pair.ts'
import type { HedgeView } from './hedge-view.ts'
import { planPair } from './plan-pair.ts'

describe('force-close', () => {
  const late = { unhedgedMs: 30_000 }
  const failed = stateOf({ pause: 'hedge_failed', phase: 'paused', unhedgedSince: 1 })

  test('[HG10] [HG11] what could not be hedged for too long is closed on both legs, reduce-only', () => {
    const view = aHedgeView({ a: aLeg('10'), b: otherLeg('-4'), state: failed, ...late })
    const plan = planPair(view)
    // What B covers of A stays until B is gone.
    expect(said(plan)).toEqual(['a exit sell 6 at 98', 'b exit buy 4 at 102.5'])
    expect(plan.orders.every(({ draft }) => draft.reduceOnly)).toBe(true)
    expect(plan.state.phase).toBe('closing')
    const flat = { ...view, a: aLeg('0'), b: otherLeg('0'), state: plan.state }
    expect(planPair(flat).state).toMatchObject({
      phase: 'paused',
      pause: 'force_closed',
      unhedgedSince: null,
    })
  })

  test('[HG11] on one market A is closed before B, so that they cannot trade with one another', () => {
    const view = aHedgeView({ a: aLeg('10'), b: aLeg('-4'), state: failed, ...late })
    expect(said(planPair(view))).toEqual(['a exit sell 6 at 98'])
    const exit = aQuote('-6', { purpose: 'exit', timeInForce: 'ioc' })
    expect(said(planPair({ ...view, a: aLeg('10', { orders: [exit] }) }))).toEqual([])
    const state = { ...failed, phase: 'closing' } as const
    expect(said(planPair({ ...view, state, a: aLeg('4') }))).toEqual(['b exit buy 4 at 102.5'])
    expect(said(planPair({ ...view, state, a: aLeg('4'), b: aLeg('0') }))).toEqual(['a exit sell 4 at 98'])
  })

  test('[HG10] it counts for how long nothing has come of hedging, whatever the cause; a start begins anew', () => {
    const state = stateOf({ unhedgedSince: 1, phase: 'exposed' })
    const exposed = { a: aLeg('10'), state, unhedgedMs: 60_000 }
    for (const b of [otherLeg('0'), otherLeg('0', { canSend: false }), otherLeg('0', { market: null })])
      expect(planPair(aHedgeView({ ...exposed, b })).state.phase).toBe('closing')
    const up = { ...exposed, upMs: 29_999 }
    expect(said(planPair(aHedgeView(up)))).toEqual(['b hedge sell 10 at 99.5'])
    const gone = otherLeg('0', { isLive: false, canSend: false, canClose: false })
    expect(said(planPair(aHedgeView({ ...exposed, b: gone })))).toEqual(['a exit sell 10 at 98'])
    expect(planPair(aHedgeView({ ...up, b: gone })).wakeAt).toBe(NOW + 1)
  })

  test('[HG28] nothing is closed while what B will trade is not known', () => {
    const b = otherLeg('0', { orders: [aHedge('-10', { status: 'in_doubt' })] })
    const state = stateOf({ unhedgedSince: 1, phase: 'paused', pause: 'unconfirmed' })
    const plan = planPair(
      aHedgeView({ a: aLeg('10'), b, state, unhedgedMs: 60_000, doubtAgeMs: () => 60_000 }),
    )
    expect([said(plan), plan.state]).toMatchObject([[], { phase: 'paused', pause: 'unconfirmed' }])
  })

  test('[HG29] a leg whose other one cannot be closed gives up only what that one does not cover', () => {
    const away = { isLive: false, canSend: false, canClose: false, market: null }
    const state = { ...failed, phase: 'closing' } as const
    const closing = { state, ...late }
    const said29 = (over: Partial<HedgeView>): readonly string[] =>
      said(planPair(aHedgeView({ ...closing, ...over })))
    expect(said29({ a: aLeg('103'), b: otherLeg('-100', away) })).toEqual(['a exit sell 3 at 98'])
    expect(said29({ a: aLeg('100'), b: otherLeg('-103', away) })).toEqual([])
    expect(said29({ a: aLeg('100', away), b: otherLeg('-103') })).toEqual(['b exit buy 3 at 102.5'])
    expect(said29({ a: aLeg('100', away), b: otherLeg('-100') })).toEqual([])
    expect(said29({ a: aLeg('100'), b: otherLeg('100', away) })).toEqual(['a exit sell 100 at 98'])
    const half = aPair({ ratioBps: 5_000 })
    expect(said29({ pair: half, a: aLeg('100'), b: otherLeg('-40', away) })).toEqual(['a exit sell 20 at 98'])
    const stuck = planPair(aHedgeView({ ...closing, a: aLeg('100'), b: otherLeg('-100', away) }))
    expect([stuck.state.phase, stuck.waitsFor]).toEqual([
      'closing',
      expect.stringContaining('cannot be closed'),
    ])
  })

  test('[HG30] a close waits for the cancel of A’s own quote that it would trade with', () => {
    const state = stateOf({ phase: 'closing', pause: 'flattened' })
    const a = aLeg('10', { orders: [aQuote('5')] })
    const waiting = planPair(aHedgeView({ a, state }))
    expect([said(waiting), waiting.cancels.length]).toEqual([[], 1])
    const far = aLeg('10', { orders: [aQuote('5', { limitPrice: decimal('90') })] })
    expect(said(planPair(aHedgeView({ a: far, state })))).toEqual(['a exit sell 10 at 98'])
  })

  test('[HG11] no more is closed than the account holds on that side', () => {
    const a = aLeg('10', { held: decimal('3') })
    const view = aHedgeView({ a, b: otherLeg('0'), state: failed, ...late })
    expect(said(planPair(view))).toEqual(['a exit sell 3 at 98'])
    expect(said(planPair({ ...view, a: aLeg('10', { held: decimal('-3') }) }))).toEqual([])
  })
})
