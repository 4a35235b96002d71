import { expect, test } from 'vitest'
import type { Account, Balance } from '../domain/account.ts'
import { decimal, ZERO } from '../domain/decimal.ts'
import { type AccountId, instrumentId } from '../domain/ids.ts'
import { NO_DAY } from '../domain/position.ts'
import { err, must, ok, type Result } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { StoredPosition } from '../ports/store.ts'
import type {
  AccountSnapshot,
  PositionReport,
  Venue,
  VenueAccount,
  VenueError,
  AccountListener as VenueListener,
} from '../ports/venue.ts'
import type { AccountChange, AccountListener } from '../ports/watch.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { ManualClock, settle } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
import { SessionRegistry } from './registry.ts'
import { restoreState } from './restore.ts'
import { Watchers } from './watch.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
const ID = 'account-1' as AccountId
const UNAVAILABLE: VenueError = { kind: 'unavailable', message: 'the venue of this test answers nothing' }

/** One account of a venue that answers nothing, and somebody who watches it. */
async function world({ kind = 'venue' }: { readonly kind?: Account['kind'] } = {}) {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const loading = store.load()
  await clock.advance(1_000)
  const account: Account = {
    id: ID,
    kind,
    origin: 'api',
    name: 'ada',
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('1'),
  }
  const state = restoreState({
    image: await loading,
    roster: { accounts: [account], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => BYBIT_CAPABILITY,
    now: clock.now(),
  })
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) }
  const ports = { clock, random, log: SILENT, store, observer: {}, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  const { venue, opened } = silentVenue()
  const keys = { isThere: true }
  const credential = () => (keys.isThere ? ok({ key: 'k', secret: 's' }) : err({ message: 'no key' }))
  const registry = new SessionRegistry({ context, vault: { credential }, venueOf: () => venue })
  return { clock, context, registry, watchers: new Watchers(context, registry), opened, keys }
}

function silentVenue() {
  const opened: VenueListener[] = []
  const unavailable = async (): Promise<Result<never, VenueError>> => err(UNAVAILABLE)
  const account = (accountId: AccountId): VenueAccount => ({
    accountId,
    open: listener => {
      opened.push(listener)
    },
    close: async () => {},
    isAlive: () => true,
    stamp: () => err(UNAVAILABLE),
    budgetWaitMs: () => 0,
    submit: unavailable,
    cancel: unavailable,
    find: unavailable,
    snapshot: unavailable,
    executions: unavailable,
    setLeverage: unavailable,
    permissions: unavailable,
  })
  const venue: Venue = {
    capability: BYBIT_CAPABILITY,
    environment: 'paper',
    market: {
      instruments: unavailable,
      open: () => {},
      watch: () => {},
      depth: unavailable,
      clockOffsetMs: () => null,
      close: async () => {},
    },
    account,
    close: async () => {},
  }
  return { venue, opened }
}

function listener() {
  const told: (readonly AccountChange[])[] = []
  const states: string[] = []
  const made: AccountListener = {
    changed: changes => told.push(changes),
    state: (state, message) => states.push(`${state}: ${message}`),
  }
  return { told, states, made }
}

function position(quantity: string, change: Partial<PositionReport> = {}): PositionReport {
  return {
    instrumentId: BTC,
    positionIndex: 0,
    quantity: decimal(quantity),
    averagePrice: decimal('100'),
    markPrice: decimal('110'),
    leverage: decimal('3'),
    unrealizedPnl: null,
    liquidationPrice: decimal('50'),
    venueSequence: 1,
    at: 0,
    ...change,
  }
}

function usdt(total: string): Balance {
  const nothing = { equity: null, unrealizedPnl: null, marginUsed: null }
  return { currency: 'USDT', total: decimal(total), available: decimal(total), ...nothing }
}

function snapshot(change: Partial<AccountSnapshot> = {}): AccountSnapshot {
  const equity = { equity: decimal('1000'), at: 0 }
  const nothing = { positions: [], openOrders: [] }
  return { positionMode: 'one_way', ...nothing, balances: [usdt('1000')], equity, at: 1, ...change }
}

function counted(quantity: string, change: Partial<StoredPosition> = {}): StoredPosition {
  return {
    accountId: ID,
    instrumentId: BTC,
    positionIndex: 0,
    openingQuantity: ZERO,
    quantity: decimal(quantity),
    averagePrice: decimal('100'),
    baselineSequence: 0,
    venueSequence: 1,
    ...NO_DAY,
    ...change,
  }
}

test('[WA32] who watches an account without a key shares its session as soon as there is one', async () => {
  const { watchers, registry, context, opened, keys, clock } = await world()
  keys.isThere = false
  const { made, states } = listener()
  const watching = must(watchers.watch(ID, 'a phone', made), 'it can be watched')
  expect(watching.state).toBe('closed')
  keys.isThere = true
  const account = must(context.state.accounts.get(ID), 'set up')
  registry.acquire(account, 'copying')
  must(opened[0], 'open').stream({ kind: 'live' })
  registry.release(ID, 'copying')
  await clock.advance(DEFAULT_ENGINE_OPTIONS.lingerMs * 2)
  expect(states).toEqual(['connecting: session opened', 'syncing: stream authenticated'])
  watching.end()
  await clock.advance(DEFAULT_ENGINE_OPTIONS.lingerMs * 2)
  expect(account.session).toBeNull()
})

