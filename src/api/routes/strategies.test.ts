import { expect, test } from 'vitest'
import { bearer, running } from '../testing/api.ts'

test('[AP39] a source of signals comes with a virtual account, and goes with it', async () => {
  const { api, services } = await running()
  const headers = bearer('operator')
  const payload = { kind: 'signals', name: 'alerts', venue: 'bybit' }
  const made = (await api.inject({ method: 'POST', url: '/api/v1/sources', headers, payload })).json()
  expect(made).toMatchObject({ name: 'alerts', kind: 'signals' })
  expect(services.desk.changes[0]).toMatchObject({
    kind: 'put_account',
    row: { id: made.accountId, kind: 'virtual' },
  })
  const hook = await api.inject({ method: 'POST', url: `/api/v1/sources/${made.id}/hook`, headers })
  expect(hook.json().path).toMatch(/^\/api\/v1\/hook\//)
  expect(
    (await api.inject({ method: 'DELETE', url: `/api/v1/sources/${made.id}`, headers })).statusCode,
  ).toBe(204)
  expect(services.desk.roster().accounts.get(made.accountId)).toBeUndefined()
})

test('[AP39] a signal by hand is taken once per key, at the time it is sent', async () => {
  const { api, services, world } = await running()
  const url = `/api/v1/sources/${[...world.sources.keys()][0]}/signals`
  const headers = { ...bearer('customer'), 'idempotency-key': 'by-hand-1' }
  const payload = { symbol: 'BTCUSDT', side: 'sell', notional: '100' }
  // As after a crash between the signal and the keeping of its answer.
  for (const _ of [1, 2]) {
    services.reads.kept.clear()
    expect((await api.inject({ method: 'POST', url, headers, payload })).statusCode).toBe(202)
  }
  expect([...services.signals.taken.values()]).toMatchObject([
    { at: services.clock.now(), action: { side: 'sell' } },
  ])
})

test('[AP40] a strategy is what was asked for, with the same defaults as config.yaml', async () => {
  const { api, world } = await running()
  const headers = bearer('operator')
  const sourceId = [...world.sources.keys()][0]
  const made = await api.inject({
    method: 'POST',
    url: '/api/v1/strategies',
    headers,
    payload: { name: 's', sourceId },
  })
  expect(made.json()).toMatchObject({
    mode: 'on',
    sizing: { kind: 'ratio', inverse: false, ratio: '0.1' },
    entry: { kind: 'market' },
    leverage: { kind: 'follow' },
    maxAgeMs: 60_000,
  })
  const url = `/api/v1/strategies/${made.json().id}`
  const sizing = { kind: 'fixed_notional', notional: '12.50' }
  const payload = { sizing, maxDriftBps: 30, limits: { maximumLeverage: '2' } }
  const changed = (await api.inject({ method: 'PATCH', url, headers, payload })).json()
  expect(changed).toMatchObject({
    name: 's',
    sizing: { notional: '12.5' },
    maxDriftBps: 30,
    maxAgeMs: 60_000,
  })
  expect(changed.limits).toMatchObject({ maximumLeverage: '2', killSwitch: false })
})

test('[AP40] what was stored comes out as it went in', async () => {
  const { api, world } = await running()
  const [id] = world.strategies.keys()
  const headers = bearer('operator')
  const read = (await api.inject({ url: `/api/v1/strategies/${id}`, headers })).json()
  const { id: _, origin: __, sourceId: ___, mode: ____, ...settings } = read
  const again = await api.inject({
    method: 'PATCH',
    url: `/api/v1/strategies/${id}`,
    headers,
    payload: settings,
  })
  expect(again.json()).toEqual(read)
})

test('[AP41] pausing is for whoever runs the account: a link by its owner, a strategy by operators', async () => {
  const { api, world } = await running()
  const [strategyId] = world.strategies.keys()
  const [linkId] = world.links.keys()
  const pause = (url: string, token: string) =>
    api.inject({
      method: 'POST',
      url: `${url}/pause`,
      headers: bearer(token),
      payload: { mode: 'close_only' },
    })
  const strategy = `/api/v1/strategies/${strategyId}`
  expect((await pause(`${strategy}/links/${linkId}`, 'customer')).json()).toMatchObject({
    mode: 'close_only',
  })
  expect((await pause(strategy, 'customer')).statusCode).toBe(403)
  expect((await pause(strategy, 'operator')).json()).toMatchObject({ mode: 'close_only' })
  const resumed = await api.inject({
    method: 'POST',
    url: `${strategy}/resume`,
    headers: bearer('operator'),
  })
  expect(resumed.json()).toMatchObject({ mode: 'on' })
})

test('[AP41] a link is let go with what it holds only where somebody says so', async () => {
  const { api, services, world } = await running()
  const [strategyId] = world.strategies.keys()
  const [linkId] = world.links.keys()
  const url = `/api/v1/strategies/${strategyId}/links/${linkId}`
  await api.inject({ method: 'DELETE', url: `${url}?abandon=true`, headers: bearer('operator') })
  expect(services.desk.changes).toEqual([{ kind: 'remove', id: linkId, abandon: true }])
})
