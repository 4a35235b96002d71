import { expect, test } from 'vitest'
import { decimal, ZERO } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { HoldingView } from './holding-view.ts'
import { type Plan, plan } from './plan.ts'
import {
  anExit,
  anIncrease,
  anInstrument,
  anOrder,
  aState,
  aView,
  marketAt,
  NOW,
} from './testing/builders.ts'

/** A link that wants so much, has so much, and was told so by these increases. */
function wants(
  desired: string,
  attributed: string,
  pending: readonly Decision[],
  over: Partial<HoldingView> = {},
) {
  const state = aState({
    desired: decimal(desired),
    attributed: decimal(attributed),
    leaderQuantity: decimal(desired),
  })
  return aView({ state, pending, ...over })
}

function ends({ settlements }: Plan): readonly (readonly [string, string])[] {
  return settlements.map(({ outcome, reason }) => [outcome, reason])
}

const FIVE = anIncrease('5')

test('[CP16] an opening is what is missing, rounded toward zero to the lot; the rest is carried', () => {
  const planned = plan(wants('5.7', '0', [anIncrease('5.7')]))
  expect(planned.order).toMatchObject({
    purpose: 'entry',
    side: 'buy',
    quantity: decimal('5'),
    reduceOnly: false,
  })
  expect(planned.state.desired).toBe(decimal('5.7'))
})

test('[CP63] off drops what was only carried, and keeps what an order may still bring', () => {
  // 3 are held, 2 are on their way, and 0.4 were below the lot.
  const planned = plan(wants('5.4', '3', [], { mode: 'off', orders: [anOrder('2')] }))
  expect(planned.state.desired).toBe(decimal('5'))
  expect(plan(wants('5.4', '3', [], { orders: [anOrder('2')] })).state.desired).toBe(decimal('5.4'))
})

test('[CP16] carry below the lot accumulates until it is tradable', () => {
  let view = wants('0', '0', [])
  const quantities: string[] = []
  for (let fill = 1; fill <= 5; fill += 1) {
    const desired = decimal(`${fill * 0.3}`.slice(0, 3))
    const planned = plan({ ...view, state: { ...view.state, desired }, pending: [anIncrease('0.3')] })
    quantities.push(
      planned.order === null ? (ends(planned)[0]?.[1] ?? '') : `${planned.order.quantity / 10n ** 18n}`,
    )
    const attributed = planned.order === null ? view.state.attributed : decimal('1')
    view = { ...view, state: { ...planned.state, attributed }, position: attributed }
  }
  expect(quantities).toEqual(['below_lot', 'below_lot', 'below_lot', '1', 'below_lot'])
})

test('[CP16] what is below the minimum of the venue is carried like what is below its lot', () => {
  const few = anInstrument({ minimumQuantity: decimal('10') })
  const cheap = anInstrument({ minimumNotional: decimal('600') })
  for (const instrument of [few, cheap]) {
    const planned = plan(wants('5', '0', [FIVE], { instrument }))
    expect(planned.order).toBeNull()
    expect(ends(planned)).toEqual([['carried', 'below_lot']])
    expect(planned.state.desired).toBe(decimal('5'))
  }
})

test('[CP16] what rests already, or has traded unseen, is not opened again', () => {
  const resting = anOrder('3')
  const unseen = anOrder('1', { sequence: 2, status: 'filled', reportedFilled: decimal('1') })
  expect(plan(wants('5', '0', [FIVE], { orders: [resting, unseen] })).order?.quantity).toBe(decimal('1'))
})

test('[CP17] an increase may be sent until its last moment and not after', () => {
  const at = (now: number) => plan(wants('5', '0', [FIVE], { now }))
  expect(at(NOW + 1_000).order?.validUntil).toBe(NOW + 1_000)
  expect(at(NOW + 1_001)).toMatchObject({ order: null, state: { desired: ZERO }, wakeAt: null })
})

