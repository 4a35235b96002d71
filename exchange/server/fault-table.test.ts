import { afterEach, describe, expect, test } from 'vitest'
import { FAULTS, type FaultName } from './fault-catalogue.ts'
import { ACCOUNT, type Json, startVenue, TestSocket, type TestVenue } from './fixture.ts'

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

const LINEAR = { category: 'linear' }
const SYMBOL = { ...LINEAR, symbol: 'BTCUSDT' }
const rowsOf = (answer: { readonly result: Json }) => answer.result['list'] as Json[]
const leverage = () =>
  venue.post('/v5/position/set-leverage', { ...SYMBOL, buyLeverage: '7', sellLeverage: '7' })

describe('[XW34] commands and their reports', () => {
  test.each([
    ['insufficient_balance', () => venue.order(), 110007],
    ['reduce_only_refused', () => venue.order(), 110017],
    ['position_mode_refused', () => venue.order(), 10001],
    ['leverage_refused', leverage, 110013],
    ['key_expired', () => venue.order(), 33004],
    ['ip_not_allowed', () => venue.order(), 10010],
    ['rate_limit', () => venue.order(), 10006],
    ['ip_limit', () => venue.order(), 403],
  ] as const)(
    '[XW34] %s is refused once, with the venue’s code, and nothing is done',
    async (name, act, code) => {
      venue = await startVenue()
      await set(name)
      expect((await act()).code).toBe(code)
      expect(venue.exchange.executions(ACCOUNT)).toEqual([])
      expect((await act()).code).toBe(0)
    },
  )

  test('[XW34] acked_then_refused: a good answer, then Cancelled by report', async () => {
    venue = await startVenue()
    const socket = await follow('order')
    await set('acked_then_refused')
    expect((await venue.order({ orderLinkId: 'hollow' })).code).toBe(0)
    await socket.when(() => socket.rows('order').length > 0)
    const told = { orderLinkId: 'hollow', orderStatus: 'Cancelled', rejectReason: 'EC_CancelForNoFullFill' }
    expect(socket.rows('order').at(-1)).toMatchObject(told)
    expect(venue.exchange.executions(ACCOUNT)).toEqual([])
  })

  test('[XW34] second_filled_after_cancel: a cancel too late is refused, and Filled is told again', async () => {
    venue = await startVenue()
    const socket = await follow('order')
    await venue.order({ orderLinkId: 'done' })
    await set('second_filled_after_cancel')
    const cancel = await venue.post('/v5/order/cancel', { ...SYMBOL, orderLinkId: 'done' })
    expect(cancel.code).toBe(110001)
    const filled = () => socket.rows('order').filter(row => row['orderStatus'] === 'Filled')
    await socket.when(() => filled().length === 2)
    expect(filled()[1]).toEqual(filled()[0])
  })

  test('[XW34] fill_before_ack: the execution is there before the answer', async () => {
    venue = await startVenue()
    const socket = await follow('execution')
    await set('fill_before_ack', { delayMs: 500 })
    let answered = false
    const order = venue.order().then(() => {
      answered = true
    })
    await socket.when(() => socket.rows('execution').length > 0)
    expect(answered).toBe(false)
    await order
  })

  test('[XW34] many_executions: one order in 50 pieces that add up', async () => {
    venue = await startVenue()
    const socket = await follow('execution')
    await set('many_executions')
    expect((await venue.order({ qty: '0.1', orderLinkId: 'pieces' })).code).toBe(0)
    await socket.when(() => socket.rows('execution').length === 50)
    const total = socket.rows('execution').reduce((sum, row) => sum + Number(row['execQty']), 0)
    expect(total).toBeCloseTo(0.1, 9)
    expect(socket.rows('execution').at(-1)).toMatchObject({ leavesQty: '0.000', orderLinkId: 'pieces' })
  })
})

