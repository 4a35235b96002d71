import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, type Json, startVenue, TestSocket, type TestVenue } from './fixture.ts'

let venue: TestVenue
const sockets: TestSocket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  await venue.close()
})

const LINEAR = { category: 'linear' }
const BTC = { ...LINEAR, symbol: 'BTCUSDT' }

async function rows(path: string, query: Record<string, string> = LINEAR): Promise<Json[]> {
  return (await venue.get(path, query)).result['list'] as Json[]
}

test('[XW40] a delisted symbol is told as Bybit tells it, on every way that an account can look', async () => {
  venue = await startVenue()
  const socket = await TestSocket.open(venue.server.streams.private)
  sockets.push(socket)
  await socket.follow('order', 'execution', 'position', 'wallet')
  await venue.order({ qty: '0.02' })
  await venue.order({ orderType: 'Limit', price: '55000', orderLinkId: 'resting' })
  await venue.admin('POST', '/faults', { name: 'delisted', target: 'BTCUSDT', times: 1 })
  await socket.when(() => socket.rows('execution').some(row => row['execType'] === 'Delivery'))
  await socket.when(() => socket.rows('position').at(-1)?.['size'] === '0.000')

  const settled = { execType: 'Delivery', createType: 'CreateBySettle', side: 'Sell', closedSize: '0.020' }
  expect(socket.rows('execution').at(-1)).toMatchObject({ ...settled, execFee: '0', feeRate: '0' })
  expect((await rows('/v5/execution/list'))[0]).toMatchObject(settled)
  const canceled = { orderLinkId: 'resting', orderStatus: 'Cancelled', cancelType: 'CancelBySettle' }
  expect(socket.rows('order').at(-1)).toMatchObject(canceled)
  // "Recorded as a trade but not an order" (docs/v5/enum.mdx, createType): the newest order is the cancelled one.
  expect((await rows('/v5/order/history'))[0]).toMatchObject(canceled)
  expect((await rows('/v5/position/closed-pnl'))[0]).toMatchObject({
    execType: 'Settle',
    closedSize: '0.020',
  })
  const log = await rows('/v5/account/transaction-log', { accountType: 'UNIFIED', type: 'DELIVERY' })
  expect(log).toMatchObject([{ type: 'DELIVERY', side: 'Sell', qty: '0.02', size: '0', fee: '0' }])
  expect((await rows('/v5/position/list', BTC))[0]).toMatchObject({ size: '0.000', side: '' })
  expect(await venue.order()).toMatchObject({ code: 110074 })
  // "By default returns only Trading symbols" (docs/v5/market/instrument.mdx).
  expect(await rows('/v5/market/instruments-info', BTC)).toEqual([])
  expect(await rows('/v5/market/instruments-info', { ...LINEAR, status: 'Closed' })).toMatchObject([
    { symbol: 'BTCUSDT', status: 'Closed' },
  ])
})

test('[XW40] the admin side takes a symbol through settlement and back', async () => {
  venue = await startVenue()
  const change = (symbol: string, status: string) => venue.admin('POST', '/symbols', { symbol, status })
  await venue.order()
  expect((await change('BTCUSDT', 'delivering')).body).toEqual({ symbol: 'BTCUSDT', status: 'delivering' })
  expect(await venue.order()).toMatchObject({ code: 110063 })
  expect(venue.exchange.position(ACCOUNT, 'BTCUSDT').quantity).toBe(0n)
  await change('BTCUSDT', 'trading')
  expect(await venue.order()).toMatchObject({ code: 0 })
  expect(await change('NOTHING', 'closed')).toMatchObject({
    status: 404,
    body: { error: 'symbol: there is no NOTHING here, only BTCUSDT, ETHUSDT, SOLUSDT' },
  })
  expect((await change('BTCUSDT', 'shut')).status).toBe(400)
  expect((await venue.admin('GET', '/symbols')).body).toContainEqual({ symbol: 'ETHUSDT', status: 'trading' })
})
