import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FaultName } from '../../exchange/server/fault-catalogue.ts'
import { must } from '../../src/domain/result.ts'
import { type Cast, castOf } from './cast.ts'
import { type Answered, Lockstep, said } from './lockstep.ts'

describe('keys', () => {
  let lockstep: Lockstep
  let cast: Cast
  beforeAll(async () => {
    lockstep = await Lockstep.start()
    cast = await castOf(lockstep)
  })
  afterAll(() => lockstep.stop())

  function exchange() {
    return must(lockstep.server.exchange, 'the server has an exchange')
  }

  function put(key: string, secret: string): Promise<Answered> {
    const path = `accounts/${cast.adas.accountId}/key`
    return lockstep.ask(path, { method: 'PUT', token: cast.operator.token, body: { key, secret } })
  }

  async function sealed(): Promise<unknown> {
    const { secrets } = await lockstep.server.store.directory()
    return secrets.find(({ owner }) => owner === `account:${cast.adas.accountId}`)
  }

  test('[SE78] a key that may withdraw, may not trade for a follower, or is of nobody is refused and not kept', async () => {
    const before = await sealed()
    const permissions = [{ withdraw: true }, { transfer: true }, { readOnly: true }, { trade: false }]
    for (const each of permissions) {
      const made = exchange().addAccount({ account: 'ada', permissions: each })
      if (!made.ok) throw new Error(made.error)
      const answer = await put(made.value.key, made.value.secret)
      expect([each, said(answer)]).toEqual([each, '422 key_refused'])
      expect(answer.body).not.toContain(made.value.secret)
    }
    expect(said(await put('nobodys-key', 'nobodys-secret'))).toBe('422 key_refused')
    expect(await sealed()).toEqual(before)
  })

  test('[SE77] a venue that does not answer, or is asked too often, says nothing of the key', async () => {
    const before = await sealed()
    const made = exchange().addAccount({ account: 'ada' })
    if (!made.ok) throw new Error(made.error)
    const fault = (name: FaultName) =>
      exchange().faults.add({
        name,
        probability: 1,
        times: null,
        account: null,
        target: '/v5/user/query-api',
        delayMs: 0,
      })
    for (const name of ['unavailable', 'rate_limit'] as const) {
      fault(name)
      expect([name, said(await put(made.value.key, made.value.secret))]).toEqual([name, '503 unavailable'])
      exchange().faults.remove({ name })
    }
    expect(await sealed()).toEqual(before)
    expect(said(await put(made.value.key, made.value.secret))).toBe('200')
    expect(await sealed()).not.toEqual(before)
    expect(JSON.stringify(lockstep.lines)).not.toContain(made.value.secret)
  })
})
