import { describe, expect, test, vi } from 'vitest'
import { decimal } from '../../../src/domain/decimal.ts'
import type { Json, TestSocket } from '../fixture.ts'
import { ACCOUNT, ACCOUNT_INDEX, ETH, follow, type LighterTestVenue, rowsOf, start } from './fixture.ts'

// Signatures are checked in the thread that answers: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

const of = (name: string) => `${name}:${ACCOUNT_INDEX}`

describe('channels of a market', () => {
  test('[XL13] an order book is a snapshot and updates, each of which begins where the one before ended', async () => {
    const venue = await start()
    const stream = await follow(venue, 'order_book/0')
    venue.moveTo('3001')
    await stream.when(() => updates(stream, 'order_book:0').length >= 1)
    venue.moveTo('3002')
    await stream.when(() => updates(stream, 'order_book:0').length >= 2)
    const [first, ...rest] = stream.frames.filter(({ channel }) => channel === 'order_book:0').map(bookOf)
    expect(first?.type).toBe('subscribed/order_book')
    // What the frames say, put together, is the book as it is.
    const book = { asks: new Map(first?.asks), bids: new Map(first?.bids) }
    let nonce = first?.nonce
    for (const update of rest) {
      expect(update.type).toBe('update/order_book')
      expect(update.beginNonce).toBe(nonce)
      nonce = update.nonce
      for (const side of ['asks', 'bids'] as const)
        for (const [price, size] of update[side]) {
          if (Number(size) === 0) book[side].delete(price)
          else book[side].set(price, size)
        }
    }
    const again = bookOf((await follow(venue, 'order_book/0')).frames.at(-1) ?? {})
    expect(new Map(again.bids)).toEqual(book.bids)
    expect(new Map(again.asks)).toEqual(book.asks)
  })

  test('[XL14] market_stats of one market and of all tell mark, index and mid', async () => {
    const venue = await start()
    const stream = await follow(venue, 'market_stats/1', 'market_stats/all', 'ticker/0', 'height')
    const [one] = stream.frames.filter(({ channel }) => channel === 'market_stats:1')
    expect(one?.['market_stats']).toMatchObject({ symbol: 'BTC', market_id: 1, mark_price: '3000.0' })
    venue.moveTo('3010')
    const update = await stream.until(
      ({ channel, type }) => channel === 'market_stats:all' && type === 'update/market_stats',
    )
    expect(Object.keys(update['market_stats'] as Json)).toEqual(['0', '1', '2'])
    await stream.until(({ type }) => type === 'update/ticker')
    await stream.until(({ type }) => type === 'update/height')
  })
})

