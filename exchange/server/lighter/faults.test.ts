import { describe, expect, test, vi } from 'vitest'
import { decimal } from '../../../src/domain/decimal.ts'
import { LIGHTER_FAULTS, type LighterFaultName } from './fault-catalogue.ts'
import {
  ACCOUNT,
  ACCOUNT_INDEX,
  ETH,
  follow,
  KEY_INDEX,
  type LighterTestVenue,
  rowsOf,
  start,
} from './fixture.ts'

// Signatures are checked in the thread that answers: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

function set(
  venue: LighterTestVenue,
  name: LighterFaultName,
  more: { target?: string; delayMs?: number } = {},
) {
  const fault = { probability: 1, times: 1, account: null, target: null, delayMs: 0, ...more }
  return venue.server.faults.add({ name, ...fault })
}

const ORDERS = `account_all_orders/${ACCOUNT_INDEX}`
const ORDERS_KEY = `account_all_orders:${ACCOUNT_INDEX}`
const LIMIT = { timeout: 30_000 }

describe('a transaction', () => {
  test('[XL22] drop_answer carries it out and cuts the connection, late_accept carries it out later', async () => {
    const venue = await start()
    set(venue, 'drop_answer')
    await expect(venue.send(venue.order())).rejects.toThrow()
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), LIMIT)
    set(venue, 'late_accept', { delayMs: 300 })
    const signed = venue.order()
    await venue.send(signed)
    expect((await venue.get('tx', { by: 'hash', value: signed.txHash })).body['status']).toBe(1)
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(2), LIMIT)
  })

  test('[XL23] tx_lost takes it with 200 and its nonce, and nothing is heard of it again', async () => {
    const venue = await start()
    const stream = await follow(venue, ORDERS)
    set(venue, 'tx_lost')
    const lost = venue.order({ clientOrderIndex: 1 })
    expect((await venue.send(lost)).body).toMatchObject({ code: 200 })
    expect((await venue.send(venue.order({ clientOrderIndex: 2 }))).body).toMatchObject({ code: 200 })
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length > 0)
    expect(rowsOf(stream, ORDERS_KEY, 'orders')).toMatchObject([{ client_order_index: 2 }])
    expect((await venue.get('tx', { by: 'hash', value: lost.txHash })).body['status']).toBe(1)
    expect((await venue.own('accountInactiveOrders', { limit: 10 })).body['orders']).toEqual([])
  })

  test('[XL24] tx_fails takes it with 200 and lets it fail without its nonce, which is asked for anew', async () => {
    const venue = await start()
    set(venue, 'tx_fails')
    const failed = venue.order({ nonce: 0 })
    expect((await venue.send(failed)).body).toMatchObject({ code: 200 })
    await vi.waitFor(async () => {
      const { body } = await venue.get('tx', { by: 'hash', value: failed.txHash })
      expect(body['status']).toBe(0)
    }, LIMIT)
    expect((await venue.send(venue.order({ nonce: 1 }))).body).toMatchObject({ code: 21104 })
    expect((await venue.send(venue.order({ nonce: 0 }))).body).toMatchObject({ code: 200 })
  })

  test('[XL25] nonce_race lets somebody else have its nonce: 21104, and the next one is one further', async () => {
    const venue = await start()
    set(venue, 'nonce_race')
    expect((await venue.send(venue.order({ nonce: 0 }))).body).toMatchObject({ code: 21104 })
    const key = { account_index: ACCOUNT_INDEX, api_key_index: KEY_INDEX }
    expect((await venue.get('nextNonce', key)).body).toMatchObject({ nonce: 1 })
    expect((await venue.send(venue.order({ nonce: 1 }))).body).toMatchObject({ code: 200 })
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), LIMIT)
  })

  test('[XL26] a reduce-only order in vain is not told; with reduce_only_vanishes not even one that would reduce', async () => {
    const venue = await start()
    const stream = await follow(venue, ORDERS)
    const reducing = { side: 'sell', reduceOnly: true } as const
    await venue.send(venue.market({ ...reducing, clientOrderIndex: 1 }))
    await venue.send(venue.market({ clientOrderIndex: 2 }))
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').some(row => row['status'] === 'filled'))
    expect(rowsOf(stream, ORDERS_KEY, 'orders').every(row => row['client_order_index'] === 2)).toBe(true)
    const inactive = async () => (await venue.own('accountInactiveOrders', { limit: 10 })).body['orders']
    expect(await inactive()).toMatchObject([
      { client_order_index: 2 },
      { client_order_index: 1, status: 'canceled-reduce-only' },
    ])
    set(venue, 'reduce_only_vanishes')
    const gone = venue.market({ ...reducing, clientOrderIndex: 3 })
    await venue.send(gone)
    await vi.waitFor(async () => {
      const { body } = await venue.get('tx', { by: 'hash', value: gone.txHash })
      expect(body['status']).toBe(2)
    }, LIMIT)
    expect(venue.exchange.position(ACCOUNT, 'ETH').quantity).toBe(decimal('0.1'))
    expect(await inactive()).toHaveLength(2)
    // The next one finds its nonce and reduces.
    await venue.send(venue.market({ ...reducing, clientOrderIndex: 4 }))
    await vi.waitFor(() => expect(venue.exchange.position(ACCOUNT, 'ETH').quantity).toBe(decimal('0')), LIMIT)
  })
})

