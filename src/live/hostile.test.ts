import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { accountStream, LIVE_LIMITS, REQUESTS } from '../../protocol/live.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { LIMITS } from './limits.ts'
import { balanceOf, orderOf } from './testing/accounts.ts'
import { ADA, BOB, openHome } from './testing/homes.ts'

const BALANCE = accountStream(ADA, 'balance')

test('[LV18] whatever it sends is answered with a problem, and shows nothing of others', async () => {
  const home = await openHome({ clock: new ManualClock() })
  home.bob.change({ kind: 'orders', rows: [orderOf('secret-of-bob')] })
  const events = fc.constantFrom(...Object.keys(REQUESTS), 'constructor', '__proto__', 'hack')
  const hostile = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.record({ types: fc.jsonValue(), accounts: fc.jsonValue(), cursors: fc.jsonValue() }),
    fc.record({ symbols: fc.array(fc.oneof(fc.string(), fc.constant('bybit:../../x'))) }),
    fc.constant({ stream: accountStream(BOB, 'orders') }),
    fc.constant({ types: ['orders'], accounts: ["' OR 1=1 --"] }),
    fc.constant({ types: ['orders'], accounts: [BOB] }),
  )
  await fc.assert(
    fc.asyncProperty(events, hostile, async (event, payload) => {
      const device = await home.device('ada')
      const answer = JSON.stringify(await device.ask(event, payload))
      expect(answer).toMatch(/^\{"(error|streams)"/)
      expect(answer).not.toContain('internal')
      expect(JSON.stringify(device.heard)).not.toContain('secret-of-bob')
      device.close()
    }),
    { numRuns: 60 },
  )
  expect(home.server.logged('live_request_failed')).toEqual([])
})

test('[LV18] an error says which part is wrong and what is there to be asked', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  expect(await device.ask('subscribe_trading', { types: ['profit'], more: 1 })).toMatchObject({
    error: { code: 'invalid', errors: [{ path: 'types.0' }, { path: '' }] },
  })
  expect(await device.ask('hack', {})).toMatchObject({
    error: { detail: expect.stringContaining('subscribe_trading') },
  })
  expect(await device.ask('subscribe_ticker', { symbols: ['bybit:NONE'] })).toMatchObject({
    error: { code: 'symbol_unknown' },
  })
})

test('[LV19] too many requests are refused, and who does not stop is sent away', async () => {
  const home = await openHome({ clock: new ManualClock() })
  const device = await home.device('ada')
  const answers = []
  for (let count = 0; count <= LIMITS.requestBurst; count += 1)
    answers.push(await device.ask('unsubscribe_ticker'))
  expect(answers.at(-2)).toEqual({ streams: {} })
  expect(answers.at(-1)).toMatchObject({ error: { code: 'rate_limited' } })
  for (let count = 0; count < LIMITS.badRequestBurst; count += 1) void device.ask('x').catch(() => undefined)
  await device.until(() => !device.isConnected)
  expect(device.all('revoked')).toMatchObject([{ code: 'rate_limited' }])
  expect(home.server.logged('live_dropped')).toMatchObject([{ reason: 'bad_requests' }])
})

test('[LV23] a message above the limit ends the connection', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  void device.ask('authenticate', { token: 'x'.repeat(LIVE_LIMITS.messageBytes) }).catch(() => undefined)
  await device.until(() => !device.isConnected)
})

test('[LV20] who does not read is dropped before much waits for them, and others do not notice', async () => {
  const home = await openHome()
  const reading = await home.device('ada')
  await reading.ask('subscribe_trading', { types: ['balance'] })
  const silent = new WebSocket(
    `${home.server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
  )
  onTestFinished(() => silent.terminate())
  await once(silent, 'message')
  silent.send('40{"token":"ada"}')
  await once(silent, 'message')
  silent.send('420["subscribe_trading",{"types":["orders"]}]')
  await expect.poll(() => home.server.logged('live_subscribed').length).toBe(2)
  silent.pause()
  const rows = Array.from({ length: 500 }, (_, at) => orderOf(`order-${at}`))
  const isDropped = () => home.server.logged('live_dropped').length > 0
  // The system's own buffers take some megabytes before anything waits here.
  for (let count = 0; count < 1_000 && !isDropped(); count += 1) {
    home.ada.change({ kind: 'orders', rows })
    await setImmediate()
  }
  expect(home.server.logged('live_dropped')).toMatchObject([{ reason: 'too_slow', user: 'user:ada' }])
  home.ada.change({ kind: 'balances', rows: [balanceOf('7')] })
  await reading.until(() => reading.frames(BALANCE).length === 2)
})
