import { expect, test } from 'vitest'
import { answered } from '../shared/testing/fake-network.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import { BTC, claimOf, goLive, goTrade, harness, marketBuy, reply, tradeReply } from './testing/harness.ts'

const CREATE = '/v5/order/create'
const ACCEPTED = reply({ orderId: 'order-1', orderLinkId: 'LS1' })

async function connected(environment?: 'demo') {
  const made = harness(environment)
  await made.open()
  await goLive(made)
  return made
}

test('[VN1] an order goes by the trade stream, with the time and the window of its claim', async () => {
  const made = await connected()
  const trade = await goTrade(made)
  const claim = claimOf(made)
  expect(claim.route).toBe('stream')
  await made.clock.advance(200)
  const submitted = made.account.submit(marketBuy(claim))
  await settle()
  expect(trade.sent.at(-1)).toMatchObject({
    op: 'order.create',
    header: { 'X-BAPI-TIMESTAMP': String(claim.venueTimestamp), 'X-BAPI-RECV-WINDOW': '2000' },
    args: [
      {
        category: 'linear',
        symbol: 'BTCUSDT',
        side: 'Buy',
        orderType: 'Market',
        qty: '0.01',
        timeInForce: 'IOC',
        orderLinkId: 'LS1',
        positionIdx: 0,
        reduceOnly: false,
      },
    ],
  })
  expect(String(trade.sent.at(-1)?.['reqId']).length).toBeLessThanOrEqual(36)
  tradeReply(trade)
  const sentAt = made.clock.now()
  expect(await submitted).toEqual({ ok: true, value: { venueOrderId: 'order-1', sentAt, ackedAt: sentAt } })
  expect(claim.deadlineAt).toBe(claim.venueTimestamp + 2_000)
})

test('[VN1] until the trade stream is up orders go by REST, signed with the time of the claim', async () => {
  const made = await connected()
  made.http.on(CREATE, () => ACCEPTED)
  const claim = claimOf(made)
  expect(claim.route).toBe('request')
  // The stream comes up between claim and submit: the route stays.
  const trade = await goTrade(made)
  expect((await made.account.submit(marketBuy(claim))).ok).toBe(true)
  const [request] = made.http.asked(CREATE)
  expect(request?.headers['X-BAPI-TIMESTAMP']).toBe(String(claim.venueTimestamp))
  expect(request?.headers['X-BAPI-RECV-WINDOW']).toBe('2000')
  expect(trade.sent.map(frame => frame['op'])).toEqual(['auth'])
})

test('[VN1] demo has no trade stream: always REST', async () => {
  const made = await connected('demo')
  expect(made.sockets.all).toHaveLength(1)
  expect(claimOf(made).route).toBe('request')
})

test('[VN2] an order claimed for a stream that is gone is not sent, by no way', async () => {
  const made = await connected()
  const trade = await goTrade(made)
  const claim = claimOf(made)
  trade.events.close('restart')
  const submitted = await made.account.submit(marketBuy(claim))
  expect(submitted).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
  expect(made.http.asked(CREATE)).toHaveLength(0)
})

test.each(['stream', 'request'] as const)('[VN2] an order that is late is not sent by %s', async route => {
  // The process stood still between the claim and the first byte.
  const made = await connected()
  made.http.on(CREATE, () => ACCEPTED)
  const trade = route === 'stream' ? await goTrade(made) : null
  const claim = claimOf(made)
  await made.clock.advance(1_501)
  const submitted = await made.account.submit(marketBuy(claim))
  expect(submitted).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
  expect(made.http.asked(CREATE)).toHaveLength(0)
  expect(trade?.sent.length ?? 1).toBe(1)
})

test('[VN2] without the time of the venue there is no claim', async () => {
  const made = harness()
  expect(made.account.stamp(1)).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
  await made.open()
  await made.account.close()
  expect(made.account.stamp(1)).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
})

test('[VN2] [VN8] entries above their share wait for budget, and give up in time', async () => {
  const made = await connected()
  made.http.on(CREATE, () => ACCEPTED)
  const claim = claimOf(made)
  const entries = Array.from({ length: 20 }, () => made.account.submit(marketBuy(claim)))
  const exit = made.account.submit({ ...marketBuy(claim), purpose: 'exit', reduceOnly: true })
  await settle()
  expect((await exit).ok).toBe(true)
  expect(made.http.asked(CREATE)).toHaveLength(9)
  await made.clock.advance(2_000)
  const kinds = (await Promise.all(entries)).map(result => (result.ok ? 'acked' : result.error.kind))
  expect(kinds.filter(kind => kind === 'not_sent').length).toBeGreaterThan(0)
  expect(kinds.every(kind => kind === 'acked' || kind === 'not_sent')).toBe(true)
})

test('[VN3] a socket that closes before the answer leaves the order in doubt', async () => {
  const made = await connected()
  const trade = await goTrade(made)
  const submitted = made.account.submit(marketBuy(claimOf(made)))
  await settle()
  trade.events.close('restart')
  expect(await submitted).toMatchObject({ ok: false, error: { kind: 'in_doubt' } })
})

test('[VN3] an answer that does not come leaves the order in doubt, and is not heard later', async () => {
  const made = await connected()
  const trade = await goTrade(made)
  const submitted = made.account.submit(marketBuy(claimOf(made)))
  await made.clock.advance(3_000)
  expect(await submitted).toMatchObject({ ok: false, error: { kind: 'in_doubt' } })
  tradeReply(trade, 110007, 'too late')
})

