import { expect, test } from 'vitest'
import type { Account, KeyPermissions } from '../domain/account.ts'
import { decimal } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import { err, must, ok } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { StoreImage } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import type { AccountSnapshot, Venue, VenueAccount, VenueError } from '../ports/venue.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext, type EngineObserver } from './context.ts'
import { SessionRegistry } from './registry.ts'
import { restoreState } from './restore.ts'

const LINGER_MS = 5_000
const ACCOUNT: Account = {
  id: 'account-1' as AccountId,
  kind: 'venue',
  origin: 'file',
  name: 'ada',
  venue: 'bybit',
  environment: 'paper',
  status: 'active',
  maximumLeverage: decimal('1'),
}
const UNAVAILABLE: VenueError = { kind: 'unavailable', message: 'the venue of this test answers nothing' }

const EMPTY: StoreImage = {
  installationTag: 'testing',
  lastIntentSequence: 0,
  accounts: [],
  sources: [],
  strategies: [],
  links: [],
  pairs: [],
  pairStates: [],
  rounds: [],
  books: [],
  linkStates: [],
  decisions: [],
  intents: [],
  positions: [],
  syncs: [],
}

const NOTHING_HELD: AccountSnapshot = {
  positions: [],
  openOrders: [],
  balances: [],
  equity: { equity: decimal('100'), at: 0 },
  positionMode: 'one_way',
  at: 0,
}
const MAY_TRADE: KeyPermissions = {
  readOnly: false,
  trade: true,
  withdraw: false,
  transfer: false,
  addresses: [],
  expiresAt: null,
}

/** A venue that counts what is opened and closed, and answers nothing but what it is told to. */
function silentVenue() {
  const counts = { opened: 0, closed: 0 }
  const answers = { isAlive: false, snapshot: false, permissions: MAY_TRADE }
  const unavailable = async () => err(UNAVAILABLE)
  const account = (accountId: AccountId): VenueAccount => ({
    accountId,
    open: () => {
      counts.opened += 1
    },
    close: async () => {
      counts.closed += 1
    },
    isAlive: () => answers.isAlive,
    stamp: () => err(UNAVAILABLE),
    budgetWaitMs: () => 0,
    submit: unavailable,
    cancel: unavailable,
    find: unavailable,
    snapshot: async () => (answers.snapshot ? ok(NOTHING_HELD) : err(UNAVAILABLE)),
    executions: async () => (answers.snapshot ? ok([]) : err(UNAVAILABLE)),
    setLeverage: unavailable,
    permissions: async () => (answers.snapshot ? ok(answers.permissions) : err(UNAVAILABLE)),
  })
  const market = {
    instruments: unavailable,
    open: () => {},
    watch: () => {},
    depth: unavailable,
    clockOffsetMs: () => null,
    close: async () => {},
  }
  const venue: Venue = {
    capability: BYBIT_CAPABILITY,
    environment: 'paper',
    market,
    account,
    close: async () => {},
  }
  return { venue, counts, answers }
}

function world(
  vault: Vault = { credential: () => ok({ key: 'k', secret: 's' }) },
  over: Partial<Account> = {},
) {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const { venue, counts, answers } = silentVenue()
  const account = { ...ACCOUNT, ...over }
  const state = restoreState({
    image: EMPTY,
    roster: { accounts: [account], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => BYBIT_CAPABILITY,
    now: clock.now(),
  })
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) }
  const told: string[] = []
  const observer: EngineObserver = {
    sessionEvent: ({ kind, reason }) => told.push(`${kind}: ${reason}`),
    noticed: ({ code, recovers }) => told.push(recovers === null ? code : `${code} is over`),
  }
  const ports = { clock, random, log: SILENT, store, observer, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, lingerMs: LINGER_MS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  const registry = new SessionRegistry({ context, vault, venueOf: () => venue })
  const [only] = state.accounts.values()
  if (only === undefined) throw new Error('the roster has one account')
  return { clock, registry, account: only, counts, answers, told }
}

test('[SE1] everybody who needs an account shares its one session', async () => {
  const { registry, account, counts } = world()
  expect(registry.acquire(account, 'copying')).toBe(registry.acquire(account, 'a phone'))
  expect(counts).toEqual({ opened: 1, closed: 0 })
})

test('[SE2] a session outlives its last user for the linger time, and one who comes back in it keeps it', async () => {
  const { clock, registry, account, counts } = world()
  const session = registry.acquire(account, 'a phone')
  registry.release(account.account.id, 'a phone')
  await clock.advance(LINGER_MS - 1)
  expect(registry.acquire(account, 'a phone')).toBe(session)
  await clock.advance(LINGER_MS * 2)
  expect(counts).toEqual({ opened: 1, closed: 0 })
  registry.release(account.account.id, 'a phone')
  await clock.advance(LINGER_MS + 1)
  expect(counts).toEqual({ opened: 1, closed: 1 })
  expect(registry.acquire(account, 'a phone')).not.toBe(session)
})

