import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import { type ClientOrderId, instrumentId, type VenueOrderId } from '../../src/domain/ids.ts'
import type { AccountChange, AccountView } from '../../src/ports/watch.ts'

/** As long as a venue's own: what is measured is also the writing of digits. */
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'] as const
const POOL_ROUNDS = 4

/** What an account is, and what happens to it again and again: orders, positions, balances and PnL in turn. */
export interface Updates {
  readonly view: AccountView
  readonly changes: readonly AccountChange[]
}

/** Made before anything is measured: it stands for what a venue's frames were parsed to. */
export function updatesOf(account: number): Updates {
  const rounds = Array.from({ length: POOL_ROUNDS }, (_, at) => roundOf(account * POOL_ROUNDS + at))
  const view = {
    balances: [balanceOf(account)],
    positions: SYMBOLS.map((_, at) => positionOf(account + at)),
    orders: Array.from({ length: 10 }, (_, at) => orderOf(account * 10 + at)),
    pnl: pnlOf(account),
  }
  return { view, changes: rounds.flat() }
}

function roundOf(number: number): readonly AccountChange[] {
  return [
    { kind: 'orders', rows: [orderOf(number)] },
    { kind: 'positions', rows: [positionOf(number)] },
    { kind: 'balances', rows: [balanceOf(number)] },
    { kind: 'pnl', row: pnlOf(number) },
  ]
}

function amount(number: number, whole: number, places: number): Decimal {
  const digits = String(1_234_567_891 + number * 7_919).slice(0, places)
  return decimal(`${whole + (number % 97)}.${digits}`)
}

function orderOf(number: number) {
  return {
    id: `1f4a9e6c-0b5d-4c7e-9a55-${String(number).padStart(12, '0')}` as VenueOrderId,
    clientOrderId: `ls-7Qm2${String(number).padStart(10, '0')}` as ClientOrderId,
    instrumentId: symbolAt(number),
    side: 'buy',
    type: 'limit',
    quantity: amount(number, 1, 3),
    filled: amount(number, 0, 3),
    limitPrice: amount(number, 60_000, 1),
    averagePrice: amount(number, 60_000, 4),
    status: 'open',
    reduceOnly: false,
    origin: 'lockstep',
    at: 1_700_000_000_000 + number,
  } as const
}

function positionOf(number: number) {
  return {
    instrumentId: symbolAt(number),
    side: 'long',
    quantity: amount(number, 1, 3),
    averagePrice: amount(number, 60_000, 4),
    markPrice: amount(number, 61_000, 2),
    liquidationPrice: amount(number, 41_000, 2),
    leverage: decimal('3'),
    unrealizedPnl: amount(number, 980, 8),
    notional: amount(number, 61_000, 8),
  } as const
}

function balanceOf(number: number) {
  return {
    currency: 'USDT',
    total: amount(number, 10_000, 8),
    available: amount(number, 9_000, 8),
    equity: amount(number, 11_000, 8),
    unrealizedPnl: amount(number, 980, 8),
    marginUsed: amount(number, 1_000, 8),
  }
}

function pnlOf(number: number) {
  const [realizedToday, unrealized, equity] = [120, 980, 11_000].map(whole => amount(number, whole, 8))
  return {
    realizedToday: realizedToday ?? decimal('0'),
    unrealized: unrealized ?? null,
    equity: equity ?? null,
    at: 1_700_000_000_000 + number,
  }
}

function symbolAt(number: number) {
  return instrumentId('bybit', SYMBOLS[number % SYMBOLS.length] ?? SYMBOLS[0])
}