test('[CP17] a market beyond the drift bound is not entered, and what was wanted is forgone', () => {
  const at = (mark: string) => plan(wants('5', '0', [FIVE], { maxDriftBps: 100, market: marketAt(mark) }))
  expect(at('100.5').order).toMatchObject({ type: 'limit', timeInForce: 'ioc', limitPrice: decimal('101') })
  expect(at('100.6')).toMatchObject({ order: null, state: { desired: ZERO } })
  expect(ends(at('100.6'))).toEqual([['forgone', 'drifted']])
})

test.each<[string, Partial<HoldingView>]>([
  ['the account cannot send', { canSend: false }],
  ['no price is known', { market: null }],
  ['leverage does not stand yet', { leverageSet: false }],
  ['an opening is unacknowledged', { orders: [anOrder('1', { status: 'submitted' })] }],
  ['an opening is in doubt', { orders: [anOrder('1', { status: 'in_doubt' })] }],
  ['an exit is on its way', { orders: [anExit('-1')] }],
  ['the other side may still be bought', { orders: [anOrder('-1')] }],
  ['both sides may still be bought', { orders: [anOrder('-1'), anOrder('1', { sequence: 2 })] }],
  [
    'risk waits for what it must know',
    { assess: () => ({ approved: false, reason: 'market_stale', waits: true }) },
  ],
  ['the other side is still held', { state: aState({ desired: decimal('5'), attributed: decimal('-2') }) }],
])('[CP18] an increase keeps its place while %s', (_, over) => {
  const planned = plan(wants('5', '0', [FIVE], over))
  expect(planned).toMatchObject({ settlements: [], wakeAt: NOW + 1_000 })
  expect(planned.order?.purpose).not.toBe('entry')
  expect(planned.state.desired).toBe(decimal('5'))
})

test.each<[string, Partial<HoldingView>]>([
  ['order_lost', { orders: [anOrder('1', { status: 'in_doubt' })], canSend: false }],
  ['account_offline', { canSend: false, market: null }],
  ['market_stale', { market: null }],
  ['stale', {}],
])('[CP19] an increase that waited too long says what it waited for: %s', (reason, over) => {
  const planned = plan(wants('5', '0', [anIncrease('4')], { ...over, now: NOW + 1_001 }))
  expect(ends(planned)).toEqual([['forgone', reason]])
})

test('[CP19] of several increases only the late ones are forgone', () => {
  const late = anIncrease('3', { validUntil: NOW - 1 })
  const planned = plan(wants('8', '0', [late, FIVE]))
  expect(planned.settlements).toMatchObject([{ decision: late.id, outcome: 'forgone' }])
  expect(planned).toMatchObject({ state: { desired: decimal('5') }, order: { quantity: decimal('5') } })
})

test.each<[string, Partial<HoldingView>]>([
  ['symbol_closed', { instrument: anInstrument({ status: 'closed' }) }],
  ['risk_open_orders', { maximumOpenOrdersReached: true }],
  ['risk_leverage', { assess: () => ({ approved: false, reason: 'risk_leverage' }) }],
])('[CP21] an opening that is refused is forgone for good: %s', (reason, over) => {
  const planned = plan(wants('5.4', '0', [FIVE], over))
  expect(ends(planned)).toEqual([['skipped', reason]])
  // What was carried before stays carried.
  expect(planned).toMatchObject({ order: null, state: { desired: decimal('0.4') } })
})

test.each([
  ['mode_off', { mode: 'off' }],
  ['mode_close_only', { mode: 'close_only' }],
  // Held beside a person's own trades that net it away: nothing can close it.
  [
    'other_side_held',
    { state: aState({ desired: decimal('5'), attributed: decimal('-2') }), position: ZERO },
  ],
] as const)('[CP8] an increase that waited is refused when it may no longer be sent: %s', (reason, over) => {
  const planned = plan(wants('5', '0', [FIVE], over))
  expect(ends(planned)).toEqual([['skipped', reason]])
  expect(planned).toMatchObject({ order: null, state: { desired: ZERO }, wakeAt: null })
})

