import {
  BTC,
  balanceOf,
  ETH,
  orderOf,
  pnlOf,
  positionOf,
  type ScriptedAccount,
} from '../../src/live/testing/accounts.ts'
import type { AccountChange, OrderView } from '../../src/ports/watch.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'

const STATUSES = ['open', 'filled', 'canceled', 'rejected'] as const satisfies readonly OrderView['status'][]
const SIDES = ['long', 'short'] as const
const INSTRUMENTS = [BTC, ETH] as const
const CURRENCIES = ['USDT', 'BTC'] as const
const ORDER_IDS = 400
/** The account is read anew, as after a reconnect to its venue or another key. */
const REPLACED_CHANCE = 0.03

/** One event of an account's life: what changes together. */
export function liveOn(account: ScriptedAccount, random: SeededRandom): void {
  if (random.chance(REPLACED_CHANCE)) {
    account.balances.set('USDT', balanceOf(`${random.integer(0, 1_000_000)}`))
    account.positions.clear()
    account.change({ kind: 'replaced' })
    return
  }
  const changes = [order, position, balance, pnl].filter(() => random.chance(0.5))
  account.change(...changes.map(make => make(random)))
}

function order(random: SeededRandom): AccountChange {
  const rows = [orderOf(`o${random.integer(1, ORDER_IDS)}`, random.pick(STATUSES))]
  return { kind: 'orders', rows }
}

function position(random: SeededRandom): AccountChange {
  const quantity = `${random.integer(0, 3)}`
  return { kind: 'positions', rows: [positionOf(quantity, random.pick(SIDES), random.pick(INSTRUMENTS))] }
}

function balance(random: SeededRandom): AccountChange {
  return { kind: 'balances', rows: [balanceOf(`${random.integer(0, 1_000_000)}`, random.pick(CURRENCIES))] }
}

function pnl(random: SeededRandom): AccountChange {
  return { kind: 'pnl', row: pnlOf(`${random.integer(-1_000, 1_000)}`, `${random.integer(1, 1_000_000)}`) }
}
