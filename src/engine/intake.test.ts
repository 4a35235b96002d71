import { expect, test } from 'vitest'
import type { Balance } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import { decimal } from '../domain/decimal.ts'
import type { AccountId } from '../domain/ids.ts'
import { must } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { LIGHTER_CAPABILITY } from '../venues/lighter/capability.ts'
import { fixedRandom, ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS, EngineContext } from './context.ts'
import { takeFrame, takeWallet } from './intake.ts'
import { restoreState } from './restore.ts'

async function accountOf(capability: Capability) {
  const clock = new ManualClock()
  const store = createMemoryStore({ clock, installationTag: 'testing' })
  const loading = store.load()
  await clock.advance(1)
  const row = {
    id: 'account-1' as AccountId,
    name: 'ada',
    kind: 'venue',
    origin: 'file',
    venue: capability.venue,
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('1'),
  } as const
  const state = restoreState({
    image: await loading,
    roster: { accounts: [row], sources: [], strategies: [], links: [], pairs: [] },
    lastSequences: new Map(),
    capabilityOf: () => capability,
    now: clock.now(),
  })
  const ports = { clock, random: fixedRandom(0.5), log: SILENT, store, observer: {}, onFatal: () => {} }
  const options = { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS }
  const context = new EngineContext(ports, options, state, () => {})
  return { context, account: must(state.accounts.get(row.id), 'the roster has it') }
}

function balance(currency: string, total: string): Balance {
  const amount = decimal(total)
  return {
    currency,
    total: amount,
    available: amount,
    equity: amount,
    unrealizedPnl: null,
    marginUsed: null,
  }
}

test.each([BYBIT_CAPABILITY, LIGHTER_CAPABILITY])(
  "[LA40] what an account of $venue is sized by moves with the venue's own currency, not with another coin",
  async capability => {
    const { context, account } = await accountOf(capability)
    const { settlementCurrency } = capability
    takeWallet(context, account, {
      positionMode: 'one_way',
      positions: [],
      openOrders: [],
      balances: [balance(settlementCurrency, '100'), balance('BTC', '1')],
      equity: { equity: decimal('150'), at: 0 },
      at: 0,
    })
    expect(account.wallet).toMatchObject({ total: decimal('150'), quote: decimal('100') })
    takeFrame(context, account, [{ kind: 'balance', balances: [balance('BTC', '2')] }], 0)
    expect(account.wallet).toMatchObject({ total: decimal('150') })
    const paid = balance(settlementCurrency, '110')
    takeFrame(context, account, [{ kind: 'balance', balances: [paid] }], 0)
    expect(account.wallet).toMatchObject({ total: decimal('160'), quote: decimal('110') })
  },
)