test('[CP10] off keeps desired what is held or on its way, and not what was carried', () => {
  const off = plan(wants('5.4', '5', [], { mode: 'off' }))
  expect(off).toMatchObject({ order: null, state: { desired: decimal('5'), attributed: decimal('5') } })
  const closeOnly = plan(wants('5.4', '5', [], { mode: 'close_only' }))
  expect(closeOnly).toMatchObject({ order: null, state: { desired: decimal('5.4') } })
})

test('[CP21] risk is asked about just what would be sent', () => {
  const asked: unknown[] = []
  const assess: HoldingView['assess'] = proposal => {
    asked.push(proposal)
    return { approved: true, collarPrice: decimal('105') }
  }
  const { order } = plan(wants('-5.9', '0', [anIncrease('-5.9')], { assess }))
  const expected = {
    side: 'sell',
    quantity: decimal('5'),
    expectedPrice: decimal('99.5'),
    mark: decimal('100'),
  }
  expect(asked).toMatchObject([expected])
  expect(order).toMatchObject({ side: 'sell', quantity: decimal('5') })
})

test('[CP20] a rest below the lot that was carried is desired with the next increase', () => {
  const planned = plan(wants('5.4', '0', [FIVE]))
  expect(planned).toMatchObject({ order: { quantity: decimal('5') }, state: { desired: decimal('5.4') } })
})

test('[CP64] what no increase stands behind is forgone to its last place, so that it rounds no order up', () => {
  const planned = plan(wants('8.4', '0', [FIVE]))
  expect(planned).toMatchObject({ order: { quantity: decimal('5') }, state: { desired: decimal('5') } })
})

test('[CP22] what is above the maximum of one order is forgone, not sent later', () => {
  const instrument = anInstrument({ maximumMarketQuantity: decimal('3') })
  const planned = plan(wants('5.5', '0', [anIncrease('5.5')], { instrument }))
  expect(planned).toMatchObject({
    order: { quantity: decimal('3'), isCut: true },
    state: { desired: decimal('3.5') },
  })
})

test('[CP35] one order for several increases ends with the earliest of them and names them all', () => {
  const pending = [anIncrease('2', { validUntil: NOW + 7 }), anIncrease('3')]
  const { order } = plan(wants('5', '0', pending))
  expect(order).toMatchObject({ quantity: decimal('5'), validUntil: NOW + 7 })
  expect(order?.decisions).toEqual(pending.map(decision => decision.id))
})

test('[CP11] an increase that the leader has taken back, or turned against, is forgone', () => {
  const planned = plan(wants('-3', '0', [FIVE, anIncrease('0'), anIncrease('-3')]))
  expect(ends(planned)).toEqual([
    ['forgone', 'replaced'],
    ['forgone', 'replaced'],
  ])
  expect(planned.order).toMatchObject({ side: 'sell', quantity: decimal('3'), decisions: ['increase -3'] })
})

test('[CP30] what waited when the position was closed from outside is not opened', () => {
  const state = aState({ stopped: true, leaderQuantity: decimal('9') })
  const planned = plan(aView({ state, pending: [FIVE] }))
  expect(planned.order).toBeNull()
  expect(ends(planned)).toEqual([['forgone', 'no_reentry']])
})

test('[RK8] a limit never lies beyond the collar: the venue holds it too', () => {
  const entry = { kind: 'marketable_limit', slippageBps: 1_000 } as const
  const collared = (side: string, collarPrice: string) => {
    const assess: HoldingView['assess'] = () => ({ approved: true, collarPrice: decimal(collarPrice) })
    return plan(wants(side, '0', [anIncrease(side)], { entry, assess })).order
  }
  const bought = { limitPrice: decimal('102'), collarPrice: decimal('102') }
  expect(collared('5', '102.3')).toMatchObject(bought)
  const sold = { limitPrice: decimal('98'), collarPrice: decimal('98') }
  expect(collared('-5', '97.7')).toMatchObject(sold)
})