describe('channels of an account', () => {
  test('[XL15] tell orders, trades, positions and money as they change, after a first frame with the whole state', async () => {
    const venue = await start()
    await venue.send(venue.order({ clientOrderIndex: 9 }))
    await resting(venue)
    const names = ['account_all', 'account_all_orders', 'account_all_trades', 'account_all_positions']
    const money = ['account_all_assets', 'user_stats']
    const stream = await follow(
      venue,
      ...[...names, ...money].map(name => `${name}/${ACCOUNT_INDEX}`),
      `account_orders/${ETH}/${ACCOUNT_INDEX}`,
    )
    const [orders] = stream.frames.filter(({ channel }) => channel === of('account_all_orders'))
    expect(orders?.['orders']).toMatchObject({ 0: [{ client_order_index: 9, status: 'open' }] })
    await venue.send(venue.market({ clientOrderIndex: 10, side: 'sell' }))
    const trade = await stream.until(({ type }) => type === 'update/account_all_trades')
    expect(trade['trades']).toMatchObject({
      0: [
        { type: 'trade', size: '0.1000', ask_client_id: 10, ask_account_id: ACCOUNT_INDEX, taker_fee: 196 },
      ],
    })
    const position = await stream.until(({ type }) => type === 'update/account_all_positions')
    expect(position['positions']).toMatchObject({ 0: { sign: -1, position: '0.1000' } })
    await stream.until(({ type }) => type === 'update/user_stats')
    await stream.until(({ type }) => type === 'update/account_all_assets')
    await stream.when(() => rowsOf(stream, `account_orders:0:${ACCOUNT_INDEX}`, 'orders').length > 0)
    const [filled] = rowsOf(stream, of('account_all_orders'), 'orders')
    expect(filled).toMatchObject({ client_order_index: 10, status: 'filled', filled_base_amount: '0.1000' })
  })

  test('[XL16] of its own want a token of the account: none, a false, an expired, a far one or another’s is refused', async () => {
    const venue = await start()
    const other = venue.server.addAccount({ account: 'bob', accountIndex: 777 })
    expect(other.ok).toBe(true)
    const stream = await follow(venue)
    const refusal = async (auth?: string, channel = `account_all_orders/${ACCOUNT_INDEX}`) => {
      const seen = stream.frames.length
      stream.send({ type: 'subscribe', channel, auth })
      await stream.when(() => stream.frames.length > seen)
      const { error } = stream.frames.at(-1) as { error?: { code: number; message: string } }
      return error
    }
    const now = Math.trunc(Date.now() / 1_000)
    const token = venue.token()
    expect(await refusal()).toMatchObject({ message: 'invalid auth: token required' })
    expect(await refusal(token.replace(/.$/, last => (last === '0' ? '1' : '0')))).toMatchObject({
      code: 21120,
    })
    expect(await refusal(venue.token(now - 1))).toMatchObject({ message: 'invalid auth: expired' })
    expect((await refusal(venue.token(now + 9 * 3_600)))?.message).toContain('8 hours')
    expect((await refusal(token, 'account_all_orders/777'))?.message).toContain('another account')
    expect(await refusal(token)).toBeUndefined()
    // The same over REST.
    const query = { account_index: ACCOUNT_INDEX, market_id: ETH }
    expect((await venue.get('accountActiveOrders', query)).status).toBe(400)
    expect((await venue.own('accountActiveOrders', { market_id: ETH })).body).toMatchObject({ code: 200 })
    expect((await venue.own('accountActiveOrders', { account_index: 777 })).status).toBe(400)
  })

  test('[XL17] a frame that cannot be understood is answered with the venue’s number, and the socket lives on', async () => {
    const venue = await start()
    const stream = await follow(venue)
    await stream.until(({ type }) => type === 'connected')
    const answers: [unknown, number][] = [
      ['no json', 30000],
      [{ type: 'dance' }, 30001],
      [{ type: 'subscribe', channel: 'order_book/99' }, 30005],
      [{ type: 'subscribe' }, 30007],
      [{ type: 'unsubscribe', channel: 'order_book/0' }, 30002],
      [{ type: 'jsonapi/sendtx', data: { tx_type: 14, tx_info: 'text' } }, 30007],
    ]
    for (const [frame, code] of answers) {
      const seen = stream.frames.length
      stream.send(frame)
      await stream.when(() => stream.frames.length > seen)
      expect(stream.frames.at(-1), String(code)).toMatchObject({ error: { code } })
    }
    stream.send({ type: 'subscribe', channel: 'height' })
    await stream.until(({ type }) => type === 'subscribed/height')
    stream.send({ type: 'subscribe', channel: 'height' })
    await stream.until(({ error }) => (error as Json | undefined)?.['code'] === 30003)
    stream.send({ type: 'unsubscribe', channel: 'height' })
    await stream.until(({ type }) => type === 'unsubscribed')
    stream.send({ type: 'ping' })
    await stream.until(({ type }) => type === 'pong')
  })

  test('[XL18] the venue pings, and closes a socket that nothing is heard from with 1008', async () => {
    const venue = await start({ pingMs: 20, silenceMs: 1_500 })
    const quiet = await follow(venue)
    const alive = await follow(venue)
    alive.socket.on('message', data => {
      if (data.toString().includes('"ping"')) alive.send({ type: 'pong' })
    })
    await quiet.when(() => quiet.closedWith !== null)
    expect(quiet.frames.some(({ type }) => type === 'ping')).toBe(true)
    expect(quiet.closedWith).toBe(1008)
    expect(alive.closedWith).toBeNull()
  })
})

