import { expect, test } from 'vitest'
import { must } from '../../domain/result.ts'
import { bearer, running } from '../testing/api.ts'
import { FOREIGN_WORD, newId, type World } from '../testing/world.ts'

const url = '/api/v1/pairs'

/** The own pair, the foreign one, and the one that has a leg of each. */
function pathsOf({ pairs }: World): readonly [string, string, string] {
  const [own = '', foreign = '', both = ''] = [...pairs.keys()].map(id => `${url}/${id}`)
  return [own, foreign, both]
}

test('[AP52] a pair is what was asked for, with the same defaults as config.yaml, and what comes out can be put back', async () => {
  const { api, world } = await running()
  const headers = bearer('operator')
  const leg = { accountId: world.own, symbol: 'BTCUSDT' }
  const payload = { name: 'p', a: leg, b: { ...leg, accountId: world.foreign }, tolerance: '0.0010' }
  const made = await api.inject({ method: 'POST', url, headers, payload })
  expect([made.statusCode, made.json()]).toEqual([
    201,
    expect.objectContaining({
      ...payload,
      tolerance: '0.001',
      mode: 'mirror',
      origin: 'api',
      ratioBps: 10_000,
      hedgeSlippageBps: 50,
      attempts: 3,
      retryEveryMs: 1_000,
      confirmTimeoutMs: 30_000,
      forceCloseAfterMs: 30_000,
      forceCloseSlippageBps: 200,
      quoting: null,
    }),
  ])
  const { id, origin: _origin, mode: _mode, now: _now, ...body } = made.json()
  const put = { ...body, quoting: { quantity: '0.010' }, attempts: 5 }
  const changed = await api.inject({ method: 'PUT', url: `${url}/${id}`, headers, payload: put })
  expect(changed.json()).toMatchObject({
    mode: 'quote_cycle',
    attempts: 5,
    quoting: { quantity: '0.01', depthLevel: 1, makerTimeoutMs: 30_000, maximumCycles: null },
  })
  expect((await api.inject({ method: 'DELETE', url: `${url}/${id}`, headers })).statusCode).toBe(204)
  expect((await api.inject({ url: `${url}/${id}`, headers })).statusCode).toBe(404)
})

test('[AP52] what cannot be is refused with what to do: no tolerance, an account or a symbol that is not there', async () => {
  const { api, world } = await running()
  const headers = bearer('owner')
  const leg = { accountId: world.own, symbol: 'BTCUSDT' }
  const right = { name: 'p', a: leg, b: leg, tolerance: '0.001' }
  const said = async (payload: object) => {
    const { code, errors = [] } = (await api.inject({ method: 'POST', url, headers, payload })).json()
    return [code, ...errors.map(({ path }: { path: string }) => path)]
  }
  expect(await said({ ...right, tolerance: '0' })).toEqual(['invalid', 'body.tolerance'])
  expect(await said({ ...right, a: { ...leg, accountId: newId() } })).toEqual(['invalid'])
  expect(await said({ ...right, b: { ...leg, symbol: 'NOSUCH' } })).toEqual(['symbol_unknown'])
  expect(await said({ ...right, ratioBps: 0 })).toEqual(['invalid', 'body.ratioBps'])
})

test('[AP53] who may see one of its accounts may not see the pair', async () => {
  const { api, world } = await running()
  const headers = bearer('customer')
  const listed = await api.inject({ url, headers })
  expect(listed.json().rows.map(({ name }: { name: string }) => name)).toEqual(['own pair'])
  expect(listed.body).not.toContain(FOREIGN_WORD)
  const [own, foreign, both] = pathsOf(world)
  const statuses = async (path: string) =>
    Promise.all(
      ['', '/rounds', '/exposure'].map(
        async tail => (await api.inject({ url: `${path}${tail}`, headers })).statusCode,
      ),
    )
  expect(await Promise.all([own, foreign, both].map(statuses))).toEqual([
    [200, 200, 200],
    [404, 404, 404],
    [404, 404, 404],
  ])
  const all = await api.inject({ url, headers: bearer('viewer') })
  expect(all.json().rows).toHaveLength(3)
})

