import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { accountStream, LIVE_LIMITS, REQUESTS, tickerStream } from '../../protocol/live.ts'
import type { NoticeId } from '../domain/ids.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { LIMITS } from './limits.ts'
import { accountIdOf, BTC, balanceOf, ETH, orderOf, tickerOf } from './testing/accounts.ts'
import { ADA, BOB, openHome } from './testing/homes.ts'

const ORDERS = accountStream(ADA, 'orders')
const BALANCE = accountStream(ADA, 'balance')

describe('who comes in', () => {
  test('[LV14] without a token, or with one that is not taken, nobody does, and is told why', async () => {
    const home = await openHome()
    for (const [token, code] of [
      ['', 'token_missing'],
      ['x'.repeat(LIVE_LIMITS.tokenLength + 1), 'token_missing'],
      ['mallory', 'token_invalid'],
    ] as const) {
      const device = await home.device(token)
      expect(device.isConnected).toBe(false)
      expect(device.all('connect_error')).toMatchObject([{ data: { code } }])
      expect(home.server.logged('live_refused').at(-1)).toMatchObject({ reason: code, address: '127.0.0.1' })
    }
  })

  test('[LV17] a page of another origin does not, a page of ours and what is no page do', async () => {
    const home = await openHome({ origins: ['https://lockstep.example'] })
    const foreign = await home.device('ada', { origin: 'https://evil.example' })
    expect(foreign.isConnected).toBe(false)
    expect((await home.device('ada', { origin: 'https://lockstep.example' })).isConnected).toBe(true)
    expect((await home.device('ada')).isConnected).toBe(true)
  })

  test('[LV21] one user has only so many sockets, and may have another when one is gone', async () => {
    const home = await openHome()
    const devices = []
    for (let count = 0; count < LIMITS.socketsPerUser; count += 1) devices.push(await home.device('ada'))
    const surplus = await home.device('ada')
    expect(surplus.all('connect_error')).toMatchObject([{ data: { code: 'rate_limited' } }])
    expect((await home.device('bob')).isConnected).toBe(true)
    devices[0]?.close()
    await expect.poll(() => home.server.logged('live_disconnected').length).toBe(1)
    expect((await home.device('ada')).isConnected).toBe(true)
  })
})

describe('who stays', () => {
  test('[LV14] a token that ends takes its socket with it, with a word', async () => {
    const clock = new ManualClock()
    const home = await openHome({ clock })
    home.server.authority.put({ name: 'ada', accounts: new Set([ADA]), expiresAt: clock.now() + 3_000 })
    const device = await home.device('ada')
    expect(device.all('authenticated')).toEqual([{ expiresInMs: 3_000 }])
    await clock.advance(2 * LIVE_LIMITS.heartbeatMs)
    await device.until(() => !device.isConnected)
    expect(device.all('revoked')).toMatchObject([{ code: 'token_expired' }])
  })

  test('[LV15] a login that is revoked loses its socket at once, and no other login does', async () => {
    const home = await openHome()
    const [phone, browser] = [await home.device('ada/phone'), await home.device('ada/browser')]
    await phone.ask('subscribe_trading', { types: ['orders'] })
    home.server.authority.end('ada/phone')
    home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
    await phone.until(() => !phone.isConnected)
    expect(phone.all('revoked')).toMatchObject([{ code: 'token_revoked' }])
    expect(phone.frames()).toHaveLength(1)
    expect(home.ada.listeners.size).toBe(0)
    expect(browser.isConnected).toBe(true)
  })

  test('[LV15] also when nobody told of it, at the next heartbeat', async () => {
    const clock = new ManualClock()
    const home = await openHome({ clock })
    const device = await home.device('ada/phone')
    home.server.authority.end('ada/phone', 'silent')
    await clock.advance(LIVE_LIMITS.heartbeatMs)
    await device.until(() => !device.isConnected)
    expect(device.all('revoked')).toMatchObject([{ code: 'token_revoked' }])
  })

  test('[LV16] a token of the same user prolongs the socket, one of somebody else does not', async () => {
    const clock = new ManualClock()
    const home = await openHome({ clock })
    const until = clock.now() + 3_000
    home.server.authority.put({ name: 'ada', accounts: new Set([ADA]), expiresAt: until })
    const device = await home.device('ada/phone')
    expect(await device.ask('authenticate', { token: 'bob' })).toMatchObject({
      error: { code: 'token_invalid' },
    })
    home.server.authority.put({ name: 'ada', accounts: new Set([ADA]), expiresAt: until + 900_000 })
    expect(await device.ask('authenticate', { token: 'ada/phone' })).toEqual({ expiresInMs: 903_000 })
    await clock.advance(2 * LIVE_LIMITS.heartbeatMs)
    expect(device.isConnected).toBe(true)
  })

  test('[LV24] an account that is taken from somebody ends what they see of it', async () => {
    const clock = new ManualClock()
    const home = await openHome({ clock })
    const device = await home.device('ada')
    await device.ask('subscribe_trading', { types: ['orders'] })
    home.server.authority.put({ name: 'ada', accounts: new Set() })
    await clock.advance(LIVE_LIMITS.heartbeatMs)
    await device.until(() => !device.isConnected)
    expect(device.all('revoked')).toMatchObject([{ code: 'forbidden' }])
    expect(home.ada.listeners.size).toBe(0)
  })
})

