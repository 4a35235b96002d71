import { afterEach, describe, expect, test } from 'vitest'
import { ACCOUNT, type Json, orderFields, startVenue, TestSocket, type TestVenue } from './fixture.ts'
import { MAXIMUM_BUFFERED_BYTES, MAXIMUM_MESSAGE_BYTES } from './sockets.ts'

let venue: TestVenue
const sockets: TestSocket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  await venue.close()
})

async function open(stream: 'private' | 'trade' | 'public'): Promise<TestSocket> {
  const socket = await TestSocket.open(venue.server.streams[stream])
  sockets.push(socket)
  return socket
}

function command(operation: string, fields: Json, more: Json = {}): Json {
  const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) }
  return { op: operation, header, args: [{ category: 'linear', ...fields }], ...more }
}

describe('the private stream', () => {
  test('[XW14] a market order is told as order, execution, position and wallet, only to its account', async () => {
    venue = await startVenue()
    venue.server.addAccount({ account: 'bob', key: 'bob-key', secret: 'bob-secret' })
    const mine = await (await open('private')).follow('order', 'execution', 'position', 'wallet')
    const other = await open('private')
    await other.login('bob-key', 'bob-secret')
    other.send({ op: 'subscribe', args: ['order', 'execution'] })
    await venue.order({ orderLinkId: 'one' })
    await mine.when(() => mine.rows('wallet').length > 0 && mine.rows('position').length > 0)
    expect(mine.rows('order').at(-1)).toMatchObject({ orderStatus: 'Filled', orderLinkId: 'one' })
    const [fill] = mine.rows('execution')
    const position = mine.rows('position').at(-1)
    expect(fill).toMatchObject({ execType: 'Trade', orderQty: '0.010' })
    // The position after a fill carries the last fill's sequence.
    expect(position?.['seq']).toBe(mine.rows('execution').at(-1)?.['seq'])
    expect(other.rows('order')).toHaveLength(0)
  })

  test('[XW14] topics of linear are told under their own name, both forms at once are refused', async () => {
    venue = await startVenue()
    const socket = await (await open('private')).follow('execution.linear', 'execution.fast')
    await venue.order()
    await socket.when(() => socket.rows('execution.linear').length > 0)
    expect(socket.rows('execution.fast')).toHaveLength(socket.rows('execution.linear').length)
    socket.send({ op: 'subscribe', args: ['order', 'order.linear'], req_id: 'both' })
    expect(await socket.until(frame => frame['req_id'] === 'both')).toMatchObject({ success: false })
    socket.send({ op: 'subscribe', args: ['order.spot'], req_id: 'spot' })
    expect(await socket.until(frame => frame['req_id'] === 'spot')).toMatchObject({ success: false })
  })

  test('[XW14] without a login nothing is told, and a wrong one ends the connection', async () => {
    venue = await startVenue()
    const socket = await open('private')
    socket.send({ op: 'subscribe', args: ['order'] })
    const refused = await socket.until(frame => frame['op'] === 'subscribe')
    expect(refused).toMatchObject({ success: false, ret_msg: 'Request not authorized' })
    expect(await socket.login('nobody', 'nothing')).toMatchObject({ success: false })
    await socket.when(() => socket.closedWith !== null)
  })

  test('[XW13] a post-only order that would trade is acknowledged, then cancelled by report', async () => {
    venue = await startVenue()
    const socket = await (await open('private')).follow('order')
    const answer = await venue.order({ orderType: 'Limit', price: '61000', timeInForce: 'PostOnly' })
    expect(answer.code).toBe(0)
    await socket.when(() => socket.rows('order').some(row => row['orderStatus'] === 'Cancelled'))
    expect(socket.rows('order').at(-1)).toMatchObject({ rejectReason: 'EC_PostOnlyWillTakeLiquidity' })
  })
})

describe('the trade stream', () => {
  test('[XW15] an order goes in after a login, within its window, with a request id of its own', async () => {
    venue = await startVenue()
    const socket = await open('trade')
    const ask = async (frame: Json) => {
      const before = socket.frames.length
      socket.send(frame)
      await socket.when(() => socket.frames.length > before)
      return socket.frames[before] ?? {}
    }
    expect(await ask(command('order.create', orderFields()))).toMatchObject({ retCode: 10007 })
    expect(await socket.login()).toMatchObject({ retCode: 0, retMsg: 'OK' })
    const created = await ask(command('order.create', orderFields({ orderLinkId: 'ws' }), { reqId: 'r1' }))
    expect(created).toMatchObject({
      retCode: 0,
      op: 'order.create',
      reqId: 'r1',
      data: { orderLinkId: 'ws' },
    })
    expect(created['header']).toMatchObject({ 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '9' })
    expect(await ask(command('order.create', orderFields(), { reqId: 'r1' }))).toMatchObject({
      retCode: 20006,
    })
    expect(await ask(command('order.create', orderFields(), { reqId: 'x'.repeat(37) }))).toMatchObject({
      retCode: 10001,
    })
    const late = { header: { 'X-BAPI-TIMESTAMP': String(Date.now() - 9_000) } }
    expect(await ask(command('order.create', orderFields(), late))).toMatchObject({ retCode: 10002 })
    expect(await ask(command('order.explode', {}))).toMatchObject({ retCode: 10404 })
    expect(await ask({ op: 'auth', args: [] })).toMatchObject({ retCode: 20001 })
    expect(venue.exchange.closedOrders(ACCOUNT)).toHaveLength(1)
  })
})

