import { expect, test } from 'vitest'
import { network } from './limits.ts'
import { bearer, running } from './testing/api.ts'
import { HOOK_TOKEN } from './testing/fakes.ts'

test('[AP18] whoever asks too often gets 429 with when to come again; others are answered', async () => {
  const { api } = await running({ limits: { perActor: 3 } })
  const ask = (token: string) => api.inject({ url: '/api/v1/accounts', headers: bearer(token) })
  for (let index = 0; index < 3; index += 1) expect((await ask('owner')).statusCode).toBe(200)
  const refused = await ask('owner')
  expect(refused.json()).toMatchObject({ status: 429, code: 'rate_limited' })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect((await ask('operator')).statusCode).toBe(200)
})

test('[AP18] a flood from one address is cut off before anything else is looked at', async () => {
  const { api } = await running({ limits: { perAddress: 2 } })
  const ask = (remoteAddress: string) => api.inject({ url: '/livez', remoteAddress })
  await ask('203.0.113.1')
  await ask('203.0.113.1')
  expect((await ask('203.0.113.1')).statusCode).toBe(429)
  expect((await ask('203.0.113.2')).statusCode).toBe(200)
})

test('[AP28] behind a proxy that is trusted each client counts by itself, and whoever asks directly cannot be another', async () => {
  const { api } = await running({ limits: { perAddress: 2 }, trustedProxies: ['10.0.0.0/8'] })
  const ask = async (remoteAddress: string, client: string) =>
    (await api.inject({ url: '/livez', remoteAddress, headers: { 'x-forwarded-for': client } })).statusCode
  for (const expected of [200, 200, 429]) expect(await ask('10.0.0.1', '198.51.100.1')).toBe(expected)
  expect(await ask('10.0.0.1', '198.51.100.2')).toBe(200)
  for (const expected of [200, 200, 429])
    expect(await ask('203.0.113.1', `198.51.100.${expected}`)).toBe(expected)
})

test('[AP19] wrong tokens are counted, and the right one still gets through from the same address', async () => {
  const { api } = await running({ limits: { failuresPerAddress: 2 } })
  const ask = (token: string) => api.inject({ url: '/api/v1/accounts', headers: bearer(token) })
  const hook = (token: string) => api.inject({ method: 'POST', url: `/api/v1/hook/${token}`, payload: {} })
  await ask('forged')
  await hook('wrong')
  expect((await ask('forged')).statusCode).toBe(429)
  expect((await hook('wrong')).statusCode).toBe(429)
  expect((await ask('owner')).statusCode).toBe(200)
  expect((await hook(HOOK_TOKEN)).statusCode).toBe(422)
})

test('[AP18] the addresses of one IPv6 network count as one', () => {
  expect(network('2001:db8:1:2:3:4:5:6')).toBe(network('2001:db8:1:2::9'))
  expect(network('2001:db8::1')).toBe(network('2001:db8:0:0:ffff::'))
  expect(network('2001:db8:1:2::1')).not.toBe(network('2001:db8:1:3::1'))
  expect(network('203.0.113.1')).toBe('203.0.113.1')
  expect(network('::ffff:203.0.113.1')).not.toBe(network('::ffff:203.0.113.2'))
})
