import { expect, test } from 'vitest'
import type { Account } from '../domain/account.ts'
import { decimal } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import { err, ok } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { StoreImage } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import type { Venue, VenueAccount, VenueError } from '../ports/venue.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
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
  books: [],
  linkStates: [],
  decisions: [],
  intents: [],
  positions: [],
  syncs: [],
}

/** A venue that counts what is opened and closed, and answers nothing. */
function silentVenue() {
  const counts = { opened: 0, closed: 0 }
  const unavailable = async () => err(UNAVAILABLE)
  const account = (accountId: AccountId): VenueAccount => ({
    accountId,
    open: () => {
      counts.opened += 1
    },
    close: async () => {
      counts.closed += 1
    },
    isAlive: () => false,
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
  const market = {
    instruments: unavailable,
    open: () => {},
    watch: () => {},
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
  return { venue, counts }
}

function world(
  vault: Vault = { credential: () => ok({ key: 'k', secret: 's' }) },
  over: Partial<Account> = {},
) {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const { venue, counts } = silentVenue()
  const account = { ...ACCOUNT, ...over }
  const state = restoreState({
    image: EMPTY,
    roster: { accounts: [account], sources: [], strategies: [], links: [] },
    lastSequences: new Map(),
    capabilityOf: () => BYBIT_CAPABILITY,
    now: clock.now(),
  })
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) }
  const ports = { clock, random, log: SILENT, store, observer: {}, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, lingerMs: LINGER_MS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  const registry = new SessionRegistry({ context, vault, venueOf: () => venue })
  const [only] = state.accounts.values()
  if (only === undefined) throw new Error('the roster has one account')
  return { clock, registry, account: only, counts }
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
