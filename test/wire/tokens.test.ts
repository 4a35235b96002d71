import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TRADING_TYPES } from '../../protocol/live.ts'
import { tokensAnswer } from '../../protocol/rest/auth.ts'
import { listAnswer } from '../../protocol/rest/common.ts'
import { Device } from '../../src/live/testing/device.ts'
import { REFRESH_GRACE_MS } from '../../src/security/refresh-tokens.ts'
import { apiToken, type Cast, castOf, logIn } from './cast.ts'
import { type Answered, Lockstep, said } from './lockstep.ts'

const QUARTER_MS = 15 * 60_000
const ENDED = { code: 'token_revoked' }

describe('tokens', () => {
  let lockstep: Lockstep
  let cast: Cast
  const devices: Device[] = []
  beforeAll(async () => {
    lockstep = await Lockstep.start()
    cast = await castOf(lockstep)
  })
  afterEach(() => {
    for (const device of devices.splice(0)) device.close()
    lockstep.clock.laterMs = 0
  })
  afterAll(() => lockstep.stop())

  async function deviceOf(token: string): Promise<Device> {
    const device = await Device.open(lockstep.url, token)
    devices.push(device)
    return device
  }

  async function selfSaid(token: string): Promise<string> {
    return said(await lockstep.ask('auth/self', { token }))
  }

  /** What a socket hears that is not let in. */
  async function atDoor(token: string): Promise<unknown> {
    const device = await deviceOf(token)
    return device.all('connect_error')[0]
  }

  const problem = (code: string) => ({ data: expect.objectContaining({ code }) })
  const gone = async (device: Device): Promise<unknown> => {
    await device.until(() => !device.isConnected)
    return device.all('revoked')[0]
  }

  /** How many sockets are sent away before the command is answered: none waits for a heartbeat. */
  async function sentAwayBy(command: () => Promise<Answered>): Promise<number> {
    const count = () => lockstep.lines.filter(({ event }) => event === 'live_dropped').length
    const before = count()
    expect((await command()).status).not.toBeGreaterThan(401)
    return count() - before
  }

  test('[SE41] alg none, another key, another audience and a changed body are refused by REST and by sockets', async () => {
    const { token } = cast.ada
    const [head = '', body = '', signature = ''] = token.split('.')
    const claims = z.record(z.string(), z.unknown()).parse(JSON.parse(`${Buffer.from(body, 'base64url')}`))
    const owner = { ...claims, sub: cast.owner.id }
    const signed = (payload: Record<string, unknown>, key: string) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(Buffer.from(key))
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const forged = [
      new UnsecuredJWT(claims).encode(),
      `${encoded({ alg: 'none', typ: 'at+jwt' })}.${body}.${signature}`,
      `${encoded({ alg: 'HS512', typ: 'at+jwt' })}.${body}.${signature}`,
      await signed(claims, 'another key that is long enough for it'),
      await signed({ ...claims, aud: 'another' }, 'another key that is long enough for it'),
      `${head}.${encoded(owner)}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      'lsk_0123456789',
      cast.ada.refreshToken,
    ]
    for (const each of forged) {
      expect([each, await selfSaid(each)]).toEqual([each, '401 token_invalid'])
      expect(await atDoor(each)).toMatchObject(problem('token_invalid'))
    }
  })

  test('[SE40] [SE73] a token ends after a quarter of an hour: for requests, for those who come, and for an open socket', async () => {
    const { token } = await logIn(lockstep, cast.ada.email)
    const device = await deviceOf(token)
    await device.ask('subscribe_trading', { types: [...TRADING_TYPES] })
    lockstep.clock.laterMs = QUARTER_MS + 1_000
    expect(await selfSaid(token)).toBe('401 token_expired')
    expect(await atDoor(token)).toMatchObject(problem('token_expired'))
    expect(await gone(device)).toMatchObject({ code: 'token_expired' })
  })

  test('[LV16] [SE73] a socket that brings its next token in time outlives the former one', async () => {
    const { token, refreshToken } = await logIn(lockstep, cast.ada.email)
    const device = await deviceOf(token)
    lockstep.clock.laterMs = QUARTER_MS - 60_000
    const next = await lockstep.done(tokensAnswer, 'auth/refresh', { body: { refreshToken } })
    expect(await device.ask('authenticate', { token: next.accessToken })).toEqual({
      expiresInMs: expect.any(Number),
    })
    lockstep.clock.laterMs = QUARTER_MS + 1_000
    const beats = device.heartbeats().length
    await device.until(() => device.heartbeats().length > beats + 1)
    expect(device.isConnected).toBe(true)
  })

  test('[SE42] [SE43] a refresh token that comes a second time ends the whole family and its sockets, and no other device', async () => {
    const stolen = await logIn(lockstep, cast.ada.email)
    const other = await logIn(lockstep, cast.ada.email)
    const device = await deviceOf(stolen.token)
    const exchange = (refreshToken: string) => lockstep.ask('auth/refresh', { body: { refreshToken } })
    const first = await exchange(stolen.refreshToken)
    expect(said(first)).toBe('200')
    const next = tokensAnswer.parse(JSON.parse(first.body))
    // Its answer was lost on the way: the same once more.
    expect(said(await exchange(stolen.refreshToken))).toBe('200')
    lockstep.clock.laterMs = REFRESH_GRACE_MS + 1_000
    expect(await sentAwayBy(() => exchange(stolen.refreshToken))).toBe(1)
    expect(said(await exchange(stolen.refreshToken))).toBe('401 token_revoked')
    expect(await gone(device)).toMatchObject(ENDED)
    for (const token of [stolen.token, next.accessToken])
      expect(await selfSaid(token)).toBe('401 token_revoked')
    expect(said(await exchange(next.refreshToken ?? ''))).toBe('401 token_revoked')
    expect(await selfSaid(other.token)).toBe('200')
    expect(said(await exchange('lsr_of-nobody'))).toBe('401 token_invalid')
  })

  test('[SE46] logging out, being logged out by an owner, and a revoked API token close their sockets at once, and no other', async () => {
    const { ada, owner } = cast
    const mine = await logIn(lockstep, ada.email)
    const other = await logIn(lockstep, ada.email)
    const program = await apiToken(lockstep, ada, 'read')
    const device = await deviceOf(mine.token)
    const otherDevice = await deviceOf(other.token)
    const programs = await deviceOf(program)
    const logout = { method: 'POST', token: mine.token }
    expect(await sentAwayBy(() => lockstep.ask('auth/logout', logout))).toBe(1)
    expect(await gone(device)).toMatchObject(ENDED)
    expect(await selfSaid(mine.token)).toBe('401 token_revoked')
    expect(otherDevice.isConnected).toBe(true)
    const ids = z.object({ id: z.string() })
    const { rows } = await lockstep.done(listAnswer(ids), 'tokens', { token: ada.token })
    expect(rows).toHaveLength(1)
    const path = `tokens/${rows[0]?.id}`
    expect(await sentAwayBy(() => lockstep.ask(path, { method: 'DELETE', token: ada.token }))).toBe(1)
    expect(await gone(programs)).toMatchObject(ENDED)
    expect(await selfSaid(program)).toBe('401 token_revoked')
    expect(otherDevice.isConnected).toBe(true)
    const everywhere = `users/${ada.id}/logins`
    expect(await sentAwayBy(() => lockstep.ask(everywhere, { method: 'DELETE', token: owner.token }))).toBe(1)
    expect(await gone(otherDevice)).toMatchObject(ENDED)
    expect(await selfSaid(other.token)).toBe('401 token_revoked')
    expect(await selfSaid(owner.token)).toBe('200')
  })

  test('[SE52] [SE53] another role, another owner of an account, and being disabled end what is shown at once', async () => {
    const { owner, viewer, bob, bobs } = cast
    const patch = (path: string, body: object) =>
      lockstep.ask(path, { method: 'PATCH', token: owner.token, body })
    const looking = await deviceOf(viewer.token)
    await looking.ask('subscribe_trading', { types: ['balance'], accounts: [bobs.accountId] })
    const program = await deviceOf(await apiToken(lockstep, viewer, 'read'))
    expect(await sentAwayBy(() => patch(`users/${viewer.id}`, { role: 'customer' }))).toBe(2)
    expect(await gone(looking)).toMatchObject(ENDED)
    expect(await gone(program)).toMatchObject(ENDED)
    const again = await logIn(lockstep, viewer.email)
    expect(said(await lockstep.ask(`accounts/${bobs.accountId}`, { token: again.token }))).toBe(
      '404 not_found',
    )
    const bobsDevice = await deviceOf(bob.token)
    await bobsDevice.ask('subscribe_trading', { types: ['orders'] })
    expect(await sentAwayBy(() => patch(`accounts/${bobs.accountId}`, { ownerId: viewer.id }))).toBe(1)
    expect(await gone(bobsDevice)).toMatchObject(ENDED)
    const rows = await lockstep.ask('accounts', { token: bob.token })
    expect(rows.body).not.toContain(bobs.accountId)
    const late = await deviceOf(bob.token)
    expect(
      await late.ask('subscribe_trading', { types: ['orders'], accounts: [bobs.accountId] }),
    ).toMatchObject({ error: { code: 'not_found' } })
    expect(await sentAwayBy(() => patch(`users/${bob.id}`, { status: 'disabled' }))).toBe(1)
    expect(await gone(late)).toMatchObject(ENDED)
    expect(await selfSaid(bob.token)).toBe('401 token_revoked')
    expect(await atDoor(bob.token)).toMatchObject(problem('token_revoked'))
  })

  test('[SE74] who names no account watches those that can be watched: one that is inactive or gone hides no other', async () => {
    const { token } = await logIn(lockstep, cast.ada.email)
    const { owner, ada, adas } = cast
    const { id } = await lockstep.done(z.object({ id: z.string() }), 'accounts', {
      token: owner.token,
      body: { name: 'one more', venue: 'bybit', ownerId: ada.id },
    })
    const device = await deviceOf(token)
    const path = `accounts/${id}`
    const steps = [{ method: 'PATCH', body: { status: 'inactive' } }, { method: 'DELETE' }]
    for (const step of steps) {
      expect((await lockstep.ask(path, { token: owner.token, ...step })).status).toBeLessThan(300)
      const answer = await device.ask('subscribe_trading', { types: ['balance'] })
      const { streams } = z.object({ streams: z.record(z.string(), z.unknown()) }).parse(answer)
      expect(new Set(Object.keys(streams))).toEqual(
        new Set([`${adas.accountId}:balance`, `${adas.hedgeId}:balance`]),
      )
      expect(await device.ask('subscribe_trading', { types: ['balance'], accounts: [id] })).toMatchObject({
        error: { code: 'not_found' },
      })
    }
  })

  test('[SE20] what was given out is in no log line', () => {
    const text = JSON.stringify(lockstep.lines)
    const { ada, adas } = cast
    const secret = adas.hookPath.slice(adas.hookPath.lastIndexOf('.') + 1)
    for (const each of [ada.token, ada.refreshToken, secret]) expect(text).not.toContain(each)
  })
})