describe('a stream', () => {
  test('[XL27] no_pong answers no ping and sends none, half_open sends nothing at all, drop_stream closes', async () => {
    const venue = await start({ pingMs: 20 })
    const stream = await follow(venue, ORDERS, 'height')
    await stream.until(({ type }) => type === 'ping')
    venue.server.faults.add({
      name: 'no_pong',
      probability: 1,
      times: null,
      account: ACCOUNT,
      target: null,
      delayMs: 0,
    })
    const pings = () => stream.frames.filter(({ type }) => type === 'ping' || type === 'pong').length
    const before = pings()
    stream.send({ type: 'ping' })
    const height = stream.frames.length
    await stream.when(() => stream.frames.length > height + 10)
    expect(pings()).toBeLessThanOrEqual(before + 1)
    set(venue, 'drop_stream')
    await stream.when(() => stream.closedWith === 1008)
    const other = await follow(venue, ORDERS, 'height')
    set(venue, 'half_open')
    await vi.waitFor(() => expect(venue.server.faults.has('half_open')).toBe(false), LIMIT)
    const seen = other.frames.length
    const watcher = await follow(venue, 'height')
    await watcher.when(() => watcher.frames.length > 20)
    expect(other.frames.length - seen).toBeLessThan(10)
    expect(other.closedWith).toBeNull()
  })

  test('[XL28] late_stream, drop_reports and duplicate_reports change how frames arrive, never what happened', async () => {
    const venue = await start()
    const stream = await follow(venue, ORDERS)
    set(venue, 'late_stream', { target: 'account_all_orders', delayMs: 400 })
    await venue.send(venue.order({ clientOrderIndex: 1 }))
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), LIMIT)
    await venue.send(venue.order({ clientOrderIndex: 2 }))
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length === 2)
    const indexes = () => rowsOf(stream, ORDERS_KEY, 'orders').map(row => row['client_order_index'])
    expect(indexes()).toEqual([2, 1])
    set(venue, 'drop_reports', { target: 'account_all_orders' })
    await venue.send(venue.order({ clientOrderIndex: 3 }))
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(3), LIMIT)
    set(venue, 'duplicate_reports', { target: 'account_all_orders' })
    await venue.send(venue.order({ clientOrderIndex: 4 }))
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length === 4)
    expect(indexes()).toEqual([2, 1, 4, 4])
  })

  test('[XL29] a book update that is dropped shows as a gap, and a new subscription mends it', async () => {
    const venue = await start()
    const stream = await follow(venue, 'order_book/0')
    const nonces = () =>
      stream.frames.map(frame => frame['order_book'] as { nonce: number; begin_nonce: number })
    set(venue, 'drop_reports', { target: 'order_book' })
    venue.moveTo('3010')
    await vi.waitFor(() => expect(venue.server.faults.any()).toBe(false), LIMIT)
    venue.moveTo('3020')
    await stream.when(() => nonces().filter(each => each?.begin_nonce > 0).length > 0)
    const [snapshot, update] = nonces().filter(each => each !== undefined)
    expect(update?.begin_nonce).toBeGreaterThan(snapshot?.nonce ?? 0)
    stream.send({ type: 'unsubscribe', channel: 'order_book/0' })
    await stream.until(({ type }) => type === 'unsubscribed')
    stream.send({ type: 'subscribe', channel: 'order_book/0' })
    await stream.when(() => stream.frames.filter(({ type }) => type === 'subscribed/order_book').length === 2)
  })

  test('[XL30] refuse_subscription, unavailable, rate_limit and false_not_found refuse what they name', async () => {
    const venue = await start()
    const stream = await follow(venue)
    set(venue, 'refuse_subscription')
    stream.send({ type: 'subscribe', channel: ORDERS, auth: venue.token() })
    await stream.until(({ error }) => (error as { code?: number } | undefined)?.code === 30012)
    set(venue, 'unavailable')
    expect((await venue.get('orderBooks')).status).toBe(503)
    set(venue, 'rate_limit')
    expect(await venue.get('orderBooks')).toMatchObject({ status: 429, body: { code: 23000 } })
    await venue.send(venue.order())
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), LIMIT)
    set(venue, 'false_not_found', { target: 'accountActiveOrders' })
    const active = async () => (await venue.own('accountActiveOrders', { market_id: ETH })).body['orders']
    expect(await active()).toEqual([])
    expect(await active()).toHaveLength(1)
  })
})

