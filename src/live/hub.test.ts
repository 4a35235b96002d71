import { beforeEach, describe, expect, test } from 'vitest'
import { accountStream, type Frame, frame, TRADING_TYPES, tickerStream } from '../../protocol/live.ts'
import { STREAM_DATA } from '../../protocol/live-data.ts'
import type { InstrumentId } from '../domain/ids.ts'
import { SILENT } from '../ports/observe.ts'
import { fixedRandom, ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { Hub } from './hub.ts'
import type { Subscriber } from './room.ts'
import {
  accountIdOf,
  BTC,
  balanceOf,
  orderOf,
  pnlOf,
  positionOf,
  type ScriptedAccount,
  ScriptedAccounts,
  ScriptedTickers,
  tickerOf,
} from './testing/accounts.ts'
import { readPacket } from './testing/packets.ts'
import { ScriptedPairs } from './testing/pairs.ts'

const ADA = accountIdOf(1)
const ORDERS = accountStream(ADA, 'orders')
const PNL = accountStream(ADA, 'pnl')

/** Reads what is sent as the wire would carry it. */
class Reader implements Subscriber {
  readonly heard: (readonly [event: string, payload: unknown])[] = []

  send(packet: Buffer): void {
    this.heard.push(readPacket(packet))
  }

  frames(stream?: string): readonly Frame[] {
    const frames = this.heard.flatMap(([event, payload]) => (event === 'frame' ? [frame.parse(payload)] : []))
    return stream === undefined ? frames : frames.filter(each => each.stream === stream)
  }
}

let clock: ManualClock
let accounts: ScriptedAccounts
let tickers: ScriptedTickers
let hub: Hub
let ada: ScriptedAccount

beforeEach(() => {
  clock = new ManualClock()
  accounts = new ScriptedAccounts()
  tickers = new ScriptedTickers()
  hub = new Hub({
    accounts,
    pairs: new ScriptedPairs(),
    tickers,
    clock,
    random: fixedRandom(0.5),
    log: SILENT,
  })
  ada = accounts.add(ADA)
})

function join(
  reader: Reader,
  names: readonly string[] = TRADING_TYPES.map(type => accountStream(ADA, type)),
) {
  return hub.join(reader, [{ accountId: ADA, streams: new Map(names.map(name => [name, null])) }])
}

function watchTicker(reader: Reader, instrumentId: InstrumentId) {
  return hub.join(reader, [{ instrumentId, streams: new Map([[tickerStream(instrumentId), null]]) }])
}

describe('an account', () => {
  test('[LV1] is told whole to who joins, and then by what changes, in rows as the protocol has them', () => {
    ada.change({ kind: 'orders', rows: [orderOf('o1')] })
    const reader = new Reader()
    join(reader)
    expect(reader.frames()).toHaveLength(TRADING_TYPES.length)
    ada.change(
      { kind: 'orders', rows: [orderOf('o1', 'filled')] },
      { kind: 'positions', rows: [positionOf('0.01')] },
      { kind: 'balances', rows: [balanceOf('1000.5')] },
    )
    const [snapshot, delta] = reader.frames(ORDERS)
    expect(snapshot).toMatchObject({ kind: 'snapshot', data: [{ id: 'o1', status: 'open' }] })
    expect(delta).toMatchObject({
      kind: 'delta',
      prevSeq: snapshot?.seq,
      data: [{ id: 'o1', status: 'filled' }],
    })
    expect(reader.frames(accountStream(ADA, 'balance')).at(-1)).toMatchObject({
      data: [{ currency: 'USDT', total: '1000.5', equity: null }],
    })
    for (const type of TRADING_TYPES)
      for (const each of reader.frames(accountStream(ADA, type))) STREAM_DATA[type].parse(each.data)
  })

  test('[LV4] tells every order, position and balance by itself, however fast they come', () => {
    const reader = new Reader()
    join(reader)
    for (let at = 1; at <= 30; at += 1) ada.change({ kind: 'orders', rows: [orderOf(`o${at}`)] })
    expect(reader.frames(ORDERS)).toHaveLength(31)
  })

  test('[LV5] tells its PnL ten times a second at most: the first at once, and always the last', async () => {
    const reader = new Reader()
    join(reader, [PNL])
    for (let at = 1; at <= 5; at += 1) ada.change({ kind: 'pnl', row: pnlOf(`${at}`, '10') })
    expect(reader.frames(PNL).map(each => each.data)).toMatchObject([
      { realizedToday: '0', equity: null, curvePoint: null },
      { realizedToday: '1', equity: '10', curvePoint: { equity: '10' } },
    ])
    await clock.advance(100)
    expect(reader.frames(PNL).at(-1)).toMatchObject({ data: { realizedToday: '5' } })
    await clock.advance(1_000)
    expect(reader.frames(PNL)).toHaveLength(3)
  })

  test('[LV6] that was read anew is told whole to everyone, and leaves no older cursor of use', () => {
    const [reader, late] = [new Reader(), new Reader()]
    join(reader, [ORDERS])
    const before = hub.position(ORDERS)
    ada.orders.set('o9', orderOf('o9'))
    ada.change({ kind: 'replaced' }, { kind: 'orders', rows: [] })
    expect(reader.frames()).toHaveLength(2)
    expect(reader.frames().at(-1)).toMatchObject({ kind: 'snapshot', data: [{ id: 'o9' }] })
    const cursor = { epoch: before?.epoch ?? '', seq: before?.seq ?? 0 }
    hub.join(late, [{ accountId: ADA, streams: new Map([[ORDERS, cursor]]) }])
    expect(late.frames()).toMatchObject([{ kind: 'snapshot' }])
  })

  test('[LV7] that has not been read yet says so, and comes whole as soon as it is', () => {
    ada.isRead = false
    ada.state = 'connecting'
    const reader = new Reader()
    join(reader)
    ada.change({ kind: 'orders', rows: [orderOf('o1')] })
    expect(reader.heard).toEqual([])
    expect(hub.position(ORDERS)).toMatchObject({ seq: 0, state: 'connecting' })
    ada.isRead = true
    ada.become('live')
    expect(reader.frames().map(each => each.kind)).toEqual(TRADING_TYPES.map(() => 'snapshot'))
    expect(reader.frames(ORDERS)).toMatchObject([{ seq: 1, data: [{ id: 'o1' }] }])
  })

  test('[LV8] that cannot be trusted any more is told at once', () => {
    const reader = new Reader()
    join(reader, [ORDERS])
    ada.become('degraded')
    const seq = hub.position(ORDERS)?.seq
    expect(reader.heard.at(-1)).toMatchObject([
      'heartbeat',
      { streams: { [ORDERS]: { seq, state: 'degraded' } } },
    ])
  })

  test('[LV2] streams that nobody reads go on counting while another of the same account is read', () => {
    const [reader, other] = [new Reader(), new Reader()]
    join(reader)
    const cursor = hub.position(ORDERS)
    join(other, [PNL])
    hub.leave(reader, ORDERS)
    ada.change({ kind: 'orders', rows: [orderOf('o1')] })
    const { epoch, seq } = cursor ?? { epoch: '', seq: 0 }
    const back = new Reader()
    hub.join(back, [{ accountId: ADA, streams: new Map([[ORDERS, { epoch, seq }]]) }])
    expect(back.frames()).toMatchObject([{ kind: 'snapshot', data: [{ id: 'o1' }] }])
  })

  test('[LV12] is watched once for all readers, and no longer than the last of them reads', () => {
    const [phone, browser] = [new Reader(), new Reader()]
    join(phone)
    join(browser)
    expect(ada.watched).toBe(1)
    for (const type of TRADING_TYPES) expect(hub.leave(phone, accountStream(ADA, type))).toBe(1)
    ada.change({ kind: 'orders', rows: [orderOf('o1')] })
    expect(browser.frames(ORDERS).at(-1)).toMatchObject({ data: [{ id: 'o1' }] })
    for (const type of TRADING_TYPES) hub.leave(browser, accountStream(ADA, type))
    expect(ada.listeners.size).toBe(0)
    expect(hub.size).toBe(0)
  })

  test('[LV3] that is watched again has another epoch, so that an old cursor means a snapshot', () => {
    const first = new Reader()
    join(first, [ORDERS])
    const old = hub.position(ORDERS)
    hub.leave(first, ORDERS)
    const second = new Reader()
    const { epoch, seq } = old ?? { epoch: '', seq: 0 }
    hub.join(second, [{ accountId: ADA, streams: new Map([[ORDERS, { epoch, seq }]]) }])
    expect(second.frames()).toMatchObject([{ kind: 'snapshot' }])
    expect(hub.position(ORDERS)?.epoch).not.toBe(epoch)
  })

  test('[LV13] that is unknown is not joined, and hides none that is known', () => {
    const reader = new Reader()
    const streams = new Map([[accountStream(accountIdOf(9), 'orders'), null]])
    const known = { accountId: ADA, streams: new Map([[ORDERS, null]]) }
    expect(hub.join(reader, [{ accountId: accountIdOf(9), streams }, known])).toEqual([known])
    expect(reader.frames()).toMatchObject([{ stream: ORDERS, kind: 'snapshot' }])
    expect(hub.size).toBe(1)
  })

  test('[LV1] is looked at once for all four streams of a subscription', () => {
    join(new Reader())
    ada.viewed = 0
    join(new Reader())
    expect(ada.viewed).toBe(1)
  })
})

describe('a ticker', () => {
  test('[LV5] is told ten times a second at most: the first at once, and always the last', async () => {
    const reader = new Reader()
    watchTicker(reader, BTC)
    expect(hub.position(tickerStream(BTC))).toMatchObject({ seq: 0, state: 'connecting' })
    for (let at = 1; at <= 5; at += 1) tickers.tell(tickerOf(`${at}`))
    await clock.advance(1_000)
    expect(reader.frames().map(each => each.data)).toMatchObject([
      { last: '1' },
      { last: '2' },
      { last: '5' },
    ])
    expect(reader.frames().map(each => each.kind)).toEqual(['snapshot', 'delta', 'delta'])
    for (const each of reader.frames()) STREAM_DATA.ticker.parse(each.data)
  })

  test('[LV12] is watched once for all readers, and no longer than the last of them reads', () => {
    const [phone, browser] = [new Reader(), new Reader()]
    watchTicker(phone, BTC)
    watchTicker(browser, BTC)
    tickers.tell(tickerOf('60000'))
    expect(tickers.listeners.get(BTC)?.size).toBe(1)
    hub.leave(phone, tickerStream(BTC))
    hub.leave(browser, tickerStream(BTC))
    expect(tickers.listeners.get(BTC)?.size).toBe(0)
  })
})
