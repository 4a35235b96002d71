import { expect, test } from 'vitest'
import type { KeyPermissions } from '../domain/account.ts'
import { decimal } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import { err, must, ok } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import type { KeyProblem } from '../logic/key-check.ts'
import { SILENT } from '../ports/observe.ts'
import type { VenueAccount, VenueError } from '../ports/venue.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
import { KeyWatch } from './key-watch.ts'
import { restoreState } from './restore.ts'

const DAY_MS = 86_400_000
const TRADES: Omit<KeyPermissions, 'addresses'> = {
  readOnly: false,
  trade: true,
  withdraw: false,
  transfer: false,
  expiresAt: null,
}

/** @param permissions what the venue says of the key */
async function watched(permissions: VenueAccount['permissions']) {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const loading = store.load()
  await clock.advance(1_000)
  const row = {
    id: 'account-1' as AccountId,
    kind: 'venue',
    origin: 'file',
    name: 'ada',
    venue: 'bybit',
    environment: 'live',
    status: 'active',
    maximumLeverage: decimal('1'),
  } as const
  const state = restoreState({
    image: await loading,
    roster: { accounts: [row], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => BYBIT_CAPABILITY,
    now: clock.now(),
  })
  const told: Notice[] = []
  const refused: KeyProblem[] = []
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) }
  const observer = { noticed: (notice: Notice) => void told.push(notice) }
  const ports = { clock, random, log: SILENT, store, observer, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  const account = must(state.accounts.get(row.id), 'the roster has it')
  const venueAccount = { permissions, close: async () => {} }
  const refuse = (problem: KeyProblem): void => void refused.push(problem)
  return { clock, told, refused, watch: new KeyWatch({ context, account, venueAccount, refuse }) }
}

test('[SE81] a live key without addresses is told once, not every day, and so is that it has some by now', async () => {
  let addresses: readonly string[] = []
  const { clock, told, watch } = await watched(async () => ok({ ...TRADES, addresses }))
  expect(await watch.check()).toEqual(ok(true))
  await clock.advance(2 * DAY_MS + 60_000)
  expect(told.map(({ code, level }) => `${code} ${level}`)).toEqual(['key_without_addresses warning'])
  addresses = ['192.0.2.1']
  await clock.advance(2 * DAY_MS)
  expect(told.map(({ recovers }) => recovers)).toEqual([null, told[0]?.id])
  watch.end()
})

test('[SE82] a key that the venue calls wrong is refused in its words; one that was good is asked about again', async () => {
  const no: VenueError = { kind: 'refused', reason: 'key', code: '1', message: 'Index 7 has another key.' }
  const wrong = await watched(async () => err(no))
  expect(await wrong.watch.check()).toEqual(ok(false))
  expect(wrong.refused).toMatchObject([{ text: 'Index 7 has another key.' }])
  const answers = [ok({ ...TRADES, addresses: ['192.0.2.1'] }), err(no)]
  const good = await watched(async () => must(answers.shift(), 'asked twice'))
  expect(await good.watch.check()).toEqual(ok(true))
  expect(await good.watch.check()).toEqual(err(no))
  expect(good.refused).toEqual([])
  good.watch.end()
})