describe('the world', () => {
  test('[XL31] an outage of 4.5 hours closes every socket, answers 503, and ends by the exchange’s own clock', async () => {
    const venue = await start()
    const stream = await follow(venue, ORDERS)
    await venue.send(venue.order())
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), LIMIT)
    const outage = { name: 'outage', delayMs: 4.5 * 3_600_000, times: 1 }
    expect((await venue.admin('POST', '/faults', outage)).status).toBe(201)
    await stream.when(() => stream.closedWith !== null)
    expect((await venue.get('orderBooks')).status).toBe(503)
    expect((await venue.send(venue.order({ nonce: 1 }))).status).toBe(503)
    venue.moveTo('2000')
    await venue.admin('POST', '/path', { jumpMs: 5 * 3_600_000 })
    await vi.waitFor(async () => expect((await venue.get('orderBooks')).status).toBe(200), LIMIT)
    // The price went through the resting order meanwhile: it is filled when the world moves again.
    await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toEqual([]), LIMIT)
    expect((await venue.send(venue.order({ nonce: 1, limitPrice: 150_000 }))).body).toMatchObject({
      code: 200,
    })
  })

  test('[XL32] auto-deleveraging and liquidation take a position and tell it as trades of those kinds', async () => {
    const venue = await start()
    const stream = await follow(venue, `account_all_trades/${ACCOUNT_INDEX}`)
    await venue.send(venue.market())
    const kinds = () =>
      rowsOf(stream, `account_all_trades:${ACCOUNT_INDEX}`, 'trades').map(row => row['type'])
    await stream.when(() => kinds().length === 1)
    set(venue, 'adl', { target: 'ETH' })
    await stream.when(() => kinds().includes('deleverage'))
    expect(venue.exchange.position(ACCOUNT, 'ETH').quantity).toBe(decimal('0.05'))
    set(venue, 'liquidation')
    await stream.when(() => kinds().includes('liquidation'))
    expect(venue.exchange.position(ACCOUNT, 'ETH').quantity).toBe(decimal('0'))
  })

  test('[XL33] faults are ordered by name at the admin side, which says what each does and what it cannot do', async () => {
    const venue = await start()
    const { body } = await venue.admin('GET', '/faults')
    expect(Object.keys(body['known'] as object)).toEqual(Object.keys(LIGHTER_FAULTS))
    const unknown = await venue.admin('POST', '/faults', { name: 'rain' })
    expect(unknown.status).toBe(400)
    expect(unknown.body['error']).toContain('must be one of drop_answer')
    const made = await venue.admin('POST', '/accounts', {
      account: 'bob',
      deposit: '10',
      keys: [{ index: 9 }],
    })
    expect(made.status).toBe(201)
    expect(Object.keys(made.body['privateKeys'] as object)).toEqual(['9'])
    const short = { account: 'eve', keys: [{ index: 9, privateKey: 'abc' }] }
    expect((await venue.admin('POST', '/accounts', short)).body['error']).toContain('80 hex digits')
    expect((await venue.admin('POST', '/accounts', { account: 'bob' })).status).toBe(409)
  })
})
