import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import { err } from '../domain/result.ts'
import {
  FORGOTTEN_AFTER_MS,
  LIST_OPEN_ORDERS_EVERY_MS,
  MAXIMUM_FAILED_QUESTIONS,
  ORDERS_ALWAYS_ASKED,
  SOON_MS,
} from './limits.ts'
import { DAY_MS, type FakePast, LAG_MS, pastOrder } from './testing/fake-past.ts'
import { ALICE, world } from './testing/world.ts'

const OPEN = { status: 'open', venueStatus: 'New', filled: decimal('0'), averagePrice: null } as const
const ORDERS = ['orders'] as const

test('[HS37] an order that rests is stored while it is open, and has its end however long ago it was made', async () => {
  const { clock, past, started, rows } = world()
  const venue = past()
  const madeAt = clock.now() - 60_000
  venue.orders.push(pastOrder('rests', madeAt, OPEN))
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(1_000)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'open' }])
  // It ends nine days later: no cycle reads the window that it was made in any more.
  await clock.advance(9 * DAY_MS)
  venue.orders.splice(0, 1, pastOrder('rests', madeAt, { at: clock.now() }))
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS + 30_000)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ venueOrderId: 'rests', status: 'filled' }])
  expect(venue.ordersAsked).toHaveLength(1)
  await history.stop()
})

/** Orders that no cycle's window shows any more: they rest for an hour, then all of them end at once. */
async function longResting(names: readonly string[], made: ReturnType<typeof world>) {
  const { clock, past, started } = made
  const venue = past()
  const madeAt = clock.now() - 60_000
  for (const [index, name] of names.entries()) venue.orders.push(pastOrder(name, madeAt + index, OPEN))
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(3_600_000)
  const ended = venue.orders.map(({ venueOrderId, createdAt }) =>
    pastOrder(venueOrderId, createdAt, { at: clock.now() }),
  )
  venue.orders.splice(0, ended.length, ...ended)
  return { venue, history }
}

/** Questions about these orders fail, whatever is asked. */
function unanswerable(venue: FakePast, prefix: string): void {
  const usual = venue.order.bind(venue)
  venue.order = async address =>
    address.venueOrderId.startsWith(prefix)
      ? err({ kind: 'malformed', message: 'a row of nonsense' })
      : usual(address)
}

test('[HS71] an order that cannot be asked for keeps no other from being followed, and no window from being read', async () => {
  const made = world()
  const { clock, lines, rows } = made
  const { venue, history } = await longResting(['bad', 'good'], made)
  unanswerable(venue, 'bad')
  const before = history.complete(ALICE, ORDERS)?.to ?? 0
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'open' }, { status: 'filled' }])
  expect(history.complete(ALICE, ORDERS)?.to).toBeGreaterThan(before)
  const failed = lines.filter(({ event }) => event === 'history_failed')
  expect(failed.map(({ fields }) => fields['message'])).toContain('a row of nonsense')
  await history.stop()
})

test('[HS71] however many orders cannot be asked for, the others have their turn', async () => {
  const made = world()
  const { clock, rows } = made
  const bad = Array.from({ length: 2 * MAXIMUM_FAILED_QUESTIONS - 1 }, (_, index) => `bad-${index}`)
  const { venue, history } = await longResting([...bad, 'good'], made)
  unanswerable(venue, 'bad')
  await clock.advance(2 * LIST_OPEN_ORDERS_EVERY_MS)
  expect((await rows(ALICE, 'orders')).at(-1)).toMatchObject({ venueOrderId: 'good', status: 'filled' })
  await history.stop()
})

test('[HS72] as many orders are followed as get answers soon, and a few in any case', async () => {
  const made = world()
  const { clock, rows } = made
  const names = Array.from({ length: 5 * ORDERS_ALWAYS_ASKED }, (_, index) => `order-${index}`)
  const { venue, history } = await longResting(names, made)
  const open = async () =>
    (await rows(ALICE, 'orders')).filter(row => 'status' in row && row.status === 'open').length
  const usual = venue.order.bind(venue)
  venue.order = async address => {
    await new Promise<void>(resolve => clock.after(1_000, resolve))
    return usual(address)
  }
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS + 60_000)
  expect(await open()).toBe(names.length - ORDERS_ALWAYS_ASKED)
  venue.order = usual
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS)
  expect(await open()).toBe(0)
  await history.stop()
})

test('[HS73] after a report the end of an order that no window shows is asked for soon, and nothing more where there is none', async () => {
  const made = world()
  const { clock, rows } = made
  const { venue, history } = await longResting(['rests'], made)
  const { lists } = venue
  history.touched(ALICE)
  await clock.advance(LAG_MS + SOON_MS + 1_000)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'filled' }])
  expect(venue.lists).toBe(lists + 1)
  history.touched(ALICE)
  await clock.advance(LAG_MS + SOON_MS + 1_000)
  expect(venue.lists).toBe(lists + 1)
  await history.stop()
})

test('[HS38] orders are complete only up to a list of the open ones, which is older than history may be late', async () => {
  const { clock, past, started } = world()
  const venue = past()
  const begun = clock.now()
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(1_000)
  expect(history.complete(ALICE, ORDERS)).toBeNull()
  await clock.advance(30_000)
  expect(history.complete(ALICE, ORDERS)?.to).toBe(begun)
  // Made since and still open: nobody knows of it before the next list, so nobody says that it is complete.
  venue.orders.push(pastOrder('unseen', clock.now(), OPEN))
  await clock.advance(60_000)
  expect(history.complete(ALICE, ORDERS)?.to).toBe(begun)
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS)
  expect(history.complete(ALICE, ORDERS)?.to).toBeGreaterThanOrEqual(begun + LIST_OPEN_ORDERS_EVERY_MS)
  expect(venue.lists).toBe(2)
  await history.stop()
})

