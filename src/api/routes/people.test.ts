import { describe, expect, test } from 'vitest'
import type { Act } from '../answer.ts'
import { bearer, running } from '../testing/api.ts'
import { FIRST_OWNER_TOKEN } from '../testing/fakes.ts'
import { newId, order } from '../testing/world.ts'

describe('what happened', () => {
  test('[AP42] trades and outcomes carry amounts as text, and a reason with what to do about it', async () => {
    const { api, world } = await running()
    const headers = bearer('customer')
    const trades = (await api.inject({ url: '/api/v1/trades?status=filled,open', headers })).json().rows
    expect(trades).toMatchObject([{ accountId: world.own, quantity: '0.25', averageFillPrice: '60000' }])
    const outcomes = (await api.inject({ url: '/api/v1/outcomes', headers })).json().rows
    expect(outcomes).toMatchObject([
      { accountId: world.own, outcome: 'forgone', reason: 'stale', leaderPrice: '60000' },
    ])
    expect(outcomes[0].explanation).toContain('Raise maxAgeMs')
    const foreign = await api.inject({ url: `/api/v1/trades?accountId=${world.foreign}`, headers })
    expect(foreign.json().rows).toEqual([])
    expect((await api.inject({ url: '/api/v1/trades?status=filled,lost', headers })).statusCode).toBe(422)
  })

  test('[AP72] an order that rests is cancelled by who may trade on its account, with its entry in the audit chain', async () => {
    const asked: Act[] = []
    const { api, world } = await running({
      change: ({ hands }) => ({
        hands: hands && {
          ...hands,
          cancel: (id, act) => {
            asked.push(act)
            return hands.cancel(id, act)
          },
        },
      }),
    })
    const [own, foreign] = [world.own, world.foreign].map(id => order(id, 90, { status: 'open' }))
    const over = order(world.own, 91)
    world.orders.push(...[own, foreign, over].flatMap(each => each ?? []))
    const cancel = (id: string | undefined, who: string) =>
      api.inject({ method: 'DELETE', url: `/api/v1/trades/${id}`, headers: bearer(who) })
    expect((await cancel(own?.intentId, 'customer')).json()).toMatchObject({
      id: own?.intentId,
      status: 'open',
    })
    expect(asked).toMatchObject([
      { action: 'account.cancel', subject: `account:${world.own}`, detail: { tradeId: own?.intentId } },
    ])
    expect((await cancel(over.intentId, 'customer')).json()).toMatchObject({ status: 409, code: 'conflict' })
    expect((await cancel(own?.intentId, 'viewer')).statusCode).toBe(403)
    const unseen = [foreign?.intentId, newId()]
    for (const id of unseen)
      expect((await cancel(id, 'customer')).json()).toMatchObject({ code: 'not_found' })
    expect(asked).toHaveLength(2)
  })

  test('[AP43] a notice is acknowledged by whoever may see it; for others it is not there', async () => {
    const { api, world } = await running()
    const [own, foreign] = world.notices
    const acknowledge = (id: string | undefined) =>
      api.inject({ method: 'POST', url: `/api/v1/notices/${id}/acknowledge`, headers: bearer('customer') })
    expect((await acknowledge(own?.id)).json()).toMatchObject({
      acknowledgedBy: 'user:x',
      action: 'Renew the key.',
    })
    expect((await acknowledge(foreign?.id)).statusCode).toBe(404)
  })

  test('[AP44] only settings that the protocol names are read and set, each with its own check', async () => {
    const { api } = await running()
    const headers = bearer('owner')
    const put = (name: string, value: string) =>
      api.inject({ method: 'PUT', url: `/api/v1/settings/${name}`, headers, payload: { value } })
    expect((await put('display.language', 'zh')).json()).toEqual({ name: 'display.language', value: 'zh' })
    expect((await put('display.language', 'tlh')).statusCode).toBe(422)
    expect((await put('installation_tag', 'mine')).statusCode).toBe(404)
    const rows = (await api.inject({ url: '/api/v1/settings', headers })).json().rows
    expect(rows).toContainEqual({ name: 'display.language', value: 'zh' })
    expect(rows).toContainEqual({ name: 'server.name', value: null })
  })
})

describe('people', () => {
  test('[AP27] the one-time link is a form without script that makes the owner once', async () => {
    const { api } = await running()
    const page = await api.inject(`/first-owner?token=${FIRST_OWNER_TOKEN}`)
    expect(page.body).toContain('<form method="post"')
    expect(page.body).not.toContain('<script')
    expect(page.headers['referrer-policy']).toBe('same-origin')
    const send = (password: string) => {
      const form = new URLSearchParams({
        token: FIRST_OWNER_TOKEN,
        email: 'o@example.org',
        name: 'O',
        password,
      })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return api.inject({ method: 'POST', url: '/first-owner', headers, payload: form.toString() })
    }
    const short = await send('short')
    expect([short.statusCode, short.body.includes('&lt;for&gt;')]).toEqual([422, true])
    expect((await send('correct horse battery')).body).toContain('You are the owner')
    expect((await send('correct horse battery')).statusCode).toBe(404)
    expect((await api.inject(`/first-owner?token=${FIRST_OWNER_TOKEN}`)).statusCode).toBe(404)
    expect((await api.inject('/first-owner?token=guessed')).statusCode).toBe(404)
  })

  test('[AP45] no answer holds a hash of a password or of a token', async () => {
    const { api } = await running()
    const headers = bearer('owner')
    for (const url of ['/api/v1/users', '/api/v1/tokens', '/api/v1/auth/self', '/api/v1/auth/logins']) {
      const answer = await api.inject({ url, headers })
      expect([answer.statusCode, answer.body.includes('nobody-may-see')]).toEqual([200, false])
    }
    const token = await api.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      headers,
      payload: { name: 'x', scopes: ['read'] },
    })
    expect(token.body).not.toContain('nobody-may-see')
  })

  test('[AP45] a refused login says the same for whatever is wrong', async () => {
    const { api } = await running()
    const login = (email: string) =>
      api.inject({ method: 'POST', url: '/api/v1/auth/login', payload: { email, password: 'wrong' } })
    const known = await login('owner@example.org')
    expect(known.json()).toMatchObject({ status: 401, code: 'login_failed' })
    expect((await login('nobody@example.org')).body).toBe(known.body)
  })
})
