import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { accountStream, LIVE_LIMITS, TRADING_TYPES } from '../../protocol/live.ts'
import { LIMITS } from './limits.ts'
import { accountIdOf, balanceOf, orderOf } from './testing/accounts.ts'
import { type Home, openHome } from './testing/homes.ts'

const FIRST = accountIdOf(1)
const SUBSCRIBE = `420["subscribe_trading",${JSON.stringify({ types: TRADING_TYPES })}]`

/** Mia has as many accounts as one subscription takes, each with all the done orders that are kept in view. */
async function openMany(): Promise<Home> {
  const home = await openHome()
  const ids = Array.from({ length: LIVE_LIMITS.accountsPerSubscribe }, (_, at) => accountIdOf(at + 1))
  home.server.authority.put({ name: 'mia', accounts: new Set(ids) })
  const rows = Array.from({ length: LIVE_LIMITS.doneOrders }, (_, at) => orderOf(`order-${at}`, 'filled'))
  for (const id of ids) home.server.accounts.add(id).change({ kind: 'orders', rows })
  return home
}

/** A socket of Mia's that reads only what a test lets it. */
async function openRaw(home: Home): Promise<WebSocket> {
  const raw = new WebSocket(`${home.server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  onTestFinished(() => raw.terminate())
  await once(raw, 'message')
  raw.send('40{"token":"mia"}')
  await once(raw, 'message')
  return raw
}

test('[LV62] fifty accounts with two hundred orders each come whole to a socket that reads', async () => {
  const home = await openMany()
  const device = await home.device('mia')
  const answer = await device.ask('subscribe_trading', { types: [...TRADING_TYPES] })
  expect(Object.keys((answer as { streams: object }).streams)).toHaveLength(200)
  const orders = device.frames().filter(({ stream }) => stream.endsWith(':orders'))
  expect(orders.map(({ data }) => (data as unknown[]).length)).toEqual(Array(50).fill(200))
  expect(home.server.logged('live_dropped')).toEqual([])
})

test('[LV62] what a slow socket asked for is on its way while accounts trade, and it is not dropped for it', async () => {
  const home = await openMany()
  const slow = await openRaw(home)
  slow.pause()
  // The system's own buffers take some megabytes before anything waits here.
  for (let count = 0; count < 3; count += 1) slow.send(SUBSCRIBE)
  // The watch itself looks once.
  await expect.poll(() => home.server.accounts.get(FIRST).viewed).toBe(1 + 3)
  home.server.accounts.get(FIRST).change({ kind: 'balances', rows: [balanceOf('7')] })
  home.server.accounts.get(FIRST).change({ kind: 'balances', rows: [balanceOf('8')] })
  let last = ''
  slow.on('message', data => {
    if (String(data).includes(accountStream(FIRST, 'balance'))) last = String(data)
  })
  slow.resume()
  await expect.poll(() => last).toContain('"total":"8"')
  expect(home.server.logged('live_dropped')).toEqual([])
})

test('[LV20] who asks again and again and reads nothing is dropped before more than a limit waits', async () => {
  const home = await openMany()
  const silent = await openRaw(home)
  silent.pause()
  const isDropped = () => home.server.logged('live_dropped').length > 0
  for (let count = 1; count < LIMITS.requestBurst && !isDropped(); count += 1) {
    silent.send(SUBSCRIBE)
    await expect.poll(() => isDropped() || home.server.accounts.get(FIRST).viewed >= 1 + count).toBe(true)
  }
  expect(home.server.logged('live_dropped')).toMatchObject([{ reason: 'too_slow', user: 'user:mia' }])
})
