import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accountAnswer } from '../../protocol/rest/accounts.ts'
import { listAnswer } from '../../protocol/rest/common.ts'
import { hookAnswer } from '../../protocol/rest/sources.ts'
import { must } from '../../src/domain/result.ts'
import { type Cast, castOf } from './cast.ts'
import { type Answered, Lockstep, said } from './lockstep.ts'

const signals = z.object({ rows: z.array(z.object({ externalId: z.string() })) })

describe('webhooks and keys', () => {
  let lockstep: Lockstep
  let cast: Cast
  let sent = 0
  beforeAll(async () => {
    lockstep = await Lockstep.start()
    cast = await castOf(lockstep)
  })
  afterAll(() => lockstep.stop())

  function signal(more: object = {}) {
    sent += 1
    const now = new Date().toISOString()
    return { id: `signal-${sent}`, time: now, symbol: 'BTCUSDT', side: 'buy', quantity: '0.1', ...more }
  }

  function send(path: string, body: object = signal()): Promise<Answered> {
    return lockstep.ask(path, { body })
  }

  async function idsOf(sourceId: string): Promise<readonly string[]> {
    const { token } = cast.owner
    const { rows } = await lockstep.done(signals, `sources/${sourceId}/signals`, { token })
    return rows.map(({ externalId }) => externalId)
  }

  test('[SE57] [AP34] only the present secret of a source opens its webhook, and only its own', async () => {
    const { adas, bobs, owner } = cast
    const secretOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
    const wrong = [
      adas.hookPath.replace(/.$/, last => (last === 'A' ? 'B' : 'A')),
      adas.hookPath.slice(0, -1),
      `/api/v1/hook/${adas.signalsId}.${secretOf(bobs.hookPath)}`,
      `/api/v1/hook/${adas.sourceId}.${secretOf(adas.hookPath)}`,
      `/api/v1/hook/${adas.signalsId}.-`,
      `/api/v1/hook/${adas.signalsId}`,
    ]
    for (const path of wrong) expect([path, said(await send(path))]).toEqual([path, '404 not_found'])
    const asked = { method: 'POST', token: owner.token }
    const { path } = await lockstep.done(hookAnswer, `sources/${adas.signalsId}/hook`, asked)
    expect(said(await send(adas.hookPath))).toBe('404 not_found')
    expect(said(await send(path))).toBe('202')
    await lockstep.ask(`sources/${adas.signalsId}/hook`, { method: 'DELETE', token: owner.token })
    expect(said(await send(path))).toBe('404 not_found')
    expect(said(await send(bobs.hookPath))).toBe('202')
  })

  test('[AP32] [AP33] a message that is replayed is not traded again, changed it is a conflict, and old it is nothing', async () => {
    const { hookPath, signalsId } = cast.bobs
    const body = signal()
    const first = await send(hookPath, body)
    const again = await Promise.all([send(hookPath, body), send(hookPath, body)])
    expect(again.map(each => each.body)).toEqual([first.body, first.body])
    expect(said(await send(hookPath, { ...body, quantity: '9' }))).toBe('409 signal_conflict')
    const late = signal({ time: Date.now() - 6 * 60_000 })
    expect(said(await send(hookPath, late))).toBe('422 signal_too_old')
    expect(said(await send(hookPath, { ...signal(), time: undefined }))).toBe('422 signal_incomplete')
    const ids = await idsOf(signalsId)
    expect(ids.filter(id => id === body.id)).toHaveLength(1)
    expect(ids).not.toContain(late.id)
  })

  test('[SE75] what signals move takes no key', async () => {
    const { token } = cast.owner
    const { rows } = await lockstep.done(listAnswer(accountAnswer), 'accounts', { token })
    const { id } = must(
      rows.find(({ kind }) => kind === 'virtual'),
      'sources of signals have accounts',
    )
    const body = { key: 'a-key', secret: 'a-secret' }
    expect(said(await lockstep.ask(`accounts/${id}/key`, { method: 'PUT', token, body }))).toBe(
      '409 conflict',
    )
  })

  test('[SE76] the secret of an account or a source is forgotten with it', async () => {
    const { bobs, owner } = cast
    const owners = async (): Promise<readonly string[]> =>
      (await lockstep.server.store.directory()).secrets.map(secret => secret.owner)
    const removed = [`source:${bobs.signalsId}`, `account:${bobs.accountId}`]
    expect(await owners()).toEqual(expect.arrayContaining(removed))
    const paths = [
      `strategies/${bobs.strategyId}/links/${bobs.linkId}?abandon=true`,
      `sources/${bobs.signalsId}`,
      `accounts/${bobs.accountId}`,
    ]
    for (const path of paths)
      expect([path, said(await lockstep.ask(path, { method: 'DELETE', token: owner.token }))]).toEqual([
        path,
        '204',
      ])
    expect((await owners()).filter(each => removed.includes(each))).toEqual([])
    expect(await owners()).toContain(`account:${cast.adas.accountId}`)
    expect(said(await send(bobs.hookPath))).toBe('404 not_found')
  })
})
