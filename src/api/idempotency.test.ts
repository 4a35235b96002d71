import { expect, test } from 'vitest'
import { ok } from '../domain/result.ts'
import { bearer, running } from './testing/api.ts'

const NEW_ACCOUNT = { name: 'third', venue: 'bybit' }

test('[AP11] a command that is sent again under its key is answered again and not done again', async () => {
  const { api, services } = await running()
  const send = () =>
    api.inject({
      method: 'POST',
      url: '/api/v1/accounts',
      headers: { ...bearer('owner'), 'idempotency-key': 'a-1' },
      payload: NEW_ACCOUNT,
    })
  const first = await send()
  const second = await send()
  expect(first.statusCode).toBe(201)
  expect([second.statusCode, second.body]).toEqual([201, first.body])
  expect(second.headers['idempotent-replayed']).toBe('true')
  expect(services.desk.changes.filter(({ kind }) => kind === 'put_account')).toHaveLength(1)
})

test('[AP11] an answer without a body is repeated as well', async () => {
  const { api, services, world } = await running()
  const url = `/api/v1/accounts/${world.own}/key`
  const send = () =>
    api.inject({ method: 'DELETE', url, headers: { ...bearer('owner'), 'idempotency-key': 'a-1' } })
  expect((await send()).statusCode).toBe(204)
  const again = await send()
  expect([again.statusCode, again.headers['idempotent-replayed']]).toEqual([204, 'true'])
  expect(services.reads.kept.size).toBe(1)
})

test('[AP12] a key that was used for another request is refused, and another person may use it', async () => {
  const { api } = await running()
  const send = (token: string, name: string) =>
    api.inject({
      method: 'POST',
      url: '/api/v1/accounts',
      headers: { ...bearer(token), 'idempotency-key': 'a-1' },
      payload: { ...NEW_ACCOUNT, name },
    })
  expect((await send('owner', 'third')).statusCode).toBe(201)
  expect((await send('owner', 'fourth')).json()).toMatchObject({
    status: 422,
    code: 'idempotency_key_reused',
  })
  expect((await send('operator', 'fifth')).statusCode).toBe(201)
})

test('[AP13] of two that come at the same time under one key, one is done and both are answered', async () => {
  const gate = Promise.withResolvers<void>()
  let flattened = 0
  const { api, world } = await running({
    change: () => ({
      hands: {
        trade: () => Promise.reject(new Error('not here')),
        cancel: () => Promise.reject(new Error('not here')),
        flatten: async () => {
          flattened += 1
          await gate.promise
          return ok({ orders: 3, left: [] })
        },
        resume: () => Promise.reject(new Error('not here')),
      },
    }),
  })
  const url = `/api/v1/accounts/${world.own}/flatten`
  const send = () =>
    api.inject({ method: 'POST', url, headers: { ...bearer('owner'), 'idempotency-key': 'once' } })
  const both = [send(), send()]
  await expect.poll(() => flattened).toBe(1)
  gate.resolve()
  const answers = await Promise.all(both)
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
    [202, '{"orders":3,"left":[]}'],
    [202, '{"orders":3,"left":[]}'],
  ])
  expect(flattened).toBe(1)
})

test('[AP14] what was refused is not kept: the same key may try again', async () => {
  let tries = 0
  const { api, world } = await running({
    change: ({ desk }) => ({
      desk: {
        ...desk,
        checkKey: async account => {
          tries += 1
          return tries === 1
            ? { ok: false, error: { code: 'unavailable', message: 'The venue does not answer.' } }
            : desk.checkKey(account)
        },
      },
    }),
  })
  const url = `/api/v1/accounts/${world.own}/check`
  const send = () =>
    api.inject({ method: 'POST', url, headers: { ...bearer('owner'), 'idempotency-key': 'a-1' } })
  expect((await send()).statusCode).toBe(503)
  expect((await send()).statusCode).toBe(200)
})

test('[AP15] what is shown once is never kept: a repeated key says that it was done', async () => {
  const { api, services } = await running()
  const send = () =>
    api.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers: { ...bearer('owner'), 'idempotency-key': 'a-1' },
      payload: { name: 'script', scopes: ['read'] },
    })
  expect((await send()).json()).toMatchObject({ name: 'script', token: 'lsk_shown_once' })
  expect((await send()).json()).toMatchObject({ status: 409, code: 'answer_not_kept' })
  expect(JSON.stringify([...services.reads.kept.values()])).not.toContain('lsk_')
})

test('[AP16] where doing it twice would trade twice, the key is not optional', async () => {
  const { api, world } = await running()
  const source = [...world.sources.keys()][0]
  const urls = [
    '/api/v1/trades/manual',
    `/api/v1/accounts/${world.own}/flatten`,
    `/api/v1/sources/${source}/signals`,
  ]
  const trade = { accountId: world.own, symbol: 'BTCUSDT', side: 'buy', quantity: '1' }
  const bodies = [trade, undefined, { symbol: 'BTCUSDT', target: '0' }]
  for (const [index, url] of urls.entries()) {
    const payload = bodies[index]
    const answer = await api.inject({
      method: 'POST',
      url,
      headers: bearer('owner'),
      ...(payload && { payload }),
    })
    expect([url, answer.json().detail]).toEqual([url, expect.stringContaining('Idempotency-Key')])
  }
})

test('[AP11] a key that no header should hold is refused', async () => {
  const { api } = await running()
  for (const key of ['a b', 'a'.repeat(129)]) {
    const headers = { ...bearer('owner'), 'idempotency-key': key }
    const answer = await api.inject({
      method: 'POST',
      url: '/api/v1/accounts',
      headers,
      payload: NEW_ACCOUNT,
    })
    expect(answer.statusCode).toBe(422)
  }
})

test('[AP13] a caller that hangs up and comes again finds the command under way, and has it done once', async () => {
  // The connection breaks while the venue is still being asked; the retry is there before the answer is.
  const gate = Promise.withResolvers<void>()
  let flattened = 0
  const { api, world } = await running({
    change: () => ({
      hands: {
        trade: () => Promise.reject(new Error('not here')),
        cancel: () => Promise.reject(new Error('not here')),
        flatten: async () => {
          flattened += 1
          await gate.promise
          return ok({ orders: 3, left: [] })
        },
        resume: () => Promise.reject(new Error('not here')),
      },
    }),
  })
  const base = await api.listen({ host: '127.0.0.1', port: 0 })
  const url = `${base}/api/v1/accounts/${world.own}/flatten`
  const headers = { ...bearer('owner'), 'idempotency-key': 'once' }
  const first = new AbortController()
  const lost = fetch(url, { method: 'POST', headers, signal: first.signal }).catch(() => 'hung up')
  await expect.poll(() => flattened).toBe(1)
  first.abort()
  expect(await lost).toBe('hung up')
  const again = fetch(url, { method: 'POST', headers })
  gate.resolve()
  expect(await (await again).json()).toEqual({ orders: 3, left: [] })
  expect(flattened).toBe(1)
  await api.close()
})
