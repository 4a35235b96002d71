import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import type { VenueOrderId } from '../../domain/ids.ts'
import { instrumentId } from '../../domain/ids.ts'
import { SILENT } from '../../ports/observe.ts'
import { answered } from '../shared/testing/fake-network.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import {
  claimOf,
  ETH,
  limitBuy,
  live,
  OWN_ORDER,
  orderRow,
  reply,
  SEND,
  sent,
  tradeRow,
  update,
} from './testing/harness.ts'

test('[LA3] a resting order goes in whole steps, good for 28 days, executed by its deadline or never', async () => {
  const made = await live()
  const claim = claimOf(made)
  const submitted = made.account.submit(limitBuy(claim))
  await settle()
  expect(sent(made)).toEqual([
    expect.objectContaining({
      AccountIndex: 1234,
      ApiKeyIndex: 5,
      MarketIndex: 0,
      ClientOrderIndex: Number(OWN_ORDER),
      BaseAmount: 500,
      Price: 235274,
      IsAsk: 0,
      Type: 0,
      TimeInForce: 1,
      ReduceOnly: 0,
      OrderExpiry: claim.venueTimestamp + 28 * 24 * 3_600_000,
      ExpiredAt: claim.deadlineAt,
      Nonce: 500,
    }),
  ])
  made.socket.frame(update('account_all_orders', { orders: { 0: [orderRow()] } }))
  expect(await submitted).toMatchObject({ ok: true, value: { venueOrderId: '281476929510110' } })
})

test('[LA4] a market order carries the worst price that its sender gives, and is never without one', async () => {
  const made = await live()
  const market = { type: 'market', timeInForce: 'ioc', purpose: 'hedge', side: 'sell' } as const
  void made.account.submit(limitBuy(claimOf(made), { ...market, limitPrice: decimal('2300.01') }))
  await settle()
  expect(sent(made)).toEqual([
    expect.objectContaining({
      ApiKeyIndex: 7,
      Price: 230001,
      IsAsk: 1,
      Type: 1,
      TimeInForce: 0,
      OrderExpiry: 0,
    }),
  ])
  const unbounded = await made.account.submit(limitBuy(claimOf(made), { ...market, limitPrice: null }))
  expect(unbounded).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
  expect(sent(made)).toHaveLength(1)
})

test('[LA4] without a limit the mark bounds a market order, rounded so that the bound is not passed', async () => {
  const made = await live()
  made.venue.market.watch([ETH])
  made.venue.market.open({ ticker: () => {}, stream: () => {} })
  await settle()
  const stats = { market_id: 0, last_trade_price: '2000.01', mark_price: '2000.01' }
  made.sockets.last('/stream').events.open()
  made.sockets.last('/stream').frame({ type: 'update/market_stats', market_stats: { 0: stats } })
  void made.account.submit(limitBuy(claimOf(made), { type: 'market', timeInForce: 'ioc', limitPrice: null }))
  await settle()
  expect(sent(made)).toEqual([expect.objectContaining({ Price: 210001 })])
  await made.clock.advance(10_001)
  const stale = await made.account.submit(limitBuy(claimOf(made), { type: 'market', limitPrice: null }))
  expect(stale).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
})

test('[LA2] what is not on a step of the market is refused with what to do, and nothing leaves', async () => {
  const made = await live()
  const claim = claimOf(made)
  const refusals = [
    { quantity: decimal('0.00005') },
    { quantity: decimal('0') },
    { limitPrice: decimal('2352.745') },
    { timeInForce: 'fok' as const },
    { instrumentId: instrumentId('lighter', 'NONE') },
    // More steps than the venue's number for a price holds.
    { limitPrice: decimal('50000000') },
  ]
  const reasons = ['quantity', 'quantity', 'price', 'other', 'symbol', 'other']
  for (const [at, change] of refusals.entries()) {
    const answer = await made.account.submit(limitBuy(claim, change))
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused', reason: reasons[at] } })
  }
  expect(made.http.asked(SEND)).toHaveLength(0)
})

test('[LA5] a yes of the API acknowledges nothing: an order that no report shows is in doubt', async () => {
  // An invalid reduce-only order is taken with code 200 and then vanishes without a word.
  const made = await live()
  const submitted = made.account.submit(limitBuy(claimOf(made), { reduceOnly: true }))
  await settle()
  made.socket.frame(update('account_all_orders', { orders: { 0: [orderRow({ status: 'in-progress' })] } }))
  await made.clock.advance(7_000)
  expect(await submitted).toMatchObject({ ok: false, error: { kind: 'in_doubt' } })
  expect(sent(made)).toHaveLength(1)
})