describe('what is seen', () => {
  test('[LV1] the acknowledgement comes after the snapshots and says where each stream is', async () => {
    const home = await openHome()
    const device = await home.device('ada')
    const answer = await device.ask('subscribe_trading', { types: ['orders', 'balance'] })
    const positions = device.frames().map(({ stream, epoch, seq }) => [stream, { epoch, seq, state: 'live' }])
    expect(answer).toEqual({ streams: Object.fromEntries(positions) })
    expect(positions).toHaveLength(2)
  })

  test('[LV9] a heartbeat says where the subscribed streams are, and none of the others', async () => {
    const clock = new ManualClock()
    const home = await openHome({ clock })
    const device = await home.device('ada')
    await device.ask('subscribe_trading', { types: ['orders'] })
    home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
    await clock.advance(LIVE_LIMITS.heartbeatMs)
    await device.until(() => device.heartbeats().length > 0)
    expect(device.heartbeats()[0]?.streams).toEqual({
      [ORDERS]: { ...lastOf(device.frames()), state: 'live' },
    })
  })

  test('[LV10] subscribing replaces the former set of its kind, and doubles nothing', async () => {
    const home = await openHome()
    const device = await home.device('ada')
    await device.ask('subscribe_ticker', { symbols: [BTC] })
    await device.ask('subscribe_trading', { types: ['balance', 'orders'] })
    await device.ask('subscribe_trading', { types: ['orders', 'orders'], accounts: [ADA, ADA] })
    device.heard.length = 0
    home.ada.change({ kind: 'orders', rows: [orderOf('o1')] }, { kind: 'balances', rows: [] })
    home.server.tickers.tell(tickerOf('60000'))
    await device.until(() => device.frames().length >= 2)
    expect(device.frames().map(each => each.stream)).toEqual([ORDERS, tickerStream(BTC)])
  })

  test('[LV10] unsubscribing ends its kind and not the other', async () => {
    const home = await openHome()
    const device = await home.device('ada')
    await device.ask('subscribe_ticker', { symbols: [BTC, ETH] })
    await device.ask('subscribe_trading', { types: ['orders'] })
    expect(await device.ask('unsubscribe_trading')).toEqual({ streams: {} })
    expect(home.ada.listeners.size).toBe(0)
    expect(home.server.tickers.listeners.get(ETH)?.size).toBe(1)
    await device.ask('unsubscribe_ticker', {})
    expect(home.server.tickers.listeners.get(ETH)?.size).toBe(0)
  })

  test('[LV11] a resync brings a snapshot of that one stream', async () => {
    const home = await openHome()
    const device = await home.device('ada')
    await device.ask('subscribe_trading', { types: ['orders', 'balance'] })
    device.heard.length = 0
    await device.ask('resync', { stream: BALANCE })
    expect(device.frames()).toMatchObject([{ stream: BALANCE, kind: 'snapshot' }])
    expect(await device.ask('resync', { stream: accountStream(BOB, 'orders') })).toMatchObject({
      error: { code: 'not_found' },
    })
  })

  test("[LV13] another's account looks like one that does not exist, in every way", async () => {
    const home = await openHome()
    const device = await home.device('ada')
    const answers = []
    for (const account of [BOB, accountIdOf(9), 'nonsense']) {
      const answer = await device.ask('subscribe_trading', { types: ['orders'], accounts: [account] })
      answers.push(JSON.stringify(answer).replaceAll(account, '?'))
    }
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('not_found')
    expect(home.bob.watched).toBe(0)
    expect(device.frames()).toEqual([])
  })

  test('[LV13] without naming accounts a customer gets their own, and who sees all must name them', async () => {
    const home = await openHome()
    const [customer, operator] = [await home.device('bob'), await home.device('olga')]
    await customer.ask('subscribe_trading', { types: ['orders'] })
    expect(customer.frames().map(each => each.stream)).toEqual([accountStream(BOB, 'orders')])
    const answer = await operator.ask('subscribe_trading', { types: ['orders'] })
    expect(answer).toMatchObject({ error: { code: 'invalid' } })
    await operator.ask('subscribe_trading', { types: ['orders'], accounts: [ADA, BOB] })
    expect(operator.frames()).toHaveLength(2)
  })

  test('[LV22] a notice reaches those who may see its account', async () => {
    const home = await openHome()
    const [ada, bob, olga] = [
      await home.device('ada'),
      await home.device('bob'),
      await home.device('olga'),
    ] as const
    const notice = {
      id: 'n1' as NoticeId,
      code: 'key_refused',
      level: 'critical',
      accountId: ADA,
      instrumentId: null,
      text: 'The key of ada was refused.',
      action: 'Put a new one.',
      recovers: null,
      at: 1,
      acknowledgedAt: null,
      acknowledgedBy: null,
    } as const
    home.server.notice(notice)
    home.server.notice({ ...notice, id: 'n2' as NoticeId, accountId: null })
    await olga.until(() => olga.all('notice').length === 2)
    await ada.until(() => ada.all('notice').length === 1)
    expect(ada.all('notice')).toMatchObject([{ id: 'n1', account: ADA, action: 'Put a new one.' }])
    await bob.ask('unsubscribe_ticker')
    expect(bob.all('notice')).toEqual([])
  })
})

describe('what a client may not do', () => {
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
    for (let count = 0; count < LIMITS.badRequestBurst; count += 1)
      void device.ask('x').catch(() => undefined)
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

function lastOf(frames: readonly { readonly epoch: string; readonly seq: number }[]) {
  const last = frames.at(-1)
  return { epoch: last?.epoch, seq: last?.seq }
}
