import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { instrumentId, type SignalId, type SourceId, uuidv7 } from '../domain/ids.ts'
import { err, ok } from '../domain/result.ts'
import type { Signal } from '../domain/signal.ts'
import { makeWorld, value } from '../security/testing/world.ts'
import { signalsOf } from './signals.ts'

const SOURCE: SourceId = uuidv7(1, new Uint8Array(10))
const SIGNAL: Signal = {
  id: uuidv7<SignalId>(2, new Uint8Array(10)),
  sourceId: SOURCE,
  externalId: 'a-1',
  digest: 'a digest',
  instrumentId: instrumentId('bybit', 'BTCUSDT'),
  action: { kind: 'target', quantity: decimal('0') },
  signalPrice: null,
  at: 1,
  receivedAt: 2,
  status: 'pending',
  reason: null,
}

test('[SE57] a webhook’s secret is its source’s until it is renewed or ended, and a failing disk changes nothing', async () => {
  const { security, records } = await makeWorld()
  const take = async (signal: Signal) => ok(signal)
  const signals = signalsOf({ engine: { signals: { take } }, credentials: security.credentials })
  expect(await signals.take(SIGNAL)).toEqual(ok(SIGNAL))
  const { token: first } = value(await signals.renewHook(SOURCE, 'user:ada'))
  expect([signals.sourceOfHook(first), signals.sourceOfHook(`${first}x`)]).toEqual([SOURCE, null])
  records.failing = 'unavailable'
  expect(await signals.renewHook(SOURCE, 'user:ada')).toMatchObject({ error: { code: 'unavailable' } })
  expect(signals.sourceOfHook(first)).toBe(SOURCE)
  const { token: second } = value(await signals.renewHook(SOURCE, 'user:ada'))
  expect([signals.sourceOfHook(first), signals.sourceOfHook(second)]).toEqual([null, SOURCE])
  expect(await signals.endHook(SOURCE, 'user:ada')).toEqual(ok())
  expect(signals.sourceOfHook(second)).toBeNull()
  expect(await signals.endHook(SOURCE, 'user:ada')).toMatchObject({ error: { code: 'not_found' } })
})

test('[SE77] a signal that the engine does not take is refused with its words', async () => {
  const { security } = await makeWorld()
  const take = async () => err({ kind: 'conflict', message: 'The id a-1 was used.' } as const)
  const signals = signalsOf({ engine: { signals: { take } }, credentials: security.credentials })
  expect(await signals.take(SIGNAL)).toEqual(
    err({ code: 'signal_conflict', message: 'The id a-1 was used.' }),
  )
})
