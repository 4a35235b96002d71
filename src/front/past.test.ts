import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import type { WalletEntry } from '../domain/history.ts'
import { ALICE, BOB, world } from '../history/testing/world.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { LIGHTER_CAPABILITY } from '../venues/lighter/capability.ts'
import { tieOutsOf } from './past.ts'

test('[HS60] the lists and the wallet are compared in what the account’s contracts are settled in', async () => {
  const { clock, store, settled } = world()
  const at = clock.now()
  for (const accountId of [ALICE, BOB]) {
    const rows = [entry('USDT', at), entry('USDC', at)]
    const unit = { accountId, found: { kind: 'wallet', rows }, coverage: null, job: null } as const
    await settled(store.commit(unit), 0)
  }
  const capabilityOf = (id: string) => (id === ALICE ? BYBIT_CAPABILITY : LIGHTER_CAPABILITY)
  const window = { from: 0, to: Number.MAX_SAFE_INTEGER }
  const flowOf = async (accountId: typeof ALICE) => {
    const [day] = await settled(tieOutsOf({ store, capabilityOf }, { accountId, window }), 0)
    return day?.otherChange
  }
  expect(await flowOf(ALICE)).toBe(decimal('4'))
  expect(await flowOf(BOB)).toBe(decimal('5'))
  expect(
    await settled(tieOutsOf({ store, capabilityOf: () => null }, { accountId: ALICE, window }), 0),
  ).toEqual([])
})

function entry(currency: 'USDT' | 'USDC', at: number): WalletEntry {
  const amount = decimal(currency === 'USDT' ? '4' : '5')
  return {
    entryId: currency,
    type: 'TRADE',
    currency,
    instrumentId: null,
    venueOrderId: null,
    tradeId: null,
    cashFlow: amount,
    funding: null,
    fee: decimal('0'),
    change: amount,
    balanceAfter: amount,
    at,
  }
}
