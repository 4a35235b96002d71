import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { accountStream, type Cursor, TRADING_TYPES, tickerStream } from '../../protocol/live.ts'
import { decimal } from '../../src/domain/decimal.ts'
import { type AccountId, instrumentId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import type { Session } from '../../src/engine/session.ts'
import { Device } from '../../src/live/testing/device.ts'
import { addAccount, addPerson, becomeOwner, type Person, trade } from './cast.ts'
import { eventually, Lockstep, said } from './lockstep.ts'

// What the system before this one lost when an app came back, told over a whole server: people, sessions, an exchange.
// src/live/reconnect.test.ts tells the same of the streams alone, and looks closer.

const TYPES = [...TRADING_TYPES]
const [BTC, ETH] = [instrumentId('bybit', 'BTCUSDT'), instrumentId('bybit', 'ETHUSDT')]

describe('an app comes back', () => {
  let lockstep: Lockstep
  let owner: Person
  let ada: Person
  let accountId: AccountId
  let name: string
  let stories = 0
  beforeAll(async () => {
    lockstep = await Lockstep.start()
    owner = await becomeOwner(lockstep)
    ada = await addPerson(lockstep, owner, 'customer', 'ada')
  })
  afterAll(() => lockstep.stop())
  // Each story has an account of its own, which nobody follows and nobody copies: it is only watched.
  beforeEach(async () => {
    stories += 1
    name = `watched ${stories}`
    accountId = await addAccount(lockstep, owner.token, { name, ownerId: ada.id })
  })

  const positions = () => accountStream(accountId, 'positions')
  const orders = () => accountStream(accountId, 'orders')
  const buy = (quantity: string) => trade(lockstep, name, { symbol: 'BTCUSDT', quantity: decimal(quantity) })

  async function connect(): Promise<Device> {
    const device = await Device.open(lockstep.url, ada.token)
    onTestFinished(() => device.close())
    return device
  }

  /** Resolves when the account is shown as its venue has it. */
  async function look(cursors: Readonly<Record<string, Cursor>> = {}): Promise<Device> {
    const device = await connect()
    await device.ask('subscribe_trading', { types: TYPES, accounts: [accountId], cursors })
    await device.until(() => TYPES.every(type => device.frames(accountStream(accountId, type)).length > 0))
    return device
  }

  async function leave(device: Device): Promise<void> {
    const count = () => lockstep.lines.filter(({ event }) => event === 'live_disconnected').length
    const before = count()
    device.cut()
    await eventually(() => count() > before, 'the server notices who is gone')
  }

  function session(): Session {
    const mine = lockstep.server.engine.sessions.sessions().filter(each => each.accountId === accountId)
    expect(mine).toHaveLength(1)
    return must(mine[0], 'the account has a session')
  }

  function holds(device: Device, quantity: string): boolean {
    const { data } = device.frames(positions()).at(-1) ?? {}
    return JSON.stringify(data ?? []).includes(`"quantity":"${quantity}"`)
  }

  test('[LV61] rooms: it is in all of them again and hears what is traded at the venue', async () => {
    await leave(await look())
    const back = await look()
    back.heard.length = 0
    buy('0.1')
    await back.until(() => TYPES.every(type => back.frames(accountStream(accountId, type)).length > 0))
    await back.until(() => holds(back, '0.1'))
  })

  test('[LV61] venue instance: the account keeps its one session, and it goes on speaking to who is here now', async () => {
    const device = await look()
    const before = session()
    await leave(device)
    const back = await look()
    expect(session()).toBe(before)
    buy('0.1')
    await back.until(() => holds(back, '0.1'))
  })

  test('[LV61] push cache: the first that it hears is what the account holds now, not what was pushed before', async () => {
    const device = await look()
    buy('0.1')
    await device.until(() => holds(device, '0.1'))
    await leave(device)
    buy('0.2')
    await eventually(async () => (await positionsByRest()).includes('"0.3"'), 'the server knows of it')
    const back = await look()
    expect(back.frames(positions())[0]).toMatchObject({ kind: 'snapshot', data: [{ quantity: '0.3' }] })
  })

  test('[LV61] many reconnects: nothing is left behind and nothing is lost', async () => {
    let device = await look()
    const before = session()
    for (let count = 1; count <= 10; count += 1) {
      await leave(device)
      buy('0.01')
      device = await look()
    }
    await device.until(() => holds(device, '0.1'))
    expect(session()).toBe(before)
    const feeds = (event: string) =>
      lockstep.lines.filter(line => line.event === event && line.fields['of'] === accountId).length
    expect(feeds('live_feed_opened') - feeds('live_feed_ended')).toBe(1)
  })

  test('[LV61] key changed while connected: the same socket sees the account go and come back, by another session', async () => {
    const device = await look()
    const before = session()
    const states = () => device.heartbeats().map(({ streams }) => streams[orders()]?.state)
    const made = must(lockstep.server.exchange, 'the server has an exchange').addAccount({ account: name })
    if (!made.ok) throw new Error(made.error)
    const { key, secret } = made.value
    device.heard.length = 0
    const path = `accounts/${accountId}/key`
    const put = { method: 'PUT', token: owner.token, body: { key, secret } }
    expect(said(await lockstep.ask(path, put))).toBe('200')
    await device.until(() => states().some(state => state !== 'live') && states().at(-1) === 'live')
    expect(session()).not.toBe(before)
    buy('0.1')
    await device.until(() => holds(device, '0.1'))
    expect(device.isConnected).toBe(true)
  })

  test('[LV61] two devices of which one leaves: the other goes on without a gap', async () => {
    const [phone, browser] = [await look(), await look()]
    buy('0.1')
    await phone.until(() => holds(phone, '0.1'))
    await leave(phone)
    buy('0.1')
    await browser.until(() => holds(browser, '0.2'))
    const [first, ...others] = browser.frames(orders())
    expect(others.length).toBeGreaterThan(0)
    let last = first?.seq
    for (const { kind, seq, prevSeq } of others) {
      expect([kind, prevSeq]).toEqual(['delta', last])
      last = seq
    }
  })

  test('[LV61] subscribing again with other symbols: only those are told from then on', async () => {
    const device = await connect()
    await device.ask('subscribe_ticker', { symbols: [BTC] })
    await device.until(() => device.frames(tickerStream(BTC)).length > 0)
    await device.ask('subscribe_ticker', { symbols: [ETH] })
    const before = device.frames(tickerStream(BTC)).length
    await device.until(() => device.frames(tickerStream(ETH)).length > 1)
    expect(device.frames(tickerStream(BTC))).toHaveLength(before)
  })

  test('[LV61] data changed at the venue while it is away: with its cursor it gets just what it missed', async () => {
    const [phone, browser] = [await look(), await look()]
    buy('0.1')
    await phone.until(() => holds(phone, '0.1'))
    const { epoch = '', seq = 0 } = phone.frames(positions()).at(-1) ?? {}
    await leave(phone)
    buy('0.2')
    await browser.until(() => holds(browser, '0.3'))
    const back = await look({ [positions()]: { epoch, seq } })
    const missed = back.frames(positions())
    expect(missed[0]).toMatchObject({ kind: 'delta', epoch, prevSeq: seq })
    await back.until(() => holds(back, '0.3'))
  })

  async function positionsByRest(): Promise<string> {
    return (await lockstep.ask(`accounts/${accountId}/positions`, { token: ada.token })).body
  }
})