test('[HS38] an order that is made and ends between two lists is in the window that is read after it', async () => {
  const { clock, past, started, rows } = world()
  const venue = past()
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(31_000)
  venue.orders.push(pastOrder('short', clock.now() + 1, { at: clock.now() + 2 }))
  await clock.advance(30_000 + LAG_MS)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ venueOrderId: 'short', status: 'filled' }])
  await history.stop()
})

test('[HS38] an order that ends while a long list is made is not missed: the list is as old as its end', async () => {
  const { clock, past, started, rows } = world()
  const venue = past()
  venue.listMs = 10_000
  venue.lateMs = LAG_MS - 1
  const madeAt = clock.now() - 3_600_000
  venue.orders.push(pastOrder('long', madeAt, OPEN))
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(5_100)
  history.touched(ALICE)
  await clock.advance(4_400)
  venue.orders.splice(0, 1, pastOrder('long', madeAt, { at: clock.now() }))
  // It is in no list, and not yet in history, when what came of the report is read.
  await clock.advance(1_500)
  expect(await rows(ALICE, 'orders')).toEqual([])
  expect(history.complete(ALICE, ORDERS)).toBeNull()
  await clock.advance(60_000)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ venueOrderId: 'long', status: 'filled' }])
  expect(history.complete(ALICE, ORDERS)?.to).toBeGreaterThan(madeAt)
  await history.stop()
})

test('[HS39] an order that the venue knows nowhere for an hour is forgotten, and comes back should it know it again', async () => {
  const { clock, past, started, rows } = world()
  const venue = past()
  const madeAt = clock.now() - 60_000
  venue.orders.push(pastOrder('gone', madeAt, OPEN))
  const history = await started({ alice: venue })
  history.start()
  await clock.advance(1_000)
  venue.orders.length = 0
  await clock.advance(FORGOTTEN_AFTER_MS - LIST_OPEN_ORDERS_EVERY_MS)
  // Once absent proves nothing: history may be late, and a venue may err.
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'open' }])
  await clock.advance(4 * LIST_OPEN_ORDERS_EVERY_MS)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'forgotten' }])
  venue.orders.push(pastOrder('gone', madeAt, OPEN))
  await clock.advance(2 * LIST_OPEN_ORDERS_EVERY_MS)
  expect(await rows(ALICE, 'orders')).toMatchObject([{ status: 'open' }])
  await history.stop()
})

test('[HS38] an order that ends a moment before the list is in neither, and is not called complete before history shows it', async () => {
  const { clock, past, started, settled, rows } = world()
  const venue = past()
  venue.lateMs = LAG_MS - 1
  const history = await started({ alice: venue })
  await settled(history.sync(ALICE, null))
  const madeAt = clock.now()
  await clock.advance(2 * LAG_MS)
  venue.orders.push(pastOrder('blinks', madeAt, { at: clock.now() }))
  await settled(history.sync(ALICE, null), 1)
  expect(venue.lists).toBe(2)
  expect(await rows(ALICE, 'orders')).toEqual([])
  expect(history.complete(ALICE, ORDERS)?.to).toBeLessThanOrEqual(madeAt)
  await clock.advance(LAG_MS)
  await settled(history.sync(ALICE, null))
  expect(history.complete(ALICE, ORDERS)?.to).toBeGreaterThan(madeAt)
  expect(await rows(ALICE, 'orders')).toHaveLength(1)
})

test('[HS90] of many accounts a hundred list their open orders at a time, each every five minutes, in its turn', async () => {
  const { clock, past, started } = world()
  const venues = Array.from({ length: 250 }, past)
  const history = await started(
    Object.fromEntries(venues.map((venue, index) => [`account-${index}`, venue] as const)),
  )
  const lists = () => venues.reduce((sum, venue) => sum + venue.lists, 0)
  history.start()
  await clock.advance(1_000)
  expect(lists()).toBe(100)
  await clock.advance(30_000)
  expect(lists()).toBe(200)
  await clock.advance(30_000)
  expect(lists()).toBe(250)
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS - 62_000)
  expect(lists()).toBe(250)
  await clock.advance(2_000)
  expect(lists()).toBe(350)
  await clock.advance(LIST_OPEN_ORDERS_EVERY_MS)
  expect(new Set(venues.map(venue => venue.lists))).toEqual(new Set([2, 3]))
  // Nothing is called complete for an account before its turn, and everything after it.
  for (const index of [0, 249])
    expect(history.complete(`account-${index}` as AccountId, ORDERS)).not.toBeNull()
  await history.stop()
})

test('[HS90] whoever asks for an account now has its open orders listed whether it is its turn or not', async () => {
  const { past, started, settled } = world()
  const venues = Array.from({ length: 101 }, past)
  const history = await started(
    Object.fromEntries(venues.map((venue, index) => [`account-${index}`, venue] as const)),
  )
  await settled(history.sync('account-100' as AccountId, null))
  expect(venues[100]?.lists).toBe(1)
})
