import { expect, test } from 'vitest'
import { leaderFill } from '../../test/contract/store-rows.ts'
import { decimal, ZERO } from '../domain/decimal.ts'
import type { AccountId, SourceId } from '../domain/ids.ts'
import { err, ok } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { VenueAccount, VenueError, VenueReport } from '../ports/venue.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
import { addSource } from './members.ts'
import { restoreState } from './restore.ts'
import { Session } from './session.ts'

const REPORT: VenueReport = { kind: 'balance', balances: [] }
const UNAVAILABLE: VenueError = { kind: 'unavailable', message: 'nothing here' }

/** A session whose venue never answers the first question: it synchronises for ever, unless `venue` says more. */
async function syncing(venue: Partial<VenueAccount> = {}) {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const loading = store.load()
  await clock.advance(1_000)
  const account = {
    id: 'account-1' as AccountId,
    kind: 'venue',
    origin: 'file',
    name: 'ada',
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('1'),
  } as const
  const state = restoreState({
    image: await loading,
    roster: { accounts: [account], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => BYBIT_CAPABILITY,
    now: clock.now(),
  })
  const moves: string[] = []
  const observer = {
    session: (_id: AccountId, to: string, message: string) => moves.push(`${to}: ${message}`),
  }
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) }
  const ports = { clock, random, log: SILENT, store, observer, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  const [only] = state.accounts.values()
  if (only === undefined) throw new Error('the roster has one account')
  const venueAccount = { ...mute(account.id), ...venue }
  const session = new Session({ context, account: only, venueAccount, market: NO_MARKET })
  session.open()
  return { session, moves, context, account: only, clock, store }
}

function mute(accountId: AccountId): VenueAccount {
  const unavailable = async () => err(UNAVAILABLE)
  return {
    accountId,
    open: () => {},
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
    permissions: () => new Promise(() => {}),
  }
}

const NO_MARKET = {
  instrument: () => null,
  hasInstruments: () => false,
  prices: () => null,
  offsetMs: () => 0,
  knownOffsetMs: () => 0,
  depth: async () => err(UNAVAILABLE),
  watch: () => {},
}

test('[LM7] more than 10 000 reports during a synchronisation begin it anew instead of waiting', async () => {
  const { session, moves } = await syncing()
  session.stream({ kind: 'live' })
  for (let frame = 0; frame < 100; frame += 1)
    session.reports(
      Array.from({ length: 100 }, () => REPORT),
      0,
    )
  expect(moves).toEqual(['connecting: session opened', 'syncing: stream authenticated'])
  session.reports([REPORT], 0)
  expect(moves.at(-1)).toBe('syncing: too many reports waited while synchronising')
})

test('[LM6] a synchronisation that was begun anew while it waited for its turn reads nothing', async () => {
  // A stream that comes and goes while others are read must not line up once for each time.
  let asked = 0
  const permissions: VenueAccount['permissions'] = () => {
    asked += 1
    return new Promise(() => {})
  }
  const { session, context } = await syncing({ permissions })
  const endings: (() => void)[] = []
  for (let other = 0; other < 20; other += 1)
    void context.syncs.run(() => new Promise<void>(resolve => endings.push(resolve)))
  for (let time = 0; time < 5; time += 1) {
    session.stream({ kind: 'live' })
    session.stream({ kind: 'lost', message: 'again' })
  }
  session.stream({ kind: 'live' })
  for (const end of endings) end()
  await new Promise(setImmediate)
  expect(asked).toBe(1)
})

const FILL: VenueReport = { kind: 'fill', fill: leaderFill(1).fill }

test('[LM8] a thousand frames may wait for their trades to be looked up; the next begins the account anew', async () => {
  // The store does not answer any more. What is dropped is fetched again when it does, before what is younger.
  const { session, account, moves, clock, store } = await syncing(ANSWERING)
  session.stream({ kind: 'live' })
  await clock.advance(1_000)
  expect(moves.at(-1)).toBe('live: synchronised')
  store.knownTrades = () => new Promise(() => {})
  for (let frame = 0; frame < 1_000; frame += 1) session.reports([FILL], clock.now())
  expect(account.lookups.waiting).toBe(1_000)
  expect(session.state).toBe('live')
  session.reports([FILL], clock.now())
  expect(account.lookups.waiting).toBe(1_000)
  expect(moves.at(-1)).toBe('syncing: too many trades wait to be looked up')
})

test("[LA52] an order's size is asked for where the account is copied, from then on", async () => {
  const { session, context } = await syncing()
  expect(session.needsOrderQuantity()).toBe(false)
  const [id, accountId] = ['source-1' as SourceId, 'account-1' as AccountId]
  addSource(context.state, { id, origin: 'file', name: 'ada', accountId }, 0)
  expect(session.needsOrderQuantity()).toBe(true)
})

/** Holds nothing, and says so. */
const ANSWERING: Partial<VenueAccount> = {
  permissions: async () =>
    ok({ readOnly: false, trade: true, withdraw: false, transfer: false, addresses: [], expiresAt: null }),
  snapshot: async () =>
    ok({
      positionMode: 'one_way',
      positions: [],
      openOrders: [],
      balances: [],
      equity: { equity: ZERO, at: 0 },
      at: 0,
    }),
}
