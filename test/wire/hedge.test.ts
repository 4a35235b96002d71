import { describe, expect, onTestFinished, test } from 'vitest'
import { decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { Device } from '../../src/live/testing/device.ts'
import { becomeOwner } from './cast.ts'
import { LEG_A, LEG_B, openDesk } from './hedge-desk.ts'
import { PAIR_KINDS } from './hedge-kinds.ts'
import { eventually } from './lockstep.ts'

// The seven steps of a hedge on every kind of pair, over a whole server and exchanges with real sockets between them:
// here those in which B can follow, in hedge-failures.test.ts those in which it cannot.

describe.each(PAIR_KINDS)('a pair $name', ({ legs, isShared }) => {
  test('[HG60] A quotes: one order rests at the depth that was asked for, durable first, and B does nothing', async () => {
    const desk = await openDesk({ ...legs, quoting: { depthLevel: 2 } })
    const quote = await desk.quote()
    // The still book has a level every 6 below 60000.
    expect([quote.side, formatDecimal(quote.quantity)]).toEqual(['buy', '0.04'])
    expect(quote.limitPrice).toBe(decimal('59988'))
    expect(await desk.stored(LEG_A)).toMatchObject([
      { purpose: 'entry', pairId: desk.pair.pair.id, clientOrderId: quote.clientOrderId },
    ])
    expect(desk.count(LEG_B, 'received')).toBe(0)
    expect(desk.lockstep.errors()).toEqual([])
  })

  test('[HG61] a fill of A is seen: each trade is a row, once, and the order knows what it has filled', async () => {
    const desk = await openDesk(legs)
    const quote = await desk.quote()
    desk.take('0.020')
    await eventually(async () => (await desk.fills(LEG_A)).length === 1, 'the fill is a row')
    const [stored] = await desk.fills(LEG_A)
    const traded = desk.audit.find(entry => entry.kind === 'filled' && entry.account === LEG_A)
    expect(traded).toMatchObject({ tradeId: stored?.fill.tradeId, quantity: '0.02' })
    expect(stored?.fill.clientOrderId).toBe(quote.clientOrderId)
    const order = (await desk.stored(LEG_A)).find(each => each.intentId === stored?.intentId)
    expect(order?.filled).toBe(decimal('0.02'))
  })

  test('[HG62] it is noticed: account_a_filled and account_b_filled are rows, and a listener hears both', async () => {
    const desk = await openDesk(legs)
    const owner = await becomeOwner(desk.lockstep)
    const device = await Device.open(desk.lockstep.url, owner.token)
    onTestFinished(() => device.close())
    await desk.quote()
    desk.take('0.040')
    const codes = () => device.all('notice').map(each => JSON.stringify(each))
    for (const code of ['account_a_filled', 'account_b_filled'])
      await device.until(() => codes().some(text => text.includes(`"${code}"`)))
    const rows = await desk.lockstep.server.store.notices(100)
    const noticeOf = (code: string) => rows.find(row => row.code === code)
    const common = { pair: 'pair', quantity: '0.04', reason: null, attempts: 0 }
    expect(noticeOf('account_a_filled')?.details).toMatchObject({ ...common, account: LEG_A, side: 'buy' })
    expect(noticeOf('account_b_filled')?.details).toMatchObject({ ...common, account: LEG_B, side: 'sell' })
  })

  test('[HG63] B acts: a full fill is hedged by one order that takes, and A quotes again only behind it', async () => {
    const desk = await openDesk(legs)
    await desk.quote()
    desk.take('0.040')
    await desk.holds('0.04', '-0.04')
    const [hedge] = await desk.stored(LEG_B)
    expect(hedge).toMatchObject({ purpose: 'hedge', side: 'sell', timeInForce: 'ioc', reduceOnly: false })
    expect(desk.count(LEG_B, 'received')).toBe(1)
    const next = await desk.quote()
    expect(next.side).toBe('sell')
    const hedged = desk.place(LEG_B, 'filled sell 0.04')
    expect(hedged).toBeLessThan(desk.place(LEG_A, 'received submit sell 0.04'))
  })

  test('[HG64] a partial fill is hedged as well: behind the cancel of A where B could trade with its rest, else at once', async () => {
    const desk = await openDesk(legs)
    await desk.quote()
    desk.take('0.020')
    await desk.holds('0.02', '-0.02')
    const [sent, gone] = [desk.place(LEG_B, 'received submit sell 0.02'), desk.count(LEG_A, 'ended')]
    if (isShared) {
      expect(desk.place(LEG_A, 'ended partially_filled_canceled')).toBeLessThan(sent)
      expect(gone).toBe(1)
      // What the cycle still wants is quoted anew.
      await eventually(() => desk.place(LEG_A, 'received submit buy 0.02') > sent, 'A quotes the rest')
    } else expect([gone, desk.resting(LEG_A).length]).toEqual([0, 1])
  })
})
