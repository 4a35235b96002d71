import { expect, test, vi } from 'vitest'
import { stage } from '../core/fixture.ts'
import { answered } from '../wire/bybit/reply.ts'
import { createVenue } from '../wire/bybit/venue.ts'
import { AddressBans } from './address-bans.ts'
import { type FaultSettings, Faults } from './faults.ts'
import { KeyRing } from './key-ring.ts'
import { ReportLine } from './report-line.ts'
import { StaleAnswers } from './stale-answers.ts'
import { WorldClock } from './world-clock.ts'

const FAULT: FaultSettings = {
  name: 'rate_limit',
  probability: 1,
  times: null,
  account: null,
  target: null,
  delayMs: 0,
}

test('[LM13] a thousand faults may be set; the next is refused until one is removed', () => {
  const faults = new Faults(1)
  for (let count = 0; count < 1_000; count += 1) expect(faults.add(FAULT)).not.toBeNull()
  expect(faults.add(FAULT)).toBeNull()
  faults.remove({ id: 1 })
  expect(faults.add(FAULT)).not.toBeNull()
})

test('[LM13] a hundred thousand keys may be made; the next is refused in words', () => {
  const keys = new KeyRing()
  for (let count = 0; count < 100_000; count += 1)
    keys.add({ account: 'alice', key: `key-${count}`, secret: '' }, 0)
  expect(keys.add({ account: 'alice', key: 'more' }, 0)).toMatchObject({
    ok: false,
    error: expect.stringContaining('limit'),
  })
})

test('[LM14] after a thousand changes of speed the oldest is forgotten, and its times go by the next', () => {
  let wall = 0
  const clock = new WorldClock(() => wall, { at: 1, speed: 2 })
  for (let change = 0; change < 1_000; change += 1) {
    wall += 10
    clock.change({ speed: 1 })
  }
  // The first ten milliseconds went at twice the speed; nobody remembers.
  expect(clock.wallAt(11)).toBe(0)
  expect(clock.wallAt(clock.now())).toBe(wall)
})

test('[LM14] ten thousand stale answers are kept; other queries are answered truly', () => {
  const faults = new Faults(1)
  faults.add({ ...FAULT, name: 'stale_query' })
  const stale = new StaleAnswers()
  const ask = (page: number, value: string): unknown => {
    const asked = { account: 'alice', target: '/v5/order/realtime', query: { page: String(page) } }
    return stale.answer(faults, asked, () => answered({ value })).result['value']
  }
  for (let page = 0; page <= 10_000; page += 1) ask(page, 'old')
  expect(ask(9_999, 'new')).toBe('old')
  expect(ask(10_000, 'new')).toBe('new')
})

test('[LM15] ten thousand reports are kept back at once; the next leave at once', async () => {
  const { exchange } = stage()
  const timed = { now: Date.now, worldNow: Date.now, wallAt: (at: number) => at, worldAt: (at: number) => at }
  const faults = new Faults(1)
  faults.add({ ...FAULT, name: 'delay_reports' })
  const line = new ReportLine(createVenue({ exchange, ...timed }), faults)
  let heard = 0
  const peer = {
    id: 'peer',
    address: '127.0.0.1',
    send: () => {
      heard += 1
    },
    close: () => {},
    freeze: () => {},
  }
  line.listeners.add('alice wallet', peer)
  for (let count = 0; count < 10_003; count += 1) line.tell({ kind: 'wallet', account: 'alice' })
  line.flush()
  expect(heard).toBe(3)
  await vi.waitFor(() => expect(heard).toBe(10_003))
  line.tell({ kind: 'wallet', account: 'alice' })
  line.flush()
  expect(heard).toBe(10_003)
  line.close()
})

test('[LM16] only so many addresses are kept out at once; then the first of them is let in again', () => {
  const bans = new AddressBans(100)
  const flood = (address: string): boolean => {
    for (let request = 0; request < 600; request += 1) bans.take(address, 0)
    return bans.take(address, 0)
  }
  expect(flood('first')).toBe(true)
  // Their window is over, the ban is not.
  expect(bans.take('first', 6_000)).toBe(true)
  for (let count = 1; count < 100; count += 1) flood(`address-${count}`)
  expect(bans.take('first', 6_000)).toBe(true)
  flood('one more')
  expect(bans.take('first', 6_000)).toBe(false)
})