describe('orders', () => {
  test('[XL19] that wait for a price come alive when the mark is there', async () => {
    const venue = await start()
    const stream = await follow(venue, `account_all_orders/${ACCOUNT_INDEX}`)
    await venue.send(venue.market())
    const stop = { type: 'stop_loss', side: 'sell', triggerPrice: 290_000, limitPrice: 200_000 } as const
    await venue.send(venue.order({ ...stop, timeInForce: 'ioc', reduceOnly: true, clientOrderIndex: 50 }))
    const row = (status: string) =>
      rowsOf(stream, of('account_all_orders'), 'orders').find(
        each => each['client_order_index'] === 50 && each['status'] === status,
      )
    await stream.when(() => row('pending') !== undefined)
    expect(row('pending')).toMatchObject({
      type: 'stop-loss',
      trigger_price: '2900.00',
      trigger_status: 'mark-price',
    })
    venue.moveTo('2890')
    await stream.when(() => row('filled') !== undefined)
    expect(venue.exchange.position(ACCOUNT, 'ETH').quantity).toBe(decimal('0'))
  })

  test('[XL20] end when their time has come', async () => {
    const venue = await start()
    const stream = await follow(venue, `account_all_orders/${ACCOUNT_INDEX}`)
    await venue.send(venue.order())
    await stream.when(() => rowsOf(stream, of('account_all_orders'), 'orders').length === 1)
    // The venue's clock is set past the hour that the order was given.
    const clock = { name: 'clock_offset', delayMs: 2 * 3_600_000 }
    expect((await venue.admin('POST', '/faults', clock)).status).toBe(201)
    await stream.when(() => rowsOf(stream, of('account_all_orders'), 'orders').length === 2)
    expect(rowsOf(stream, of('account_all_orders'), 'orders')[1]).toMatchObject({
      status: 'canceled-expired',
    })
  })

  test('[XL21] are shown by REST while they are open and, page by page, when they are not; trades likewise', async () => {
    const venue = await start()
    for (let count = 0; count < 3; count += 1) await venue.send(venue.market({ quantity: 200 }))
    await venue.send(venue.order({ clientOrderIndex: 99 }))
    await resting(venue)
    const active = await venue.own('accountActiveOrders', { market_id: ETH })
    expect(active.body['orders']).toMatchObject([{ client_order_index: 99, status: 'open' }])
    for (const [route, list] of [
      ['accountInactiveOrders', 'orders'],
      ['trades', 'trades'],
    ] as const) {
      const first = await venue.own(route, { limit: 2 })
      const cursor = String(first.body['next_cursor'])
      const second = await venue.own(route, { limit: 2, cursor })
      expect(first.body[list], route).toHaveLength(2)
      expect(second.body[list], route).toHaveLength(1)
      expect(second.body['next_cursor']).toBeUndefined()
    }
    expect((await venue.own('trades', { limit: 1000 })).status).toBe(400)
  })
})

async function resting(venue: LighterTestVenue): Promise<void> {
  await vi.waitFor(() => expect(venue.exchange.openOrders(ACCOUNT)).toHaveLength(1), { timeout: 30_000 })
}

function updates(socket: TestSocket, key: string): Json[] {
  return socket.frames.filter(({ channel, type }) => channel === key && String(type).startsWith('update/'))
}

type Levels = readonly (readonly [price: string, size: string])[]

function bookOf(frame: Json): {
  type: unknown
  nonce: unknown
  beginNonce: unknown
  asks: Levels
  bids: Levels
} {
  const book = frame['order_book'] as Json
  const levels = (side: string) =>
    (book[side] as { price: string; size: string }[]).map(({ price, size }) => [price, size] as const)
  return {
    type: frame['type'],
    nonce: book['nonce'],
    beginNonce: book['begin_nonce'],
    asks: levels('asks'),
    bids: levels('bids'),
  }
}
