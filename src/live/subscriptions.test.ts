import { expect, test } from 'vitest'
import { accountStream, LIVE_LIMITS, pairStream, tickerStream } from '../../protocol/live.ts'
import type { NoticeId } from '../domain/ids.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { accountIdOf, BTC, ETH, orderOf, tickerOf } from './testing/accounts.ts'
import { ADA, BOB, openHome } from './testing/homes.ts'
import { pairIdOf } from './testing/pairs.ts'

const ORDERS = accountStream(ADA, 'orders')
const BALANCE = accountStream(ADA, 'balance')

test('[LV1] the acknowledgement comes after the snapshots and says where each stream is', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  const answer = await device.ask('subscribe_trading', { types: ['orders', 'balance'] })
  const positions = device.frames().map(({ stream, epoch, seq }) => [stream, { epoch, seq, state: 'live' }])
  expect(answer).toEqual({ streams: Object.fromEntries(positions), unwatched: [] })
  expect(positions).toHaveLength(2)
})

test('[LV9] a heartbeat says where the subscribed streams are, and none of the others', async () => {
  const clock = new ManualClock()
  const home = await openHome({ clock })
  const device = await home.device('ada')
  await device.ask('subscribe_trading', { types: ['orders'] })
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] })
  await clock.advance(LIVE_LIMITS.heartbeatMs)
  await device.until(() => device.heartbeats().length > 0)
  expect(device.heartbeats()[0]?.streams).toEqual({
    [ORDERS]: { ...lastOf(device.frames()), state: 'live' },
  })
})

test('[LV10] subscribing replaces the former set of its kind, and doubles nothing', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  await device.ask('subscribe_ticker', { symbols: [BTC] })
  await device.ask('subscribe_trading', { types: ['balance', 'orders'] })
  await device.ask('subscribe_trading', { types: ['orders', 'orders'], accounts: [ADA, ADA] })
  device.heard.length = 0
  home.ada.change({ kind: 'orders', rows: [orderOf('o1')] }, { kind: 'balances', rows: [] })
  home.server.tickers.tell(tickerOf('60000'))
  await device.until(() => device.frames().length >= 2)
  expect(device.frames().map(each => each.stream)).toEqual([ORDERS, tickerStream(BTC)])
})

test('[LV10] unsubscribing ends its kind and not the other', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  await device.ask('subscribe_ticker', { symbols: [BTC, ETH] })
  await device.ask('subscribe_trading', { types: ['orders'] })
  expect(await device.ask('unsubscribe_trading')).toEqual({ streams: {} })
  expect(home.ada.listeners.size).toBe(0)
  expect(home.server.tickers.listeners.get(ETH)?.size).toBe(1)
  await device.ask('unsubscribe_ticker', {})
  expect(home.server.tickers.listeners.get(ETH)?.size).toBe(0)
})

test('[LV11] a resync brings a snapshot of that one stream', async () => {
  const home = await openHome()
  const device = await home.device('ada')
  await device.ask('subscribe_trading', { types: ['orders', 'balance'] })
  device.heard.length = 0
  await device.ask('resync', { stream: BALANCE })
  expect(device.frames()).toMatchObject([{ stream: BALANCE, kind: 'snapshot' }])
  expect(await device.ask('resync', { stream: accountStream(BOB, 'orders') })).toMatchObject({
    error: { code: 'not_found' },
  })
})

test("[LV13] another's account looks like one that does not exist, in every way", async () => {
  const home = await openHome()
  const device = await home.device('ada')
  const answers = []
  for (const account of [BOB, accountIdOf(9), 'nonsense']) {
    const answer = await device.ask('subscribe_trading', { types: ['orders'], accounts: [account] })
    answers.push(JSON.stringify(answer).replaceAll(account, '?'))
  }
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toContain('not_found')
  expect(home.bob.watched).toBe(0)
  expect(device.frames()).toEqual([])
})

test('[LV13] without naming accounts a customer gets their own, and who sees all must name them', async () => {
  const home = await openHome()
  const [customer, operator] = [await home.device('bob'), await home.device('olga')]
  await customer.ask('subscribe_trading', { types: ['orders'] })
  expect(customer.frames().map(each => each.stream)).toEqual([accountStream(BOB, 'orders')])
  const answer = await operator.ask('subscribe_trading', { types: ['orders'] })
  expect(answer).toMatchObject({ error: { code: 'invalid' } })
  await operator.ask('subscribe_trading', { types: ['orders'], accounts: [ADA, BOB] })
  expect(operator.frames()).toHaveLength(2)
})

