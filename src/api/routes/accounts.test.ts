import { expect, test } from 'vitest'
import { bearer, running } from '../testing/api.ts'
import { USER_IDS } from '../testing/authority.ts'
import { VIEW } from '../testing/fakes.ts'
import { account } from '../testing/world.ts'

test('[AP36] an account is added, changed and removed, each with an act for the audit', async () => {
  const acts: object[] = []
  const { api } = await running({
    change: ({ desk }) => ({
      desk: {
        ...desk,
        reconfigure: (changes, act) => {
          acts.push(act)
          return desk.reconfigure(changes, act)
        },
      },
    }),
  })
  const headers = bearer('owner')
  const payload = { name: 'third', venue: 'bybit', labels: ['vip'] }
  const made = await api.inject({ method: 'POST', url: '/api/v1/accounts', headers, payload })
  expect(made.json()).toMatchObject({
    name: 'third',
    kind: 'venue',
    origin: 'api',
    environment: 'paper',
    maximumLeverage: '1',
  })
  const url = `/api/v1/accounts/${made.json().id}`
  const changed = await api.inject({ method: 'PATCH', url, headers, payload: { maximumLeverage: '2.5' } })
  expect(changed.json()).toMatchObject({ name: 'third', maximumLeverage: '2.5' })
  expect((await api.inject({ method: 'DELETE', url, headers })).statusCode).toBe(204)
  expect((await api.inject({ url, headers })).statusCode).toBe(404)
  const subject = `account:${made.json().id}`
  expect(acts).toMatchObject([
    { action: 'account.create', subject, detail: { name: 'third', labels: '["vip"]' } },
    { action: 'account.update', subject, detail: { maximumLeverage: '2.5' } },
    { action: 'account.remove', subject },
  ])
})

test('[AP36] what config.yaml says is changed there: 409, though its owner and labels may change', async () => {
  const { api, services, world } = await running()
  const ofFile = account('of the file', { origin: 'file' })
  world.accounts.set(ofFile.id, ofFile)
  const url = `/api/v1/accounts/${ofFile.id}`
  const change = (payload: object) => api.inject({ method: 'PATCH', url, headers: bearer('owner'), payload })
  expect((await change({ status: 'inactive' })).json()).toMatchObject({ status: 409, code: 'set_in_file' })
  expect((await change({ labels: ['vip'] })).statusCode).toBe(200)
  expect(services.desk.changes.map(({ kind }) => kind)).toEqual(['put_profile'])
})

test('[AP37] a key goes in and never comes out', async () => {
  const given: object[] = []
  const { api, world } = await running({
    change: ({ desk }) => ({
      desk: {
        ...desk,
        putKey: (row, credential, actor) => {
          given.push(credential)
          return desk.putKey(row, credential, actor)
        },
      },
    }),
  })
  const payload = { key: 'public-part', secret: 'canary-secret' }
  const url = `/api/v1/accounts/${world.own}/key`
  const answer = await api.inject({ method: 'PUT', url, headers: bearer('customer'), payload })
  expect(answer.json()).toMatchObject({ withdraw: false, problem: null })
  expect(given[0]).toEqual(payload)
  expect(answer.body).not.toContain('canary-secret')
  for (const path of ['', '/key', '/check']) {
    const read = await api.inject({ url: `/api/v1/accounts/${world.own}${path}`, headers: bearer('owner') })
    expect(read.body).not.toContain('canary-secret')
  }
})

test('[AP38] what an account holds is read with its state; one never read in time is a 503 to try again', async () => {
  let ended = 0
  let view: typeof VIEW | null = VIEW
  const { api, services, world } = await running({
    change: () => ({
      watch: {
        watch: () => ({
          state: 'syncing',
          view: () => view,
          end: () => {
            ended += 1
          },
        }),
      },
    }),
  })
  const ask = () => api.inject({ url: `/api/v1/accounts/${world.own}/balance`, headers: bearer('customer') })
  expect((await ask()).json()).toMatchObject({
    state: 'syncing',
    rows: [{ currency: 'USDT', total: '100', equity: null }],
  })
  view = null
  const waiting = ask()
  await expect.poll(() => services.clock.waiting()).toBe(1)
  services.clock.advance(5_000)
  const late = await waiting
  expect([late.statusCode, late.json().code, late.headers['retry-after']]).toEqual([503, 'unavailable', '2'])
  expect(ended).toBe(2)
})

test('[AP38] an inactive account has nothing to read: 409 that says so', async () => {
  const { api, world } = await running({ change: () => ({ watch: { watch: () => null } }) })
  const answer = await api.inject({ url: `/api/v1/accounts/${world.own}/orders`, headers: bearer('owner') })
  expect(answer.json()).toMatchObject({ status: 409, code: 'account_inactive' })
})

test('[AP74] an account says whether it was flattened, in the list and by itself', async () => {
  const { api, world } = await running({
    change: ({ desk }) => ({ desk: { ...desk, isFlattened: id => id === world.own } }),
  })
  const headers = bearer('owner')
  const { rows } = (await api.inject({ url: '/api/v1/accounts', headers })).json()
  const flattened = rows.filter((row: { flattened: boolean }) => row.flattened)
  expect(flattened.map((row: { id: string }) => row.id)).toEqual([world.own])
  const one = await api.inject({ url: `/api/v1/accounts/${world.foreign}`, headers })
  expect(one.json()).toMatchObject({ flattened: false })
})

test('[AP36] whoever runs an account does not give it away', async () => {
  const { api, world } = await running()
  const give = (token: string) =>
    api.inject({
      method: 'PATCH',
      url: `/api/v1/accounts/${world.own}`,
      headers: bearer(token),
      payload: { ownerId: USER_IDS.viewer },
    })
  expect((await give('customer')).json()).toMatchObject({ status: 403, code: 'forbidden' })
  expect((await give('operator')).statusCode).toBe(200)
})
