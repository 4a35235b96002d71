import { describe, expect, test } from 'vitest'
import type { OrderStatus } from '../../src/domain/order.ts'
import { LEG_A, LEG_B, openDesk } from './hedge-desk.ts'
import { PAIR_KINDS } from './hedge-kinds.ts'
import { eventually } from './lockstep.ts'

// Steps five to seven of a hedge on every kind of pair: what B does about failing, and A about that. The first four are in
// hedge.test.ts. Nearly all of it is waiting, which is done side by side.

// The longest, so that it begins first.
test.concurrent('[HG65] [HG67] at Lighter a hedge that was taken and is never heard of is tried again when its absence is proven', async ({
  onTestFinished,
}) => {
  const desk = await openDesk({ a: 'lighter', b: 'lighter' }, onTestFinished)
  await desk.quote()
  desk.fault('lost', LEG_B, { times: 1 })
  desk.take('0.040')
  const sent = desk.count(LEG_A, 'received')
  const isFirst = async (status: OrderStatus) => (await desk.stored(LEG_B))[0]?.status === status
  // The venue's yes proves nothing: its deadline is waited for, and then twice as long as its queries may lag.
  await eventually(() => isFirst('in_doubt'), 'nothing shows the hedge')
  await eventually(() => isFirst('never_accepted'), 'its absence is proven')
  await desk.holds('0.04', '-0.04')
  await eventually(() => desk.count(LEG_A, 'received') > sent, 'A quotes again')
  const hedged = desk.place(LEG_B, 'filled sell 0.04')
  expect(hedged).toBeLessThan(desk.place(LEG_A, 'received submit sell 0.04'))
  expect(desk.count(LEG_B, 'received')).toBe(1)
})

describe.concurrent.each(PAIR_KINDS)('a pair $name', ({ legs, endedShort }) => {
  test('[HG65] B retries: what is proven to have ended short is tried again after the pause, and traded once', async ({
    onTestFinished,
  }) => {
    const desk = await openDesk(legs, onTestFinished)
    await desk.quote()
    desk.fault('ends_short', LEG_B, { times: 1 })
    desk.take('0.040')
    await desk.holds('0.04', '-0.04')
    await desk.became(LEG_B, [endedShort, 'filled'])
    const [first, second] = await desk.stored(LEG_B)
    expect((second?.createdAt ?? 0) - (first?.createdAt ?? 0)).toBeGreaterThanOrEqual(290)
    expect(desk.pair.state.pause).toBeNull()
  })

  test('[HG65] an answer of B that is lost is no reason for a second order', async ({ onTestFinished }) => {
    const desk = await openDesk(legs, onTestFinished)
    await desk.quote()
    desk.fault('answer_lost', LEG_B, { times: 1 })
    desk.take('0.040')
    await desk.holds('0.04', '-0.04')
    await desk.quote()
    expect(desk.count(LEG_B, 'received')).toBe(1)
  })

  test('[HG66] B fails: after the last attempt A is paused and its rest is gone; it is told, and outlives a restart', async ({
    onTestFinished,
  }) => {
    const desk = await openDesk(legs, onTestFinished)
    await desk.quote()
    desk.fault('refused', LEG_B)
    desk.take('0.020')
    await desk.paused()
    await eventually(() => desk.resting(LEG_A).length === 0, "A's rest is cancelled")
    expect((await desk.stored(LEG_B)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ])
    expect(desk.pair.state).toMatchObject({ pause: 'hedge_failed', phase: 'paused', attempts: 3 })
    expect(await desk.notices()).toContain('account_b_hedge_failed')
    const sent = desk.count(LEG_A, 'received submit')
    await desk.lockstep.restart()
    const { sessions, pairHands } = desk.lockstep.server.engine
    await eventually(() => sessions.sessions().filter(each => each.isLive()).length === 2, 'both are live')
    expect(desk.pair.state).toMatchObject({ pause: 'hedge_failed', phase: 'paused' })
    desk.calm()
    expect([desk.count(LEG_A, 'received submit'), desk.held[1]]).toEqual([sent, '0'])
    // Only a person ends it.
    expect((await pairHands.resume(desk.pair.pair.id)).ok).toBe(true)
    await desk.holds('0.02', '-0.02')
  })

  test('[HG67] A waits: while what B will trade is not known, nothing of A is sent', async ({
    onTestFinished,
  }) => {
    const desk = await openDesk(legs, onTestFinished)
    await desk.quote()
    // Taken by the exchange late, and neither answered nor told of until then.
    desk.fault('late', LEG_B, { times: 1, delayMs: 1_500 })
    desk.take('0.040')
    await desk.holds('0.04', '-0.04')
    await desk.quote()
    const filled = desk.place(LEG_A, 'filled buy 0.04')
    const hedged = desk.place(LEG_B, 'filled sell 0.04')
    const between = desk.audit.slice(filled, hedged)
    expect(between.filter(({ kind, account }) => kind === 'received' && account === LEG_A)).toEqual([])
    const [sent, traded] = [desk.audit[filled]?.at ?? 0, desk.audit[hedged]?.at ?? 0]
    expect(traded - sent).toBeGreaterThanOrEqual(1_400)
  })
})
