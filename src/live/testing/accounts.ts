import { LIVE_LIMITS } from '../../../protocol/live.ts'
import { decimal } from '../../domain/decimal.ts'
import { type AccountId, type InstrumentId, instrumentId, type VenueOrderId } from '../../domain/ids.ts'
import { must } from '../../domain/result.ts'
import type { Ticker } from '../../ports/venue.ts'
import type {
  AccountChange,
  AccountListener,
  AccountView,
  AccountWatch,
  BalanceView,
  OrderView,
  PnlView,
  PositionView,
  TickerWatch,
  Watching,
  WatchState,
} from '../../ports/watch.ts'

export const BTC = instrumentId('bybit', 'BTCUSDT')
export const ETH = instrumentId('bybit', 'ETHUSDT')

/** The id of a test's account: what it looks like is what the gateway takes for an id. */
export function accountIdOf(number: number): AccountId {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}` as AccountId
}

export function balanceOf(total: string, currency = 'USDT'): BalanceView {
  const amount = decimal(total)
  return { currency, total: amount, available: amount, equity: null, unrealizedPnl: null, marginUsed: null }
}

export function positionOf(quantity: string, side: PositionView['side'] = 'long', of = BTC): PositionView {
  return {
    instrumentId: of,
    side,
    quantity: decimal(quantity),
    averagePrice: decimal('60000'),
    markPrice: decimal('61000'),
    liquidationPrice: null,
    leverage: decimal('3'),
    unrealizedPnl: null,
    notional: null,
  }
}

export function orderOf(id: string, status: OrderView['status'] = 'open'): OrderView {
  return {
    id: id as VenueOrderId,
    clientOrderId: null,
    instrumentId: BTC,
    side: 'buy',
    type: 'limit',
    quantity: decimal('0.01'),
    filled: decimal(status === 'filled' ? '0.01' : '0'),
    limitPrice: decimal('59000'),
    averagePrice: null,
    status,
    reduceOnly: false,
    origin: 'venue',
    at: 1_700_000_000_000,
  }
}

export function pnlOf(realizedToday: string, equity: string | null = null): PnlView {
  const known = equity === null ? null : decimal(equity)
  return { realizedToday: decimal(realizedToday), unrealized: null, equity: known, at: 1_700_000_000_000 }
}

/** An account that does what a test says, and tells whoever watches. */
export class ScriptedAccount {
  balances = new Map<string, BalanceView>()
  positions = new Map<string, PositionView>()
  orders = new Map<string, OrderView>()
  pnl: PnlView = pnlOf('0')
  state: WatchState = 'live'
  isRead = true
  /** How often a watch began. */
  watched = 0
  viewed = 0
  readonly listeners = new Set<AccountListener>()

  view(): AccountView | null {
    if (!this.isRead) return null
    this.viewed += 1
    return {
      balances: [...this.balances.values()],
      positions: [...this.positions.values()],
      orders: [...this.orders.values()],
      pnl: this.pnl,
    }
  }

  /** Changes and tells, at once and together. */
  change(...changes: readonly AccountChange[]): void {
    for (const change of changes) this.#apply(change)
    for (const listener of this.listeners) listener.changed(changes)
  }

  become(state: WatchState): void {
    this.state = state
    for (const listener of this.listeners) listener.state(state, 'the test says so')
  }

  #apply(change: AccountChange): void {
    if (change.kind === 'balances') for (const row of change.rows) this.balances.set(row.currency, row)
    if (change.kind === 'orders') this.#applyOrders(change.rows)
    if (change.kind === 'pnl') this.pnl = change.row
    if (change.kind !== 'positions') return
    for (const row of change.rows) {
      const key = `${row.instrumentId} ${row.side}`
      if (row.quantity === 0n) this.positions.delete(key)
      else this.positions.set(key, row)
    }
  }

  #applyOrders(rows: readonly OrderView[]): void {
    for (const row of rows) this.orders.set(row.id, row)
    const done = [...this.orders.values()].filter(isDone)
    for (const { id } of done.slice(0, Math.max(0, done.length - LIVE_LIMITS.doneOrders)))
      this.orders.delete(id)
  }
}

function isDone({ status }: OrderView): boolean {
  return status !== 'created' && status !== 'open'
}

export class ScriptedAccounts implements AccountWatch {
  readonly #accounts = new Map<AccountId, ScriptedAccount>()

  add(id: AccountId): ScriptedAccount {
    const account = new ScriptedAccount()
    this.#accounts.set(id, account)
    return account
  }

  /** Whoever looks already goes on; nobody else can. */
  remove(id: AccountId): void {
    this.#accounts.delete(id)
  }

  get(id: AccountId): ScriptedAccount {
    return must(this.#accounts.get(id), `the test has no account ${id}`)
  }

  watch(accountId: AccountId, _: string, listener: AccountListener): Watching | null {
    const account = this.#accounts.get(accountId)
    if (account === undefined) return null
    account.watched += 1
    account.listeners.add(listener)
    return {
      get state() {
        return account.state
      },
      view: () => account.view(),
      end: () => void account.listeners.delete(listener),
    }
  }
}

export function tickerOf(last: string, of: InstrumentId = BTC): Ticker {
  const price = decimal(last)
  const unknown = { bid: null, ask: null, change24h: null, volume24h: null, fundingRate: null }
  return { instrumentId: of, last: price, mark: price, ...unknown, at: 1_700_000_000_000 }
}

export class ScriptedTickers implements TickerWatch {
  readonly listeners = new Map<InstrumentId, Set<(ticker: Ticker) => void>>([
    [BTC, new Set()],
    [ETH, new Set()],
  ])
  readonly #last = new Map<InstrumentId, Ticker>()

  watch(id: InstrumentId, listener: (ticker: Ticker) => void): (() => void) | null {
    const listeners = this.listeners.get(id)
    if (listeners === undefined) return null
    listeners.add(listener)
    const last = this.#last.get(id)
    if (last !== undefined) listener(last)
    return () => void listeners.delete(listener)
  }

  tell(ticker: Ticker): void {
    this.#last.set(ticker.instrumentId, ticker)
    for (const listener of this.listeners.get(ticker.instrumentId) ?? []) listener(ticker)
  }
}
