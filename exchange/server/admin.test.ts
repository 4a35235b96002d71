import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { stage } from '../core/fixture.ts'
import { mountAdmin } from './admin.ts'
import { Faults } from './faults.ts'
import { KeyRing } from './key-ring.ts'
import { WorldClock } from './world-clock.ts'

let app: FastifyInstance
afterEach(() => app.close())

function admin(): FastifyInstance {
  app = Fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  const now = () => 1_000
  const world = new WorldClock(now, { at: 1_000, speed: 1 })
  mountAdmin(app, { exchange: stage().exchange, keys: new KeyRing(), faults: new Faults(1), world, now })
  return app
}

test('[XW25] the admin side answers this machine only', async () => {
  const url = '/admin/accounts'
  const from = (remoteAddress: string) => admin().inject({ url, remoteAddress })
  expect((await from('127.0.0.1')).statusCode).toBe(200)
  expect((await from('::1')).statusCode).toBe(200)
  expect((await from('192.0.2.7')).statusCode).toBe(403)
})

test('[XW25] what it cannot do is said in words', async () => {
  admin()
  const post = async (url: string, payload: unknown) => {
    const answer = await app.inject({ method: 'POST', url, payload: JSON.stringify(payload) })
    return `${answer.statusCode} ${answer.json().error}`
  }
  expect(await post('/admin/accounts', { account: 'no spaces' })).toMatch(/^400 account: at most 64/)
  expect(await post('/admin/accounts', { account: 'alice', deposit: '1' })).toMatch(
    /^409 .*leave deposit out/,
  )
  expect(await post('/admin/path', { speed: 0 })).toMatch(/^400 speed/)
  expect(await post('/admin/path', { jumpMs: -1 })).toMatch(/^400 jumpMs/)
  expect(await post('/admin/faults', { name: 'drop_answer', probability: 2 })).toMatch(/^400 probability/)
  expect((await app.inject({ url: '/admin/audit?limit=0' })).statusCode).toBe(400)
})
