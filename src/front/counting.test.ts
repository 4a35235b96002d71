import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import { type AccountId, instrumentId, uuidv7 } from '../domain/ids.ts'
import { createMetrics } from '../ops/metrics.ts'
import { countingObserver } from './counting.ts'

const [ADA, BEN] = [1, 2].map(made => uuidv7<AccountId>(made, new Uint8Array(10))) as [AccountId, AccountId]
const COPIED: Decision = {
  id: 'decision' as Decision['id'],
  linkId: 'link' as Decision['linkId'],
  instrumentId: instrumentId('bybit', 'BTCUSDT'),
  positionIndex: 0,
  part: 'increase',
  firstFill: 1,
  lastFill: 1,
  quantity: decimal('1'),
  wanted: decimal('1'),
  leaderPrice: decimal('60000'),
  validUntil: null,
  status: 'done',
  outcome: 'copied',
  reason: 'copied',
  detail: null,
  intentId: null,
  times: {
    leaderFillAt: 1_000,
    receivedAt: 1_004,
    decidedAt: 1_005,
    persistedAt: 1_010,
    sentAt: 1_010,
    ackedAt: 1_015,
    filledAt: null,
  },
}

test('[OP9] the gauge of sessions says how many there are in each state, and forgets those that were closed', async () => {
  const metrics = createMetrics()
  const observer = countingObserver(metrics, {})
  for (const state of ['connecting', 'syncing', 'live'] as const) observer.session?.(ADA, state, '')
  observer.session?.(BEN, 'connecting', '')
  const gauge = async (state: string) =>
    new RegExp(`lockstep_sessions\\{state="${state}"\\} (\\d+)`).exec(await metrics.text())?.[1]
  expect([await gauge('connecting'), await gauge('syncing'), await gauge('live')]).toEqual(['1', '0', '1'])
  // A reset: the former one ends, then there is another of the same account.
  observer.session?.(ADA, 'closed', '')
  expect(await gauge('live')).toBe('0')
  observer.session?.(ADA, 'connecting', '')
  expect(await gauge('connecting')).toBe('2')
})

test('[OP9] each hop that a copy has passed is counted, and whoever else listens hears it too', async () => {
  const metrics = createMetrics()
  const heard: string[] = []
  const observer = countingObserver(metrics, { decided: ({ outcome }) => void heard.push(String(outcome)) })
  observer.decided?.(COPIED, null, ADA)
  const text = await metrics.text()
  expect(text).toContain('lockstep_copy_hop_seconds_count{hop="persist"} 1')
  expect(text).toContain('lockstep_copy_hop_seconds_sum{hop="persist"} 0.005')
  expect(text).not.toContain('lockstep_copy_hop_seconds_count{hop="fill"} 1')
  expect(heard).toEqual(['copied'])
})

test('[AP71] signals are counted as they are taken in, and by what became of them', async () => {
  const metrics = createMetrics()
  const heard: string[] = []
  const observer = countingObserver(metrics, { signalled: status => void heard.push(status) })
  for (const status of ['pending', 'pending', 'applied', 'refused'] as const) observer.signalled?.(status)
  const text = await metrics.text()
  expect(text).toContain('lockstep_signals_total{status="pending"} 2')
  expect(text).toContain('lockstep_signals_total{status="applied"} 1')
  expect(text).toContain('lockstep_signals_total{status="refused"} 1')
  expect(heard).toEqual(['pending', 'pending', 'applied', 'refused'])
})