test('[WA32] a key that comes later opens the session that watchers wait for', async () => {
  const { watchers, opened, keys } = await world()
  keys.isThere = false
  watchers.watch(ID, 'a phone', listener().made)
  watchers.rejoin(ID)
  expect(opened).toEqual([])
  keys.isThere = true
  watchers.rejoin(ID)
  expect(opened).toHaveLength(1)
})

test('[WA34] the quantity is that of the trades, whatever the venue says of it; the rest is the venue’s', async () => {
  const { watchers, context } = await world()
  const { made, told } = listener()
  const watching = must(watchers.watch(ID, 'a phone', made), 'it can be watched')
  context.run(turn => turn.saw(ID, { kind: 'snapshot', snapshot: snapshot({ positions: [position('7')] }) }))
  expect(watching.view()?.positions).toEqual([])
  context.durable.tell({ writes: [{ kind: 'position', row: counted('2') }], sights: [] })
  const row = {
    side: 'long',
    quantity: decimal('2'),
    averagePrice: decimal('100'),
    leverage: decimal('3'),
    liquidationPrice: decimal('50'),
    markPrice: decimal('110'),
    unrealizedPnl: decimal('20'),
    notional: decimal('220'),
  }
  expect(told.at(-1)).toMatchObject([{ kind: 'positions', rows: [row] }, { kind: 'pnl' }])
  expect(watching.view()?.positions).toMatchObject([row])
})

test('[WA41] a position report that says nothing new is not told', async () => {
  const { watchers, context } = await world()
  const { made, told } = listener()
  watchers.watch(ID, 'a phone', made)
  const see = (report: PositionReport) =>
    context.run(turn => turn.saw(ID, { kind: 'position', position: report }))
  context.durable.tell({ writes: [{ kind: 'position', row: counted('2') }], sights: [] })
  see(position('2', { venueSequence: 5 }))
  const before = told.length
  see(position('2', { venueSequence: 6, markPrice: decimal('120') }))
  see(position('2', { venueSequence: 3, leverage: decimal('9') }))
  expect(told).toHaveLength(before)
  see(position('2', { venueSequence: 6, leverage: decimal('9') }))
  expect(told.at(-1)).toMatchObject([{ kind: 'positions', rows: [{ leverage: decimal('9') }] }])
})

test('[WA46] in two-way mode both sides are shown, and as the venue says', async () => {
  // Its trades carry no position index: counted, both sides would be one.
  const { watchers, context } = await world()
  const { made, told } = listener()
  const watching = must(watchers.watch(ID, 'a phone', made), 'it can be watched')
  const see = (positions: readonly PositionReport[]) =>
    context.run(turn => {
      const seen = snapshot({ positionMode: 'hedge', positions, at: 10 })
      turn.saw(ID, { kind: 'snapshot', snapshot: seen })
    })
  context.durable.tell({ writes: [{ kind: 'position', row: counted('1') }], sights: [] })
  const long = position('3', { positionIndex: 1 })
  see([long, position('-2', { positionIndex: 2 })])
  expect(told.at(-1)).toEqual([{ kind: 'replaced' }])
  const rows = watching.view()?.positions.map(({ side, quantity }) => [side, quantity])
  expect(rows).toEqual([
    ['long', decimal('3')],
    ['short', decimal('2')],
  ])
  expect(watching.view()?.pnl.unrealized).toBe(decimal('10'))
  see([long])
  expect(told.at(-1)).toMatchObject([
    { kind: 'positions', rows: [{ side: 'short', quantity: ZERO }] },
    { kind: 'pnl' },
  ])
})

test('[WA47] an account that only signals move is shown by its count, without a session', async () => {
  const { watchers, context, opened } = await world({ kind: 'virtual' })
  const { made, told } = listener()
  const watching = must(watchers.watch(ID, 'a phone', made), 'it can be watched')
  expect([watching.state, opened]).toEqual(['live', []])
  context.durable.tell({ writes: [{ kind: 'position', row: counted('-4') }], sights: [] })
  expect(told).toMatchObject([
    [{ kind: 'positions', rows: [{ side: 'short', quantity: decimal('4') }] }, { kind: 'pnl' }],
  ])
  expect(watching.view()).toMatchObject({ balances: [], orders: [], pnl: { equity: null } })
  await settle()
})

test('[WA38] what is told ends with the one who listens, and with the server', async () => {
  const { watchers, context, clock } = await world()
  const { made, told } = listener()
  watchers.watch(ID, 'a phone', made)
  watchers.close()
  context.durable.tell({ writes: [{ kind: 'position', row: counted('1') }], sights: [] })
  await clock.advance(5_000)
  expect(told).toEqual([])
})