describe('[XW34] queries and connections', () => {
  test('[XW34] stale_query: the position is answered as it was before the fill', async () => {
    venue = await startVenue()
    const size = async () => rowsOf(await venue.get('/v5/position/list', SYMBOL))[0]?.['size']
    await set('stale_query', { target: '/v5/position/list' })
    expect(await size()).toBe('0.000')
    await venue.order()
    expect(await size()).toBe('0.000')
    expect(await size()).toBe('0.010')
  })

  test('[XW34] position_report_missing: by query and by report', async () => {
    venue = await startVenue()
    const socket = await follow('position', 'execution')
    await set('position_report_missing', { target: 'position' })
    await set('position_report_missing', { target: '/v5/position/list' })
    await venue.order({ qty: '0.001' })
    await socket.when(() => socket.rows('execution').length > 0)
    expect(socket.rows('position')).toEqual([])
    expect(rowsOf(await venue.get('/v5/position/list', SYMBOL))).toEqual([])
    expect(rowsOf(await venue.get('/v5/position/list', SYMBOL))).toHaveLength(1)
  })

  test('[XW34] subscribe_refused: the stream is logged in and tells nothing', async () => {
    venue = await startVenue()
    await set('subscribe_refused')
    const socket = await follow('order')
    const answer = socket.frames.find(frame => frame['op'] === 'subscribe')
    expect(answer).toMatchObject({ success: false, ret_msg: expect.stringContaining('again') })
  })

  test('[XW34] half_open: the socket stays open and silent, not even a ping is answered', async () => {
    venue = await startVenue()
    const dead = await follow('order')
    const alive = await TestSocket.open(venue.server.streams.private)
    sockets.push(alive)
    await set('half_open', { account: ACCOUNT })
    await expect.poll(() => venue.server.faults.list()).toEqual([])
    dead.socket.ping()
    const before = dead.frames.length
    await alive.follow('order')
    await venue.order()
    await alive.when(() => alive.rows('order').length > 0)
    expect([dead.frames.length, dead.closedWith]).toEqual([before, null])
  })

  test('[XW34] venue_restart: sockets are closed, realtime forgets what was done, history does not', async () => {
    venue = await startVenue()
    await venue.order({ orderLinkId: 'before' })
    const socket = await follow('order')
    await set('venue_restart')
    await socket.when(() => socket.closedWith !== null)
    const named = { ...LINEAR, orderLinkId: 'before' }
    expect(rowsOf(await venue.get('/v5/order/realtime', named))).toEqual([])
    expect(rowsOf(await venue.get('/v5/order/history', named))).toHaveLength(1)
  })

  test('[XW34] clock_offset: what was in time is out of its window while the venue’s clock is off', async () => {
    venue = await startVenue()
    await set('clock_offset', { delayMs: -30_000 })
    expect((await venue.order()).code).toBe(10002)
    const { result } = await venue.get('/v5/market/time')
    expect(Number(result['timeSecond']) * 1_000).toBeLessThan(Date.now() - 25_000)
    await venue.admin('DELETE', '/faults?name=clock_offset')
    expect((await venue.order()).code).toBe(0)
  })
})

describe('[XW34] the exchange itself', () => {
  test('[XW34] maintenance: sockets are closed, everything is refused with 10016, then it is over', async () => {
    venue = await startVenue()
    const socket = await follow('order')
    await set('maintenance', { delayMs: 300 })
    await socket.when(() => socket.closedWith !== null)
    expect((await venue.order()).code).toBe(10016)
    await expect.poll(async () => (await venue.order()).code, { interval: 100 }).toBe(0)
  })

  test('[XW34] delisted: the symbol closes, its orders are cancelled, others go on', async () => {
    venue = await startVenue()
    const socket = await follow('order')
    await venue.order({ orderType: 'Limit', price: '50000', orderLinkId: 'resting' })
    await set('delisted', { target: 'BTCUSDT' })
    await socket.when(() => socket.rows('order').some(row => row['orderStatus'] === 'Cancelled'))
    expect(socket.rows('order').at(-1)).toMatchObject({ cancelType: 'CancelBySettle' })
    expect((await venue.order()).code).toBe(110074)
  })

  test.each([
    ['liquidation', 'BustTrade', 'CreateByTakeOver_PassThrough', '0'],
    ['adl', 'AdlTrade', 'CreateByAdl_PassThrough', '0.005'],
  ] as const)(
    '[XW34] %s: the position is taken over, and told as %s',
    async (name, execType, createType, left) => {
      venue = await startVenue()
      const socket = await follow('execution')
      await venue.order()
      await set(name, { account: ACCOUNT })
      await socket.when(() => socket.rows('execution').some(row => row['execType'] === execType))
      expect(socket.rows('execution').at(-1)).toMatchObject({ createType })
      const [position] = rowsOf(await venue.get('/v5/position/list', SYMBOL))
      expect(Number(position?.['size'])).toBe(Number(left))
    },
  )
})

test('[XW34] every fault says what it does', () => {
  for (const [name, words] of Object.entries(FAULTS)) expect(words.length, name).toBeGreaterThan(20)
})
