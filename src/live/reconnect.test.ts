import { expect, test } from 'vitest'
import { accountStream, type Cursor, TRADING_TYPES, tickerStream } from '../../protocol/live.ts'
import { BTC, balanceOf, ETH, orderOf, positionOf, tickerOf } from './testing/accounts.ts'
import type { Device } from './testing/device.ts'
import { ADA, type Home, openHome } from './testing/homes.ts'

// The system before this one lost three things whenever an app came back, and pushed nothing from then on: the rooms
// of the socket, the instance that spoke to the venue, and the cache of what it had pushed. Here none of them belongs
// to a socket; each has its test.

const TYPES = [...TRADING_TYPES]
const ORDERS = accountStream(ADA, 'orders')

async function comeBack(
  home: Home,
  from: Device,
  cursors: Readonly<Record<string, Cursor>> = {},
): Promise<Device> {
  from.cut()
  await home.sockets(0)
  const device = await home.device('ada')
  await device.ask('subscribe_trading', { types: TYPES, cursors })
  return device
}

async function begin(home: Home): Promise<Device> {
  const device = await home.device('ada')
  await device.ask('subscribe_trading', { types: TYPES })
  return device
}

test('[LV30] rooms: an app that comes back is in all of them, and hears the next change', async () => {
  const home = await openHome()
  const back = await comeBack(home, await begin(home))
  back.heard.length = 0
  home.ada.change(
    { kind: 'orders', rows: [orderOf('o1')] },
    { kind: 'balances', rows: [balanceOf('5')] },
    { kind: 'positions', rows: [positionOf('1')] },
    { kind: 'pnl', row: home.ada.pnl },
  )
  await back.until(() => back.frames().length === TYPES.length)
  expect(new Set(back.frames().map(each => each.stream)).size).toBe(TYPES.length)
})

test('[LV31] venue instance: the account is watched for who reads it now, whoever read it before', async () => {
  const home = await openHome()
  const back = await comeBack(home, await begin(home))
  // The account has one listener, the one of those who are here: none is left of before, and none is missing.
  expect(home.ada.listeners.size).toBe(1)
  home.ada.become('degraded')
  await back.until(() => back.heartbeats().length > 0)
  home.ada.become('live')
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
  await back.until(() => back.frames(ORDERS).length === 2)
})

test('[LV32] push cache: the first that an app hears again is what the account holds at that moment', async () => {
  const home = await openHome()
  const device = await begin(home)
  home.ada.change({ kind: 'positions', rows: [positionOf('1')] })
  device.cut()
  await home.sockets(0)
  // Nobody reads: nothing tells of it, and still nothing of it may be missing.
  home.ada.positions.clear()
  home.ada.balances.set('USDT', balanceOf('42'))
  const back = await home.device('ada')
  await back.ask('subscribe_trading', { types: TYPES })
  expect(back.frames(accountStream(ADA, 'positions'))).toMatchObject([{ kind: 'snapshot', data: [] }])
  expect(back.frames(accountStream(ADA, 'balance'))).toMatchObject([{ data: [{ total: '42' }] }])
})

test('[LV33] many reconnects leave nothing behind and lose nothing', async () => {
  const home = await openHome()
  let device = await begin(home)
  for (let count = 1; count <= 25; count += 1) {
    device = await comeBack(home, device)
    home.ada.change({ kind: 'orders', rows: [orderOf(`o${count}`)] })
  }
  await device.until(() => device.frames(ORDERS).length === 2)
  expect(home.ada.listeners.size).toBe(1)
  expect(home.server.gateway.size).toBe(1)
  expect(home.server.hub.size).toBe(1)
})

test('[LV34] key changed while connected: the same socket hears the account fall away and come back whole', async () => {
  const home = await openHome()
  const device = await begin(home)
  device.heard.length = 0
  home.ada.become('connecting')
  home.ada.balances.set('USDT', balanceOf('9'))
  home.ada.change({ kind: 'replaced' })
  home.ada.become('live')
  await device.until(() => device.heartbeats().length === 2 * TYPES.length)
  expect(device.frames().map(each => each.kind)).toEqual(TYPES.map(() => 'snapshot'))
  expect(device.frames(accountStream(ADA, 'balance'))).toMatchObject([{ data: [{ total: '9' }] }])
  expect(device.heartbeats().at(-1)).toMatchObject({ streams: { [ORDERS]: { state: 'live' } } })
})

test('[LV12] two devices of which one leaves: the other goes on without a gap', async () => {
  const home = await openHome()
  const [phone, browser] = [await begin(home), await begin(home)]
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
  await phone.until(() => phone.frames(ORDERS).length === 2)
  phone.cut()
  await home.sockets(1)
  home.ada.change({ kind: 'orders', rows: [orderOf('o2')] })
  await browser.until(() => browser.frames(ORDERS).length === 3)
  expect(browser.frames(ORDERS).map(each => each.seq)).toEqual([1, 2, 3])
  expect(home.server.logged('live_disconnected')[0]).toMatchObject({
    address: '127.0.0.1',
    streams: TYPES.length,
    subscribersLeft: expect.stringContaining(`${ORDERS}=1`),
  })
})

test('[LV35] data changed at the venue while away: with its cursor an app gets just what it missed', async () => {
  const home = await openHome()
  const [phone, browser] = [await begin(home), await begin(home)]
  const { epoch, seq } = phone.frames(ORDERS).at(-1) ?? { epoch: '', seq: 0 }
  phone.cut()
  await home.sockets(1)
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
  home.ada.change({ kind: 'orders', rows: [orderOf('o2')] })
  const back = await home.device('ada')
  await back.ask('subscribe_trading', { types: ['orders'], cursors: { [ORDERS]: { epoch, seq } } })
  expect(back.frames(ORDERS)).toMatchObject([
    { kind: 'delta', prevSeq: seq, data: [{ id: 'o1' }] },
    { kind: 'delta', prevSeq: seq + 1, data: [{ id: 'o2' }] },
  ])
  browser.close()
})

test('[LV36] subscribing again with other symbols: only those are told, by the same socket', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  await device.ask('subscribe_ticker', { symbols: [BTC] })
  await device.ask('subscribe_ticker', { symbols: [ETH] })
  home.server.tickers.tell(tickerOf('60000', BTC))
  home.server.tickers.tell(tickerOf('3000', ETH))
  await device.until(() => device.frames().length > 0)
  expect(device.frames().map(each => each.stream)).toEqual([tickerStream(ETH)])
  expect(home.server.tickers.listeners.get(BTC)?.size).toBe(0)
})
