import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import { err } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { VenueAccount, VenueError, VenueReport } from '../ports/venue.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
import { restoreState } from './restore.ts'
import { Session } from './session.ts'

const REPORT: VenueReport = { kind: 'balance', balances: [] }
const UNAVAILABLE: VenueError = { kind: 'unavailable', message: 'nothing here' }

/** A session whose venue never answers the first question: it synchronises for ever. */
async function syncing() {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const loading = store.load()
  await clock.advance(1_000)
  const account = {
    id: 'account-1' as AccountId,
    name: 'ada',
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('1'),
  } as const
  const state = restoreState({
    image: await loading,
    roster: { accounts: [account], sources: [], strategies: [], links: [] },
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
  const session = new Session({ context, account: only, venueAccount: mute(account.id), market: NO_MARKET })
  session.open()
  session.stream({ kind: 'live' })
  return { session, moves }
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
  watch: () => {},
}

test('[LM7] more than 10 000 reports during a synchronisation begin it anew instead of waiting', async () => {
  const { session, moves } = await syncing()
  for (let frame = 0; frame < 100; frame += 1)
    session.reports(
      Array.from({ length: 100 }, () => REPORT),
      0,
    )
  expect(moves).toEqual(['connecting: session opened', 'syncing: stream authenticated'])
  session.reports([REPORT], 0)
  expect(moves.at(-1)).toBe('syncing: too many reports waited while synchronising')
})
