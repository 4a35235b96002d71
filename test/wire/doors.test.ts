import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_API_LIMITS } from '../../src/api/limits.ts'
import { Device } from '../../src/live/testing/device.ts'
import { TRIES_PER_EMAIL, TRIES_WINDOW_MS } from '../../src/security/password-gate.ts'
import { addPerson, becomeOwner, PASSWORD, type Person } from './cast.ts'
import { type Answered, Lockstep, ORIGIN, said } from './lockstep.ts'

const FOREIGN = 'https://evil.example.com'
const OURS = { origin: ORIGIN, 'x-lockstep-csrf': '1' }

describe('doors', () => {
  let lockstep: Lockstep
  let owner: Person
  let customer: Person
  beforeAll(async () => {
    lockstep = await Lockstep.start({ usualLimits: true })
    owner = await becomeOwner(lockstep)
    customer = await addPerson(lockstep, owner, 'customer')
  })
  afterEach(() => {
    lockstep.clock.laterMs = 0
  })
  afterAll(() => lockstep.stop())

  function logIn(email: string, password: string, headers = {}, cookie = false): Promise<Answered> {
    return lockstep.ask('auth/login', { headers, body: { email, password, cookie } })
  }

  test('[SE31] [SE32] twenty wrong passwords close an email for a while, the right one included, known or not', async () => {
    const answers: string[][] = []
    for (const email of [customer.email, 'nobody@example.org']) {
      const bodies: string[] = []
      for (let tries = 0; tries < TRIES_PER_EMAIL; tries += 1)
        bodies.push((await logIn(email, `wrong password ${tries}`)).body)
      const late = await logIn(email, PASSWORD)
      expect(said(late)).toBe('429 rate_limited')
      const retryAfter = Number(late.headers['retry-after'])
      expect(retryAfter).toBeGreaterThan(TRIES_WINDOW_MS / 1_000 - 120)
      expect(retryAfter).toBeLessThanOrEqual(TRIES_WINDOW_MS / 1_000)
      answers.push([...new Set(bodies)])
    }
    // Whether there is such a user does not show in one of them.
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toHaveLength(1)
    expect(said(await logIn(owner.email, PASSWORD))).toBe('200')
    lockstep.clock.laterMs = TRIES_WINDOW_MS
    expect(said(await logIn(customer.email, PASSWORD))).toBe('200')
  })

  test('[AP19] guessing tokens is told to wait, and a right token passes from the same address', async () => {
    const guess = (tries: number) => lockstep.ask('accounts', { token: `guess-${tries}` })
    for (let tries = 0; tries < DEFAULT_API_LIMITS.failuresPerAddress; tries += 1)
      expect(said(await guess(tries))).toBe('401 token_invalid')
    const late = await guess(1_000)
    expect(said(late)).toBe('429 rate_limited')
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
    expect(said(await lockstep.ask('accounts', { token: owner.token }))).toBe('200')
  })

  test('[AP20] a page of a foreign origin reads nothing, changes nothing with a cookie, and opens no socket', async () => {
    const { token } = owner
    const preflight = await lockstep.ask('accounts', {
      method: 'OPTIONS',
      headers: { origin: FOREIGN, 'access-control-request-method': 'POST' },
    })
    const read = await lockstep.ask('accounts', { token, headers: { origin: FOREIGN } })
    const unknown = await lockstep.ask('accounts', { token, headers: { origin: 'null' } })
    for (const { headers } of [preflight, read, unknown]) {
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
    const headers = { origin: FOREIGN, cookie: 'lockstep_refresh=anything' }
    const changed = await lockstep.ask('settings/server.name', {
      method: 'PUT',
      token,
      headers,
      body: { value: 'x' },
    })
    expect(said(changed)).toBe('403 origin_refused')
    for (const origin of [FOREIGN, 'null', `${ORIGIN}.evil.example.com`]) {
      const device = await Device.open(lockstep.url, token, { origin })
      expect([origin, device.isConnected, device.all('connect_error').length]).toEqual([origin, false, 1])
      device.close()
    }
  })

  test('[AP20] a page of a listed origin may ask, and open a socket', async () => {
    const preflight = await lockstep.ask('accounts', { method: 'OPTIONS', headers: { origin: ORIGIN } })
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': ORIGIN } })
    const device = await Device.open(lockstep.url, owner.token, { origin: ORIGIN })
    expect(device.isConnected).toBe(true)
    device.close()
  })

  test('[AP21] the cookie of a browser refreshes with our header from our page, and in no other way', async () => {
    const given = await logIn(owner.email, PASSWORD, OURS, true)
    expect(JSON.parse(given.body)).toMatchObject({ refreshToken: null })
    const [cookie = ''] = [given.headers['set-cookie']].flat()
    for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/api/v1/auth']) expect(cookie).toContain(word)
    const sent = { cookie: cookie.slice(0, cookie.indexOf(';')) }
    const refresh = (headers: Record<string, string>) =>
      lockstep.ask('auth/refresh', { headers: { ...sent, ...headers }, body: {} })
    const ways = [{}, { origin: ORIGIN }, { 'x-lockstep-csrf': '1' }, { ...OURS, origin: FOREIGN }]
    for (const headers of ways) expect(said(await refresh(headers))).toBe('403 origin_refused')
    expect(said(await refresh(OURS))).toBe('200')
    // A cookie alone is nobody.
    expect(said(await lockstep.ask('auth/self', { headers: { ...sent, ...OURS } }))).toBe('401 token_missing')
  })

  test('[OP10] a whole server says how its parts are, without a token', async () => {
    const { status, body } = await lockstep.ask('/health')
    expect([status, JSON.parse(body)]).toEqual([
      200,
      {
        status: 'up',
        parts: ['database', 'live push'].map(name => ({ name, status: 'up', detail: null })),
      },
    ])
  })

  test('[AP22] whatever is answered forbids scripts, frames, guessing of types and caching', async () => {
    const answers = await Promise.all([
      lockstep.ask('auth/self', { token: owner.token }),
      lockstep.ask('auth/self'),
      lockstep.ask('nothing/here'),
      lockstep.ask('/docs'),
      lockstep.ask('/first-owner?token=used'),
      lockstep.ask('auth/login', { body: '{' }),
      lockstep.ask('accounts', { token: owner.token, headers: { origin: FOREIGN } }),
      lockstep.ask('auth/login', { headers: { origin: FOREIGN, cookie: 'a=b' }, body: {} }),
      lockstep.ask('/%'),
    ])
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
      expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined()
    }
  })
})

describe('behind a proxy that speaks HTTPS', () => {
  let lockstep: Lockstep
  beforeAll(async () => {
    lockstep = await Lockstep.start({ front: { https: true, trustedProxies: ['127.0.0.1'] } })
  })
  afterAll(() => lockstep.stop())

  test('[AP28] [AP29] people are known by where they come from, and their browser stays with HTTPS', async () => {
    const owner = await becomeOwner(lockstep)
    const headers = { ...OURS, 'x-forwarded-for': '192.0.2.9, 198.51.100.1' }
    const body = { email: owner.email, password: PASSWORD, cookie: true }
    const answer = await lockstep.ask('auth/login', { headers, body })
    expect(String(answer.headers['set-cookie'])).toContain('Secure')
    expect(answer.headers['strict-transport-security']).toContain('max-age=')
    const logins = await lockstep.ask('auth/logins', { token: owner.token })
    expect(logins.body).toContain('"address":"198.51.100.1"')
    const device = await Device.open(lockstep.url, owner.token, { 'x-forwarded-for': '198.51.100.2' })
    const came = lockstep.lines.find(({ event }) => event === 'live_connected')
    expect(came?.fields).toMatchObject({ address: '198.51.100.2' })
    device.close()
  })
})
