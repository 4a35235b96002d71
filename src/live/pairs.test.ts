import { expect, test } from 'vitest'
import { LIVE_LIMITS, pairStream, tickerStream } from '../../protocol/live.ts'
import { type PairRow, pairRow } from '../../protocol/live-data.ts'
import { decimal } from '../domain/decimal.ts'
import type { RoundId } from '../domain/ids.ts'
import type { Round } from '../domain/pair.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { BTC } from './testing/accounts.ts'
import type { Device } from './testing/device.ts'
import { ADA, BOB, openHome } from './testing/homes.ts'
import { pairIdOf } from './testing/pairs.ts'

const OWN = pairIdOf(1)
const SHARED = pairIdOf(2)

function rowsOf(device: Device): readonly PairRow[] {
  return device.frames(pairStream(OWN)).map(({ data }) => pairRow.parse(data))
}

test('[LV46] a snapshot, then every change whole and at once, with the state of the accounts', async () => {
  const home = await openHome({ clock: new ManualClock() })
  const pair = home.server.pairs.add(OWN, [ADA, ADA])
  const device = await home.device('ada')
  const answer = await device.ask('subscribe_pairs', { pairs: [OWN] })
  expect(answer).toEqual({
    streams: { [pairStream(OWN)]: expect.objectContaining({ state: 'live', seq: 1 }) },
    unwatched: [],
  })
  expect(rowsOf(device)).toMatchObject([
    { pair: 'pair 1', phase: 'idle', pause: null, gap: '0', unhedgedSince: null, round: null },
  ])
  const round: Round = {
    id: 'round' as RoundId,
    pairId: OWN,
    number: 1,
    startedAt: 5,
    endedAt: null,
    quantityA: decimal('0.01'),
    notionalA: decimal('600'),
    tradedA: decimal('0.01'),
    quantityB: decimal('0'),
    notionalB: decimal('0'),
    tradedB: decimal('0'),
    attempts: [],
    outcome: 'open',
  }
  const state = { ...pair.view.state, phase: 'exposed', unhedgedSince: 6 } as const
  pair.change({ a: decimal('0.01'), gap: decimal('-0.01'), unhedged: decimal('0.01'), state, round })
  pair.change({ state: { ...state, phase: 'hedging' } })
  await device.until(() => rowsOf(device).length === 3)
  expect(device.frames(pairStream(OWN)).map(({ kind, seq }) => [kind, seq])).toEqual([
    ['snapshot', 1],
    ['delta', 2],
    ['delta', 3],
  ])
  expect(rowsOf(device).at(-1)).toMatchObject({
    phase: 'hedging',
    a: { account: ADA, instrument: BTC, quantity: '0.01' },
    unhedged: '0.01',
    unhedgedSince: 6,
    round: { number: 1, outcome: 'open', quantityA: '0.01', unhedgedMs: null, costBps: null, attempts: 0 },
  })
  pair.become('degraded')
  await device.until(() => device.heartbeats().length > 0)
  expect(device.heartbeats().at(-1)?.streams).toMatchObject({
    [pairStream(OWN)]: { state: 'degraded', seq: 3 },
  })
})

test('[LV47] pairs are a set of their own; one that is removed is closed, and the socket stays', async () => {
  const home = await openHome({ clock: new ManualClock() })
  const pair = home.server.pairs.add(OWN, [ADA, ADA])
  const device = await home.device('ada')
  await device.ask('subscribe_ticker', { symbols: [BTC] })
  await device.ask('subscribe_pairs', { pairs: [OWN, OWN] })
  expect(await device.ask('resync', { stream: pairStream(OWN) })).toMatchObject({ streams: {} })
  home.server.pairs.remove(OWN)
  await device.until(() => device.heartbeats().length > 0)
  expect(device.heartbeats().at(-1)?.streams).toMatchObject({ [pairStream(OWN)]: { state: 'closed' } })
  expect(await device.ask('unsubscribe_pairs')).toEqual({ streams: {} })
  expect([pair.listeners.size, device.isConnected]).toEqual([0, true])
  expect(await device.ask('resync', { stream: tickerStream(BTC) })).toMatchObject({ streams: {} })
})

test('[LV48] a pair of which one account is somebody else’s is not there, and leaves nothing subscribed', async () => {
  const clock = new ManualClock()
  const home = await openHome({ clock })
  home.server.pairs.add(OWN, [ADA, ADA])
  const shared = home.server.pairs.add(SHARED, [ADA, BOB])
  const [ada, olga] = [await home.device('ada'), await home.device('olga')]
  const answers = []
  for (const id of [SHARED, pairIdOf(9), 'nonsense']) {
    const answer = await ada.ask('subscribe_pairs', { pairs: [id] })
    answers.push(JSON.stringify(answer).replaceAll(id, '?'))
  }
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toContain('not_found')
  expect([shared.listeners.size, ada.frames()]).toEqual([0, []])
  expect(await olga.ask('subscribe_pairs', { pairs: [SHARED] })).toMatchObject({ streams: {} })
  // Taken from her while she watches: the next heartbeat ends it.
  await ada.ask('subscribe_pairs', { pairs: [OWN] })
  home.server.authority.put({ name: 'ada', accounts: new Set() })
  await clock.advance(LIVE_LIMITS.heartbeatMs)
  await ada.until(() => ada.all('revoked').length > 0)
})
