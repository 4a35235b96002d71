import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { type AccountId, instrumentId } from '../domain/ids.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { Write } from '../ports/store.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { fixedRandom, ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, type Drive, EngineContext } from './context.ts'
import { restoreState } from './restore.ts'
import { holdingOf } from './state.ts'

const ADA = {
  id: 'account-1' as AccountId,
  name: 'ada',
  kind: 'venue',
  origin: 'file',
  venue: 'bybit',
  environment: 'paper',
  status: 'active',
  maximumLeverage: decimal('1'),
} as const

/** One place that is looked at by the given plan. */
async function planned(drive: Drive) {
  const clock = new ManualClock()
  const units: (readonly Write[])[] = []
  const onDurable = (unit: readonly Write[]): void => void units.push(unit)
  const store = createMemoryStore({ clock, installationTag: 'testing', onDurable })
  const loading = store.load()
  await clock.advance(1)
  const state = restoreState({
    image: await loading,
    roster: { accounts: [ADA], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => BYBIT_CAPABILITY,
    now: clock.now(),
  })
  const fatal: string[] = []
  const onFatal = (message: string): void => void fatal.push(message)
  const ports = { clock, random: fixedRandom(0.5), log: SILENT, store, observer: {}, onFatal }
  const options = { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, drive)
  const [account] = state.accounts.values()
  if (account === undefined) throw new Error('the roster has one account')
  context.run(turn => {
    const holding = holdingOf(state, account, instrumentId('bybit', 'BTCUSDT'), 0)
    turn.position(holding)
    turn.revisit(holding)
  })
  await clock.advance(1)
  return { fatal, units, context }
}

test('[LM9] a plan that changes its mind a hundred times ends the engine, and nothing of it is written', async () => {
  let rounds = 0
  const { fatal, units, context } = await planned((_context, turn, holding) => {
    rounds += 1
    turn.revisit(holding)
  })
  expect(rounds).toBe(100)
  expect(fatal).toEqual([expect.stringContaining('100 rounds')])
  expect(context.halted).toBe(true)
  expect(units).toEqual([])
})

test('[LM9] a plan that comes to rest before that is carried out', async () => {
  let rounds = 0
  const { fatal, units } = await planned((_context, turn, holding) => {
    rounds += 1
    if (rounds < 99) turn.revisit(holding)
  })
  expect(fatal).toEqual([])
  expect(units).toHaveLength(1)
})
