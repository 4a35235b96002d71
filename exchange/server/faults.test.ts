import { afterEach, describe, expect, test } from 'vitest'
import type { FaultName } from './fault-catalogue.ts'
import { Faults } from './faults.ts'
import { ACCOUNT, type Json, orderFields, startVenue, TestSocket, type TestVenue } from './fixture.ts'

let venue: TestVenue
const sockets: TestSocket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  await venue?.close()
})

async function follow(...topics: string[]): Promise<TestSocket> {
  const socket = await TestSocket.open(venue.server.streams.private)
  sockets.push(socket)
  return socket.follow(...topics)
}

async function set(name: FaultName, more: Json = {}): Promise<void> {
  expect((await venue.admin('POST', '/faults', { name, times: 1, ...more })).status).toBe(201)
}

describe('faults of commands', () => {
  test('[XW21] drop_answer: the order is on the exchange, the client never hears of it', async () => {
    venue = await startVenue()
    await set('drop_answer', { target: 'create' })
    await expect(venue.order({ orderLinkId: 'lost' })).rejects.toThrow()
    const found = await venue.get('/v5/order/realtime', { category: 'linear', orderLinkId: 'lost' })
    expect(found.result['list']).toHaveLength(1)
    expect((await venue.order()).code).toBe(0)
  })

  test('[XW21] drop_answer on the trade stream: silence, and the next answer comes', async () => {
    venue = await startVenue()
    const socket = await TestSocket.open(venue.server.streams.trade)
    sockets.push(socket)
    await socket.login()
    await set('drop_answer')
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) }
    const create = (reqId: string) => ({
      op: 'order.create',
      reqId,
      header,
      args: [{ category: 'linear', ...orderFields() }],
    })
    socket.send(create('a'))
    socket.send(create('b'))
    await socket.until(frame => frame['reqId'] === 'b')
    expect(socket.frames.some(frame => frame['reqId'] === 'a')).toBe(false)
    expect(venue.exchange.closedOrders(ACCOUNT)).toHaveLength(2)
  })

  test('[XW21] late_accept: absent when asked, accepted afterwards', async () => {
    venue = await startVenue()
    const socket = await follow('order')
    await set('late_accept', { delayMs: 300 })
    const order = venue.order({ orderLinkId: 'late' })
    const early = await venue.get('/v5/order/realtime', { category: 'linear', orderLinkId: 'late' })
    expect(early.result['list']).toHaveLength(0)
    await expect(order).rejects.toThrow()
    await socket.when(() => socket.rows('order').some(row => row['orderStatus'] === 'Filled'))
  })

  test('[XW21] rate_limit answers 10006 for the account and command it names', async () => {
    venue = await startVenue()
    await set('rate_limit', { account: ACCOUNT, target: 'create' })
    expect((await venue.order()).code).toBe(10006)
    expect((await venue.order()).code).toBe(0)
  })
})

describe('faults of reports', () => {
  test('[XW22] drop_reports: one execution is never told, and the stream looks healthy', async () => {
    venue = await startVenue()
    const socket = await follow('execution')
    await set('drop_reports', { target: 'execution' })
    await venue.order({ qty: '0.001', orderLinkId: 'unheard' })
    await venue.order({ qty: '0.001', orderLinkId: 'heard' })
    await socket.when(() => socket.rows('execution').length > 0)
    expect(socket.rows('execution').map(row => row['orderLinkId'])).toEqual(['heard'])
  })

  test('[XW22] duplicate_reports: the same execution id comes twice', async () => {
    venue = await startVenue()
    const socket = await follow('execution')
    await set('duplicate_reports')
    await venue.order({ qty: '0.001' })
    await socket.when(() => socket.rows('execution').length === 2)
    expect(new Set(socket.rows('execution').map(row => row['execId'])).size).toBe(1)
  })

  test('[XW22] reorder_reports and delay_reports: a later report overtakes', async () => {
    venue = await startVenue()
    const socket = await follow('execution')
    for (const [index, name] of (['reorder_reports', 'delay_reports'] as const).entries()) {
      await set(name, { delayMs: 200 })
      await venue.order({ qty: '0.001', orderLinkId: `${name}-first` })
      await venue.order({ qty: '0.001', orderLinkId: `${name}-second` })
      await socket.when(() => socket.rows('execution').length === 2 * (index + 1))
      const told = socket
        .rows('execution')
        .slice(-2)
        .map(row => row['orderLinkId'])
      expect(told).toEqual([`${name}-second`, `${name}-first`])
    }
  })
})

describe('faults of connections and queries', () => {
  test('[XW23] false_not_found hides an order once', async () => {
    venue = await startVenue()
    await venue.order({ orderLinkId: 'there' })
    await set('false_not_found', { target: '/v5/order/realtime' })
    const ask = () => venue.get('/v5/order/realtime', { category: 'linear', orderLinkId: 'there' })
    expect((await ask()).result['list']).toHaveLength(0)
    expect((await ask()).result['list']).toHaveLength(1)
  })

  test('[XW23] unavailable is HTTP 503, refuse_login refuses, drop_stream closes every socket', async () => {
    venue = await startVenue()
    await set('unavailable')
    expect((await venue.get('/v5/market/time')).status).toBe(503)
    const socket = await follow('order')
    await set('drop_stream', { account: ACCOUNT })
    await socket.when(() => socket.closedWith !== null)
    await set('refuse_login')
    const again = await TestSocket.open(venue.server.streams.private)
    sockets.push(again)
    expect(await again.login()).toMatchObject({ success: false })
  })

  test('[XW23] faults are listed, removed by name and refused when unknown', async () => {
    venue = await startVenue()
    await set('drop_answer', { times: null })
    expect((await venue.admin('POST', '/faults', { name: 'set_on_fire' })).body['error']).toContain(
      'drop_answer',
    )
    expect((await venue.admin('GET', '/faults')).body['active']).toHaveLength(1)
    expect((await venue.admin('DELETE', '/faults?name=drop_answer')).body).toEqual({ removed: 1 })
    expect((await venue.order()).code).toBe(0)
  })
})

test('[XW24] the same seed strikes at the same occasions', () => {
  const settings = {
    name: 'drop_reports',
    probability: 0.3,
    times: null,
    account: null,
    target: null,
    delayMs: 0,
  } as const
  const strikes = (seed: number) => {
    const faults = new Faults(seed)
    faults.add(settings)
    return Array.from(
      { length: 200 },
      () => faults.strike('drop_reports', { account: null, target: null }) !== null,
    )
  }
  expect(strikes(7)).toEqual(strikes(7))
  expect(strikes(7)).not.toEqual(strikes(8))
  const count = strikes(7).filter(Boolean).length
  expect(count).toBeGreaterThan(30)
  expect(count).toBeLessThan(90)
})
