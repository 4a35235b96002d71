import { expect, test } from 'vitest'
import { REFRESH_COOKIE } from './origins.ts'
import { bearer, ORIGIN, running } from './testing/api.ts'

const COOKIE = { cookie: `${REFRESH_COOKIE}=refresh-1` }

test('[AP20] a page of another origin is told nothing that lets its browser read an answer', async () => {
  const { api } = await running()
  const ask = (origin: string, method: 'GET' | 'OPTIONS' = 'GET') =>
    api.inject({
      method,
      url: '/api/v1/accounts',
      headers: { ...bearer('owner'), origin, host: 'example.org' },
    })
  const foreign = await ask('https://evil.example')
  expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
  expect((await ask('https://evil.example', 'OPTIONS')).statusCode).toBe(404)
  const listed = await ask(ORIGIN)
  expect(listed.headers['access-control-allow-origin']).toBe(ORIGIN)
  const preflight = await ask(ORIGIN, 'OPTIONS')
  expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([
    204,
    'GET, POST, PUT, PATCH, DELETE',
  ])
})

test('[AP20] a name that an attacker points at this machine is no origin of ours', async () => {
  const { api } = await running()
  const ask = (host: string, origin: string) => api.inject({ url: '/livez', headers: { host, origin } })
  const rebound = await ask('evil.example:8080', 'http://evil.example:8080')
  expect(rebound.headers['access-control-allow-origin']).toBeUndefined()
  const own = await ask('127.0.0.1:8080', 'http://127.0.0.1:8080')
  expect(own.headers['access-control-allow-origin']).toBe('http://127.0.0.1:8080')
})

test('[AP20] with a cookie, a page of another origin changes nothing', async () => {
  const { api } = await running()
  const headers = { ...COOKIE, origin: 'https://evil.example', 'x-lockstep-csrf': '1' }
  const answer = await api.inject({ method: 'POST', url: '/api/v1/auth/refresh', headers, payload: {} })
  expect(answer.json()).toMatchObject({ status: 403, code: 'origin_refused' })
})

test('[AP21] the refresh token of a browser is in a cookie that no script reads and no other path gets', async () => {
  const { api } = await running()
  const payload = { email: 'owner@example.org', password: 'right password', cookie: true }
  const answer = await api.inject({ method: 'POST', url: '/api/v1/auth/login', payload })
  expect(answer.json()).toMatchObject({ accessToken: 'customer', refreshToken: null })
  expect(answer.body).not.toContain('refresh-2')
  expect(answer.cookies[0]).toMatchObject({
    name: REFRESH_COOKIE,
    value: 'refresh-2',
    path: '/api/v1/auth',
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
  })
})

test('[AP29] behind HTTPS the cookie never travels without it, and browsers are told to stay there', async () => {
  const payload = { email: 'owner@example.org', password: 'right password', cookie: true }
  for (const https of [true, false]) {
    const { api } = await running({ https })
    const answer = await api.inject({ method: 'POST', url: '/api/v1/auth/login', payload })
    expect(answer.cookies[0]?.secure ?? false).toBe(https)
    expect(answer.headers['strict-transport-security'] !== undefined).toBe(https)
  }
})

test('[AP21] the cookie is worth something only with our header from a page of ours', async () => {
  const { api } = await running()
  const refresh = (headers: Record<string, string>) =>
    api.inject({
      method: 'POST',
      url: '/api/v1/auth/refresh',
      headers: { ...COOKIE, ...headers },
      payload: {},
    })
  expect((await refresh({ origin: ORIGIN })).json().code).toBe('origin_refused')
  expect((await refresh({ 'x-lockstep-csrf': '1' })).json().code).toBe('origin_refused')
  const taken = await refresh({ origin: ORIGIN, 'x-lockstep-csrf': '1' })
  expect([taken.statusCode, taken.json().refreshToken]).toEqual([200, null])
})

test('[AP21] a program sends the refresh token in the body, and gets the next one there', async () => {
  const { api } = await running()
  const refresh = (refreshToken: string) =>
    api.inject({ method: 'POST', url: '/api/v1/auth/refresh', payload: { refreshToken } })
  expect((await refresh('refresh-1')).json()).toMatchObject({ refreshToken: 'refresh-2' })
  expect((await refresh('refresh-0')).json()).toMatchObject({ status: 401, code: 'token_revoked' })
})

test('[AP22] every answer forbids scripts, frames, guessing and caching', async () => {
  const { api } = await running()
  for (const url of ['/docs', '/livez', '/nowhere', '/api/v1/accounts']) {
    const { headers } = await api.inject(url)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['strict-transport-security']).toContain('max-age')
    expect(headers['cache-control']).toBe('no-store')
  }
})