describe('every stream', () => {
  test('[XW16] a frame that cannot be read is answered with an error, and the connection lives on', async () => {
    venue = await startVenue()
    const garbage = ['', '{', 'null', '[]', '{"op":5}', '{"op":"subscribe","args":7}', '\u0000', '{"op":"x"}']
    for (const stream of ['private', 'trade', 'public'] as const) {
      const socket = await open(stream)
      for (const frame of garbage) socket.send(frame)
      socket.send({ op: 'ping', req_id: 'alive' })
      await socket.when(() => socket.frames.length === garbage.length + 1)
      const failed = socket.frames.slice(0, -1)
      expect(failed.every(frame => frame['success'] === false || Number(frame['retCode']) > 0)).toBe(true)
    }
  })

  test('[XW17] a ping is answered in the shape of its stream', async () => {
    venue = await startVenue()
    const [privately, trade, publicly] = [await open('private'), await open('trade'), await open('public')]
    for (const socket of sockets) socket.send({ op: 'ping', req_id: '7' })
    expect(await publicly.until(() => true)).toMatchObject({
      success: true,
      ret_msg: 'pong',
      op: 'ping',
      req_id: '7',
    })
    expect(await privately.until(() => true)).toMatchObject({
      op: 'pong',
      args: [expect.any(String)],
      req_id: '7',
    })
    expect(await trade.until(() => true)).toMatchObject({
      op: 'pong',
      retCode: 0,
      data: [expect.any(String)],
    })
  })

  test('[XW19] a message over the limit and a client that does not read end the connection', async () => {
    venue = await startVenue()
    const large = await open('public')
    large.send('x'.repeat(MAXIMUM_MESSAGE_BYTES + 1))
    await large.when(() => large.closedWith !== null)
    expect(large.closedWith).toBe(1009)
    const deaf = await open('public')
    deaf.socket.pause()
    const request = JSON.stringify({ op: 'x'.repeat(40), req_id: 'y'.repeat(2_000) })
    const reader = await open('public')
    // Far more answers than the limit and the kernel's buffers together hold.
    const enough = Math.ceil((16 * MAXIMUM_BUFFERED_BYTES) / request.length)
    for (let count = 0; count < enough && deaf.socket.readyState === 1; count += 1) deaf.send(request)
    const ended = new Promise(resolve => deaf.socket.once('close', resolve))
    reader.send({ op: 'ping' })
    await reader.until(frame => frame['op'] === 'ping')
    deaf.socket.resume()
    await ended
    expect(deaf.frames.length).toBeLessThan(enough)
  })
})

describe('the public stream', () => {
  test('[XW18] a ticker is a snapshot, then deltas that lead to what REST says', async () => {
    venue = await startVenue()
    const socket = await open('public')
    socket.send({ op: 'subscribe', args: ['tickers.BTCUSDT'], req_id: 't' })
    await socket.until(frame => frame['type'] === 'snapshot')
    venue.moveTo('61000')
    const moved = await socket.until(frame => frame['type'] === 'delta')
    expect(Object.keys(moved['data'] as Json).length).toBeLessThan(15)
    const listed = await venue.get('/v5/market/tickers', { category: 'linear', symbol: 'BTCUSDT' })
    const [row] = listed.result['list'] as Json[]
    await socket.when(() => {
      const merged = Object.assign({}, ...tickers(socket))
      return merged['lastPrice'] === row?.['lastPrice'] && merged['bid1Price'] === row?.['bid1Price']
    })
  })

  test('[XW18] an order book of 50 levels follows by deltas, one of 1 level is sent whole', async () => {
    venue = await startVenue()
    const socket = await open('public')
    socket.send({ op: 'subscribe', args: ['orderbook.50.BTCUSDT', 'orderbook.1.BTCUSDT'] })
    venue.moveTo('61000')
    await socket.until(frame => frame['topic'] === 'orderbook.50.BTCUSDT' && frame['type'] === 'delta')
    await socket.when(
      () => socket.frames.filter(frame => frame['topic'] === 'orderbook.1.BTCUSDT').length > 1,
    )
    const book = new Map<string, string>()
    for (const frame of socket.frames.filter(given => given['topic'] === 'orderbook.50.BTCUSDT'))
      for (const [at, size] of (frame['data'] as { b: [string, string][] }).b) {
        if (size === '0') book.delete(at)
        else book.set(at, size)
      }
    const whole = await venue.get('/v5/market/orderbook', {
      category: 'linear',
      symbol: 'BTCUSDT',
      limit: '50',
    })
    expect([...book.keys()].sort()).toEqual(
      (whole.result['b'] as [string, string][]).map(([at]) => at).sort(),
    )
    const single = socket.frames.filter(frame => frame['topic'] === 'orderbook.1.BTCUSDT')
    expect(single.every(frame => frame['type'] === 'snapshot')).toBe(true)
  })

  test('[XW18] a trade of an account is public, an unknown topic is refused', async () => {
    venue = await startVenue()
    const socket = await open('public')
    socket.send({ op: 'subscribe', args: ['publicTrade.BTCUSDT'], req_id: 'p' })
    await socket.until(frame => frame['req_id'] === 'p')
    await venue.order()
    await socket.when(() => socket.rows('publicTrade.BTCUSDT').length > 0)
    expect(socket.rows('publicTrade.BTCUSDT')[0]).toMatchObject({ S: 'Buy', s: 'BTCUSDT', BT: false })
    socket.send({ op: 'subscribe', args: ['tickers.NOPE'], req_id: 'n' })
    expect(await socket.until(frame => frame['req_id'] === 'n')).toMatchObject({ success: false })
  })
})

function tickers(socket: TestSocket): Json[] {
  return socket.frames
    .filter(frame => frame['topic'] === 'tickers.BTCUSDT')
    .map(frame => frame['data'] as Json)
}