test('[LV63] one that cannot be watched hides no other, and is named without a word on why', async () => {
  const home = await openHome()
  home.server.pairs.add(pairIdOf(1), [ADA, ADA])
  home.server.pairs.add(pairIdOf(2), [ADA, BOB])
  const device = await home.device('ada')
  const accounts = [BOB, ADA, accountIdOf(9)]
  expect(await device.ask('subscribe_trading', { types: ['orders'], accounts })).toMatchObject({
    streams: { [ORDERS]: { state: 'live' } },
    unwatched: [BOB, accountIdOf(9)],
  })
  expect(home.bob.watched).toBe(0)
  const pairs = [pairIdOf(2), pairIdOf(1), pairIdOf(3)]
  expect(await device.ask('subscribe_pairs', { pairs })).toMatchObject({
    streams: { [pairStream(pairIdOf(1))]: {} },
    unwatched: [pairIdOf(2), pairIdOf(3)],
  })
  expect(await device.ask('subscribe_ticker', { symbols: ['bybit:GONE', BTC] })).toMatchObject({
    streams: { [tickerStream(BTC)]: {} },
    unwatched: ['bybit:GONE'],
  })
  expect(await device.ask('subscribe_trading', { types: ['orders'], accounts: [BOB] })).toMatchObject({
    error: { code: 'not_found' },
  })
  expect(await device.ask('resync', { stream: ORDERS })).toMatchObject({ streams: { [ORDERS]: {} } })
})

test('[LV64] what can be watched later joins with the next heartbeat, named or not, and only for who may see it', async () => {
  const clock = new ManualClock()
  const home = await openHome({ clock })
  const late = accountIdOf(3)
  const lateOrders = accountStream(late, 'orders')
  const [own, named, bob] = [
    await home.device('ada'),
    await home.device('ada'),
    await home.device('bob'),
  ] as const
  await own.ask('subscribe_trading', { types: ['orders'] })
  for (const each of [named, bob])
    await each.ask('subscribe_trading', { types: ['orders'], accounts: [ADA, BOB, late] })
  home.server.accounts.add(late).change({ kind: 'orders', rows: [orderOf('o1')] })
  home.server.authority.put({ name: 'ada', accounts: new Set([ADA, late]) })
  await clock.advance(LIVE_LIMITS.heartbeatMs)
  for (const each of [own, named]) {
    await each.until(() => each.heartbeats().length > 0)
    expect(each.frames(lateOrders)).toMatchObject([{ kind: 'snapshot', data: [{ id: 'o1' }] }])
    expect(each.heartbeats().at(-1)?.streams).toHaveProperty([lateOrders, 'state'], 'live')
    expect(each.frames(ORDERS)).toHaveLength(1)
  }
  await bob.until(() => bob.heartbeats().length > 0)
  expect(bob.frames(lateOrders)).toEqual([])
})

test('[LV22] a notice reaches those who may see its account', async () => {
  const home = await openHome()
  const [ada, bob, olga] = [
    await home.device('ada'),
    await home.device('bob'),
    await home.device('olga'),
  ] as const
  const notice = {
    id: 'n1' as NoticeId,
    code: 'key_refused',
    level: 'critical',
    accountId: ADA,
    instrumentId: null,
    text: 'The key of ada was refused.',
    action: 'Put a new one.',
    details: null,
    recovers: null,
    at: 1,
    acknowledgedAt: null,
    acknowledgedBy: null,
  } as const
  home.server.notice(notice)
  home.server.notice({ ...notice, id: 'n2' as NoticeId, accountId: null })
  await olga.until(() => olga.all('notice').length === 2)
  await ada.until(() => ada.all('notice').length === 1)
  expect(ada.all('notice')).toMatchObject([{ id: 'n1', account: ADA, action: 'Put a new one.' }])
  await bob.ask('unsubscribe_ticker')
  expect(bob.all('notice')).toEqual([])
})

function lastOf(frames: readonly { readonly epoch: string; readonly seq: number }[]) {
  const last = frames.at(-1)
  return { epoch: last?.epoch, seq: last?.seq }
}