test('[AP54] pause, resume and flatten leave an act each, and no customer does them', async () => {
  const acts: object[] = []
  const noted = <T>(act: object, done: T): T => {
    acts.push(act)
    return done
  }
  const { api, world } = await running({
    change: ({ pairs }) => ({
      pairs: {
        ...pairs,
        pause: (id, act) => noted(act, pairs.pause(id, act)),
        resume: (id, act) => noted(act, pairs.resume(id, act)),
        flatten: (id, leg, act) => noted(act, pairs.flatten(id, leg, act)),
      },
    }),
  })
  const [own] = pathsOf(world)
  const post = (what: string, role: string, payload?: object) =>
    api.inject({
      method: 'POST',
      url: `${own}/${what}`,
      headers: { ...bearer(role), 'idempotency-key': `${what}-${role}` },
      ...(payload !== undefined && { payload }),
    })
  for (const what of ['pause', 'resume', 'flatten'])
    expect((await post(what, 'customer', what === 'flatten' ? {} : undefined)).statusCode).toBe(403)
  expect((await post('pause', 'operator')).json().now).toMatchObject({
    phase: 'paused',
    pause: 'by_hand',
    action: 'Somebody paused it. Resume it when it may quote again.',
    waitsFor: null,
  })
  expect((await post('resume', 'operator')).json().now).toMatchObject({
    phase: 'idle',
    pause: null,
    action: null,
  })
  expect((await post('flatten', 'owner', { leg: 'a' })).json().pair.now).toMatchObject({ closingLeg: 'a' })
  expect((await post('resume', 'owner')).json()).toMatchObject({ code: 'conflict' })
  const subject = `pair:${[...world.pairs.keys()][0]}`
  expect(acts).toMatchObject([
    { action: 'pair.pause', subject },
    { action: 'pair.resume', subject },
    { action: 'pair.flatten', subject, detail: { leg: 'a' } },
    { action: 'pair.resume', subject },
  ])
})

test('[AP55] a dry run says what would be closed and does nothing; the real one needs a key, and so does it', async () => {
  const { api, world } = await running()
  const [own] = pathsOf(world)
  const flatten = (payload: object, key: string | null) =>
    api.inject({
      method: 'POST',
      url: `${own}/flatten`,
      headers: { ...bearer('owner'), ...(key !== null && { 'idempotency-key': key }) },
      payload,
    })
  const dry = (await flatten({ dryRun: true }, 'dry')).json()
  expect(dry).toMatchObject({
    dryRun: true,
    closes: [
      {
        leg: 'a',
        accountId: world.own,
        instrument: 'bybit:BTCUSDT',
        side: 'sell',
        quantity: '0.02',
        worstPrice: '58800',
      },
      { leg: 'b', side: 'buy', quantity: '0.015', worstPrice: null },
    ],
    pair: { now: { phase: 'exposed', pause: null } },
  })
  expect((await flatten({ dryRun: true, leg: 'b' }, 'dry-b')).json().closes).toHaveLength(1)
  expect((await flatten({}, null)).statusCode).toBe(422)
  expect((await flatten({}, 'real')).json()).toMatchObject({
    dryRun: false,
    pair: { now: { phase: 'closing', pause: 'flattened', closingLeg: null } },
  })
})

test('[AP56] rounds come newest first with what they cost and the orders of B', async () => {
  const { api, world } = await running()
  const [own] = pathsOf(world)
  const headers = bearer('customer')
  const first = (await api.inject({ url: `${own}/rounds?limit=2`, headers })).json()
  expect(first.rows.map(({ number }: { number: number }) => number)).toEqual([3, 2])
  expect(first.rows[0]).toMatchObject({
    outcome: 'hedged',
    unhedgedMs: 12,
    costBps: 10,
    a: { quantity: '0.01', averagePrice: '60000' },
    b: { quantity: '-0.01', averagePrice: '59940' },
    attempts: [{ id: must(world.orders[0], 'the own order').intentId, status: 'filled', pairId: null }],
  })
  const second = (await api.inject({ url: `${own}/rounds?limit=2&cursor=${first.next}`, headers })).json()
  expect([second.rows.length, second.next]).toEqual([1, null])
})

test('[AP53] how a pair stands is shown beside its settings', async () => {
  const { api, world } = await running()
  const [own] = pathsOf(world)
  expect((await api.inject({ url: own, headers: bearer('viewer') })).json().now).toEqual({
    phase: 'exposed',
    pause: null,
    action: null,
    closingLeg: null,
    a: { instrument: 'bybit:BTCUSDT', quantity: '0.02', held: '0.02' },
    b: { instrument: 'bybit:ETHUSDT', quantity: '-0.015', held: '-0.015' },
    gap: '-0.005',
    unhedged: '0.005',
    unhedgedSince: 1_700_000_000_000,
    attempts: 0,
    cycles: 0,
    rounds: 0,
    waitsFor: 'The prices are too old.',
  })
})

test('[AP57] what programs go by is shown with a notice', async () => {
  const { api, world } = await running()
  const notice = must(world.notices[0], 'the own notice')
  const details = { pair: 'own pair', quantity: '0.01', attempts: 3, reason: null }
  world.notices.push({ ...notice, id: newId(), code: 'account_a_filled', details })
  const { rows } = (await api.inject({ url: '/api/v1/notices', headers: bearer('customer') })).json()
  expect(rows.map((row: { details: unknown }) => row.details)).toEqual([details, null])
})
