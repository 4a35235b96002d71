import { expect, test } from 'vitest'
import { ok } from '../../../src/domain/result.ts'
import { accepted, SYMBOL, stage } from '../../core/fixture.ts'
import { RollingLimits } from '../shared/rolling-limits.ts'
import { tradeSession } from './trade-stream.ts'
import { createVenue } from './venue.ts'

const QUARTER_MS = 300_000

test('[LM14] fifty thousand names are counted; then the one that began first begins anew', () => {
  const limits = new RollingLimits()
  const rule = { requests: 1, perMs: 1_000 }
  for (let name = 0; name < 50_000; name += 1) limits.take(`name-${name}`, 1, rule, 0)
  expect(limits.take('name-0', 1, rule, 1).granted).toBe(0)
  limits.take('one more', 1, rule, 1)
  expect(limits.take('name-1', 1, rule, 1).granted).toBe(0)
  expect(limits.take('name-0', 1, rule, 1).granted).toBe(1)
})

test('[LM14] of open interest a week is kept, of the public trades of a symbol no more than two pages', () => {
  const { exchange, submit } = stage()
  let now = 0
  const time = (at: number): number => at
  const venue = createVenue({ exchange, now: () => now, worldNow: () => now, wallAt: time, worldAt: time })
  for (let sample = 0; sample < 2_020; sample += 1) {
    venue.openInterest.sample(now)
    now += QUARTER_MS
  }
  const samples = venue.openInterest.history(SYMBOL, QUARTER_MS)
  expect(samples).toHaveLength(2_016)
  expect(samples.at(-1)?.at).toBe(4 * QUARTER_MS)
  accepted(submit('alice', { side: 'buy', quantity: '0.001' }))
  const [execution] = exchange.executions('alice')
  if (execution === undefined) throw new Error('a market order trades at once')
  for (let trade = 0; trade < 2_500; trade += 1) venue.tape.executed({ ...execution, sequence: trade })
  const recent = venue.tape.recent(SYMBOL, 10_000)
  expect(recent.length).toBeLessThanOrEqual(2_000)
  expect(recent[0]?.sequence).toBe(2_499)
})

test('[LM14] of a connection the last ten thousand request ids are known', () => {
  const answers: string[] = []
  const peer = {
    id: 'peer',
    address: '',
    send: (text: string) => void answers.push(text),
    close: () => {},
    freeze: () => {},
  }
  const session = tradeSession(peer, {
    login: () => ok(KEY),
    command: async () => null,
    now: () => 1_000,
  })
  session.receive(JSON.stringify({ op: 'auth', args: [] }))
  const ask = (reqId: string): string | undefined => {
    const before = answers.length
    const header = { 'X-BAPI-TIMESTAMP': '1000' }
    session.receive(JSON.stringify({ op: 'order.create', reqId, header, args: [{}] }))
    return answers[before]
  }
  for (let count = 0; count < 10_000; count += 1) expect(ask(`id-${count}`)).toBeUndefined()
  expect(ask('id-0')).toContain('20006')
  ask('one more')
  expect(ask('id-1')).toContain('20006')
  expect(ask('id-0')).toBeUndefined()
})

const KEY = {
  key: 'key',
  secret: '',
  account: 'alice',
  userId: 1,
  isDemo: false,
  permissions: { readOnly: false, trade: true, withdraw: false, transfer: false },
  addresses: [],
  createdAt: 0,
  expiresAt: null,
}