test('[LA5] a trade shows its order before its report does', async () => {
  const made = await live()
  const submitted = made.account.submit(limitBuy(claimOf(made)))
  await settle()
  made.socket.frame(update('account_all_trades', { trades: { 0: [tradeRow()] } }))
  expect(await submitted).toMatchObject({ ok: true, value: { venueOrderId: '281476929510110' } })
  await settle()
  expect(made.frames.at(-1)).toMatchObject([
    { kind: 'fill', fill: { clientOrderId: OWN_ORDER, orderQuantity: decimal('0.05') } },
  ])
})

test('[LA5] who waits for a report when the stream is lost is told at once that nobody knows', async () => {
  const made = await live()
  const submitted = made.account.submit(limitBuy(claimOf(made)))
  await settle()
  made.socket.events.close('gone')
  expect(await submitted).toMatchObject({ ok: false, error: { kind: 'in_doubt' } })
})

test("[LA10] a cancel names the order by the venue's index, or by ours where that is not known", async () => {
  const made = await live()
  const order = {
    instrumentId: ETH,
    clientOrderId: OWN_ORDER,
    venueOrderId: '281476929510110' as VenueOrderId,
  }
  expect((await made.account.cancel(order, 'exit')).ok).toBe(true)
  expect((await made.account.cancel({ ...order, venueOrderId: null }, 'exit')).ok).toBe(true)
  expect(sent(made).map(({ Index }) => Index)).toEqual([281476929510110, Number(OWN_ORDER)])
})

test('[LA11] 60 transactions leave in a minute, and what is left of them goes to exits first', async () => {
  const made = await live()
  made.http.on(SEND, () => reply({ message: 'invalid price' }, 21702))
  // The address's share of 54 is the smaller one; an entry may use 85 % of it.
  for (let count = 0; count < 45; count += 1) await made.account.submit(limitBuy(claimOf(made)))
  expect(made.account.budgetWaitMs('entry')).toBeGreaterThan(50_000)
  expect(made.account.budgetWaitMs('exit')).toBe(0)
  const late = made.account.submit(limitBuy(claimOf(made)))
  await made.clock.advance(1_500)
  expect(await late).toMatchObject({ error: { kind: 'not_sent' } })
})

test('[LA11] after "too many requests" nothing is sent for a while but what closes, covers or cancels', async () => {
  for (const answer of [
    reply({ message: 'Too Many Requests!' }, 23000),
    answered({ code: 405, message: '' }, 405),
    answered('', 429),
  ]) {
    const made = await live()
    made.http.on(SEND, () => answer)
    const refused = await made.account.submit(limitBuy(claimOf(made)))
    expect(refused).toMatchObject({ error: { kind: 'refused', reason: 'rate_limited' } })
    expect(made.account.budgetWaitMs('entry')).toBe(10_000)
    expect(made.account.budgetWaitMs('hedge')).toBe(1_500)
    await made.clock.advance(1_500)
    made.http.on(SEND, () => reply({ tx_hash: 'hash' }))
    const order = { instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null }
    expect((await made.account.cancel(order, 'exit')).ok).toBe(true)
  }
})

test('[LA50] a firewall that refuses the address lets nothing through, and is told as an error at once', async () => {
  const lines: string[] = []
  const log = { ...SILENT, error: (event: string) => lines.push(event) }
  for (const [status, route] of [
    [405, '/api/v1/apikeys'],
    [403, SEND],
  ] as const) {
    const made = await live({ log })
    made.http.on(route, () => answered('<html>', status))
    const answer = await (route === SEND
      ? made.account.submit(limitBuy(claimOf(made)))
      : made.account.permissions())
    const message = expect.stringContaining(`HTTP ${status}`)
    expect(answer).toMatchObject({ error: { kind: 'refused', reason: 'rate_limited', message } })
    for (const purpose of ['entry', 'hedge', 'exit'] as const)
      expect(made.account.budgetWaitMs(purpose)).toBe(60_000)
  }
  expect(lines).toEqual(['egress_stopped', 'egress_stopped'])
})

test('[LA12] leverage counts as set when the venue shows its transaction executed', async () => {
  const made = await live()
  const states = [1, 2]
  made.http.on('/api/v1/tx', () => reply({ status: states.shift() }))
  const done = made.account.setLeverage(ETH, decimal('3'))
  await made.clock.advance(1_000)
  expect(await done).toEqual({ ok: true, value: undefined })
  // A third is no whole number of hundredths of a percent: rounded to less leverage, not to more.
  expect(sent(made)).toEqual([expect.objectContaining({ InitialMarginFraction: 3334, MarginMode: 0 })])
  made.http.on('/api/v1/tx', () => reply({ status: 0 }))
  const failed = made.account.setLeverage(ETH, decimal('3'))
  await made.clock.advance(500)
  expect(await failed).toMatchObject({ error: { kind: 'refused', reason: 'leverage' } })
  expect(await made.account.setLeverage(ETH, decimal('51'))).toMatchObject({ error: { reason: 'leverage' } })
})