test('[SE3] one user who leaves never ends the session of another', async () => {
  const { clock, registry, account, counts } = world()
  const session = registry.acquire(account, 'copying')
  registry.acquire(account, 'a phone')
  registry.release(account.account.id, 'a phone')
  await clock.advance(LINGER_MS * 2)
  expect(counts.closed).toBe(0)
  expect(registry.acquire(account, 'a phone')).toBe(session)
})

test('[SE4] a reset gives the same users a new session, and a refused key another chance', async () => {
  const { registry, account, counts } = world()
  const session = registry.acquire(account, 'copying')
  account.refusal = 'key_refused'
  await registry.reset(account, 'the key changed')
  expect(counts).toEqual({ opened: 2, closed: 1 })
  expect(account.refusal).toBeNull()
  expect(registry.acquire(account, 'copying')).not.toBe(session)
})

test('[SE5] an inactive account, and one without a key, have no session', async () => {
  const inactive = world(undefined, { status: 'inactive' })
  expect(inactive.registry.acquire(inactive.account, 'copying')).toBeNull()
  const keyless = world({ credential: () => err({ message: 'no key' }) })
  expect(keyless.registry.acquire(keyless.account, 'copying')).toBeNull()
  expect(keyless.account.refusal).toBe('key_refused')
})

/** Its stream is authenticated and everything has been read. */
async function live() {
  const made = world()
  made.answers.snapshot = true
  made.answers.isAlive = true
  const session = must(made.registry.acquire(made.account, 'copying'), 'an active account with a key')
  session.stream({ kind: 'live' })
  await made.clock.advance(10)
  expect(session.state).toBe('live')
  return { ...made, session }
}

test('[WA16] who comes while a session is replaced is not lost, and who goes is not brought back', async () => {
  const { clock, registry, account, counts } = world()
  registry.acquire(account, 'copying')
  const resetting = registry.reset(account, 'the key changed')
  const session = registry.acquire(account, 'a phone')
  registry.release(account.account.id, 'copying')
  await resetting
  expect(counts).toEqual({ opened: 2, closed: 1 })
  await clock.advance(LINGER_MS * 2)
  expect(registry.acquire(account, 'another phone')).toBe(session)
})

test('[WA17] an inactive account has no session while it is, and the same users when it is active again', async () => {
  const { clock, registry, account, counts } = world()
  registry.acquire(account, 'a phone')
  account.account = { ...account.account, status: 'inactive' }
  registry.suspend(account.account.id, 'inactive')
  expect(account.session).toBeNull()
  registry.resume(account.account.id, 'not yet')
  expect(account.session).toBeNull()
  account.account = { ...account.account, status: 'active' }
  registry.resume(account.account.id, 'active')
  await clock.advance(LINGER_MS * 2)
  expect(account.session).not.toBeNull()
  expect(counts).toEqual({ opened: 2, closed: 1 })
})

test('[WA18] a session that has stopped answering is read anew when it is shared, and replaced when that fails', async () => {
  const { clock, registry, account, answers, told, session } = await live()
  answers.isAlive = false
  expect(registry.acquire(account, 'a phone')).toBe(session)
  await clock.advance(10_000)
  expect(account.session).toBe(session)
  answers.snapshot = false
  registry.acquire(account, 'a second phone')
  await clock.advance(10_000)
  expect(account.session).not.toBe(session)
  expect(told).toEqual([
    'created: for copying',
    'validated: synchronised',
    'invalid: its stream has stopped answering',
    'validated: it was read anew',
    'invalid: its stream has stopped answering',
    'dropped: it did not answer',
    'created: it did not answer',
  ])
})

test('[WA19] whoever counts sessions hears of each that is created, reused, validated and dropped, and why', async () => {
  const { clock, registry, account, told } = await live()
  registry.acquire(account, 'a phone')
  registry.release(account.account.id, 'a phone')
  registry.release(account.account.id, 'copying')
  await clock.advance(LINGER_MS + 1)
  expect(told).toEqual([
    'created: for copying',
    'validated: synchronised',
    'reused: by a phone, it is live',
    'dropped: no user left',
  ])
})

test('[WA20] a key that can withdraw by the next day is refused with a notice, and told good when it is', async () => {
  const { clock, registry, account, answers, told, session } = await live()
  await clock.advance(24 * 60 * 60_000 - 1_000)
  answers.permissions = { ...MAY_TRADE, withdraw: true }
  expect(account.refusal).toBeNull()
  await clock.advance(2_000)
  expect(account.refusal).toBe('key_refused')
  expect(session.isLive()).toBe(false)
  answers.permissions = MAY_TRADE
  await registry.reset(account, 'the key was renewed')
  const renewed = must(registry.acquire(account, 'copying'), 'an active account with a key')
  renewed.stream({ kind: 'live' })
  await clock.advance(10)
  expect(account.refusal).toBeNull()
  expect(told.filter(text => text.startsWith('key'))).toEqual(['key_refused', 'key_refused is over'])
})

test('[WA21] a leader that only signals move has no session, and nobody is told that a key is missing', async () => {
  const { registry, account, told } = world(undefined, { kind: 'virtual' })
  expect(registry.acquire(account, 'copying')).toBeNull()
  expect(account.refusal).toBeNull()
  expect(told).toEqual([])
})
