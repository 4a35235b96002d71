import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { accountStream, LIVE_LIMITS } from '../../protocol/live.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { LIMITS } from './limits.ts'
import { orderOf } from './testing/accounts.ts'
import { ADA, openHome } from './testing/homes.ts'

const ORDERS = accountStream(ADA, 'orders')

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

test('[LV60] whoever guesses tokens is told when to come again and sent away, and a right one gets in from the same address', async () => {
  const clock = new ManualClock()
  const home = await openHome({ clock })
  for (let tries = 0; tries < LIMITS.failedHandshakes; tries += 1) {
    const device = await home.device(`guess-${tries}`)
    expect(device.all('connect_error')).toMatchObject([{ data: { code: 'token_invalid' } }])
  }
  const [surplus, another] = [await home.device('one-guess-more'), await home.device('')]
  for (const device of [surplus, another])
    expect(device.all('connect_error')).toMatchObject([{ data: { code: 'rate_limited' } }])
  // A flood makes one line.
  expect(home.server.logged('live_refused').map(({ reason }) => reason)).toEqual([
    ...Array.from({ length: LIMITS.failedHandshakes }, () => 'token_invalid'),
    'rate_limited',
  ])
  expect((await home.device('ada')).isConnected).toBe(true)
  await clock.advance(LIMITS.failedHandshakesMs)
  const later = await home.device('guess-later')
  expect(later.all('connect_error')).toMatchObject([{ data: { code: 'token_invalid' } }])
})

test('[LV66] behind a trusted proxy who guesses tokens is told apart from everybody else', async () => {
  const addressOf = ({ headers }: IncomingMessage) => String(headers['x-forwarded-for'])
  const home = await openHome({ clock: new ManualClock(), addressOf })
  const from = (client: string) => ({ 'x-forwarded-for': client })
  for (let tries = 0; tries <= LIMITS.failedHandshakes; tries += 1)
    await home.device(`guess-${tries}`, from('198.51.100.1'))
  expect(home.server.logged('live_refused').at(-1)).toMatchObject({
    reason: 'rate_limited',
    address: '198.51.100.1',
  })
  const other = await home.device('guess', from('198.51.100.2'))
  expect(other.all('connect_error')).toMatchObject([{ data: { code: 'token_invalid' } }])
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

test('[LV25] what happens is counted, and comings and goings have their line', async () => {
  const counts = new Map<string, number>()
  const count =
    (name: string) =>
    (by: unknown = 1) =>
      void counts.set(name, (counts.get(name) ?? 0) + (typeof by === 'number' ? by : 1))
  const observer = {
    connected: count('connected'),
    disconnected: count('disconnected'),
    dropped: count('dropped'),
    delivered: () => count('delivered')(),
    subscribed: count('subscribed'),
    resynced: count('resynced'),
    badRequest: count('badRequest'),
  }
  const home = await openHome({ observer, clock: new ManualClock() })
  await home.device('mallory')
  const device = await home.device('ada')
  await device.ask('subscribe_trading', { types: ['orders', 'balance'] })
  await device.ask('resync', { stream: ORDERS })
  await device.ask('resync', { stream: 'x' })
  expect(counts.get('subscribed')).toBe(2)
  device.close()
  await home.sockets(0)
  expect(Object.fromEntries(counts)).toEqual({
    connected: 1,
    disconnected: 1,
    dropped: 1,
    delivered: 3,
    subscribed: 0,
    resynced: 1,
    badRequest: 1,
  })
  const events = home.server.lines.filter(line => line['address'] !== undefined).map(line => line.event)
  expect(events).toEqual([
    'live_refused',
    'live_connected',
    'live_subscribed',
    'live_request_refused',
    'live_disconnected',
  ])
})