test.each([
  ['a lost connection', { kind: 'lost', message: 'reset' } as const],
  ['HTTP 502', answered('<html>', 502)],
  ['no JSON', answered('<html>')],
  ['a yes without an order id', reply({})],
  ['server timeout', reply({}, 10000, 'Server Timeout')],
])('[VN3] [VN5] by REST, %s leaves the order in doubt', async (_name, outcome) => {
  const made = await connected()
  made.http.on(CREATE, () => outcome)
  const submitted = await made.account.submit(marketBuy(claimOf(made)))
  expect(submitted).toMatchObject({ ok: false, error: { kind: 'in_doubt' } })
})

test('[VN2] a connection that could not be made is certain: nothing was sent', async () => {
  const made = await connected()
  made.http.on(CREATE, () => ({ kind: 'not_sent', message: 'ECONNREFUSED' }))
  const submitted = await made.account.submit(marketBuy(claimOf(made)))
  expect(submitted).toMatchObject({ ok: false, error: { kind: 'not_sent' } })
})

test.each([
  [110007, 'balance'],
  [110072, 'duplicate_id'],
  [110017, 'reduce_only'],
] as const)('[VN4] refusal %i comes with reason %s and the words of the venue', async (code, reason) => {
  const made = await connected()
  const trade = await goTrade(made)
  const submitted = made.account.submit(marketBuy(claimOf(made)))
  await settle()
  tradeReply(trade, code, 'their words')
  expect(await submitted).toEqual({
    ok: false,
    error: { kind: 'refused', reason, code: String(code), message: 'their words' },
  })
})

test('[VN6] after "too many visits" nothing leaves until the venue counts anew', async () => {
  const made = await connected()
  const trade = await goTrade(made)
  const first = made.account.submit(marketBuy(claimOf(made)))
  await settle()
  const resetAt = made.clock.now() + 1_300
  tradeReply(trade, 10006, 'Too many visits!', { 'X-Bapi-Limit-Reset-Timestamp': String(resetAt) })
  expect(await first).toMatchObject({ error: { kind: 'refused', reason: 'rate_limited' } })
  const second = made.account.submit({ ...marketBuy(claimOf(made)), purpose: 'exit' })
  await made.clock.advance(1_250)
  expect(trade.sent).toHaveLength(2)
  await made.clock.advance(100)
  expect(trade.sent).toHaveLength(3)
  tradeReply(trade)
  expect((await second).ok).toBe(true)
})

test('[VN7] an address that the venue refuses sends nothing for ten minutes', async () => {
  const made = await connected()
  made.http.on(CREATE, () => answered('access too frequent', 403))
  const refused = await made.account.submit(marketBuy(claimOf(made)))
  expect(refused).toMatchObject({ error: { kind: 'refused', reason: 'rate_limited', code: '403' } })
  expect(made.lines).toContain('egress_stopped')
  const asked = made.http.requests.length
  expect(await made.account.snapshot()).toMatchObject({ error: { kind: 'unavailable' } })
  expect(await made.account.submit(marketBuy(claimOf(made)))).toMatchObject({ error: { kind: 'not_sent' } })
  expect(made.http.requests).toHaveLength(asked)
  made.http.on(CREATE, () => ACCEPTED)
  await made.clock.advance(601_000)
  expect((await made.account.submit(marketBuy(claimOf(made)))).ok).toBe(true)
})

test("[VN9] a request outside the venue's time window has the time measured again", async () => {
  const made = await connected()
  made.http.on(CREATE, () => reply({}, 10002, 'timestamp'))
  const measured = made.http.asked('/v5/market/time').length
  const refused = await made.account.submit(marketBuy(claimOf(made)))
  expect(refused).toMatchObject({ error: { kind: 'refused', reason: 'time_window' } })
  await made.clock.advance(10)
  expect(made.http.asked('/v5/market/time').length).toBeGreaterThan(measured)
})

test('[VN1] a cancel goes the same ways, by the id of the client', async () => {
  const made = await connected()
  const order = {
    instrumentId: BTC,
    clientOrderId: marketBuy(claimOf(made)).clientOrderId,
    venueOrderId: null,
  }
  made.http.on('/v5/order/cancel', () => ACCEPTED)
  expect((await made.account.cancel(order, 'entry')).ok).toBe(true)
  expect(made.http.asked('/v5/order/cancel')[0]?.body).toBe(
    '{"category":"linear","symbol":"BTCUSDT","orderLinkId":"LS1"}',
  )
  const trade = await goTrade(made)
  const cancelled = made.account.cancel(order, 'exit')
  await settle()
  expect(trade.sent.at(-1)).toMatchObject({ op: 'order.cancel' })
  tradeReply(trade, 110001, 'order not exists or too late to cancel')
  expect(await cancelled).toMatchObject({ error: { kind: 'refused', reason: 'order_unknown' } })
})

test('[VN4] a leverage that is set already counts as done', async () => {
  const made = await connected()
  const ten = marketBuy(claimOf(made)).quantity
  made.http.on('/v5/position/set-leverage', () => reply({}, 110043, 'Set leverage has not been modified.'))
  expect(await made.account.setLeverage(BTC, ten)).toEqual({ ok: true, value: undefined })
  made.http.on('/v5/position/set-leverage', () => reply({}, 110013, 'risk limit'))
  expect(await made.account.setLeverage(BTC, ten)).toMatchObject({ error: { reason: 'leverage' } })
})
