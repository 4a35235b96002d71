import { type Decimal, decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { assert, type Result } from '../../src/domain/result.ts'
import { createAccount, emptyPosition, findOrder } from './account.ts'
import { advanceWorld } from './advance.ts'
import { AuditLog } from './audit.ts'
import { amendOrder, cancelOpenOrder, type OrderChange } from './changes.ts'
import type { ExchangeCommand } from './command.ts'
import { EventQueue } from './event-queue.ts'
import { createIds } from './ids.ts'
import { setLeverage } from './leverage.ts'
import { walletOf } from './margin.ts'
import { createMarket } from './market.ts'
import { submitOrder } from './orders.ts'
import { cancelOrder } from './settle.ts'
import { liquidity, Tickers } from './ticker.ts'
import type {
  AuditEntry,
  AuditFact,
  Exchange,
  ExchangeEvent,
  ExchangeExecution,
  ExchangeInstrument,
  ExchangeOrder,
  ExchangePosition,
  ExchangeTicker,
  ExchangeWallet,
  Level,
  OrderCommand,
  OrderSelector,
  PricePath,
  Refusal,
} from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

const DEFAULT_AUDIT_LIMIT = 2_000_000
const DEFAULT_LEVEL_NOTIONAL = decimal('20000')

export interface ExchangeOptions {
  readonly instruments: readonly ExchangeInstrument[]
  readonly path: PricePath
  readonly seed: number
  /** Ms, by the exchange's own clock. */
  readonly startAt: number
  /** Quote: the mean that the best level of each book holds; small ones make thin books. 20 000 if left out. */
  readonly levelNotional?: Decimal
  /** Audit entries kept; 2 000 000 if left out. */
  readonly auditLimit?: number
  /** Hears every command before it is carried out: what a journal writes down. */
  readonly onCommand?: (command: ExchangeCommand) => void
}

/** A whole derivatives exchange in memory. The same options and commands give the same ids, events and audit. */
export function createExchange(options: ExchangeOptions): Exchange {
  return new SimulatedExchange(options)
}

class SimulatedExchange implements Exchange {
  /** The exchange's own copies: closing a symbol here closes it. */
  readonly instruments: ReadonlyMap<string, ExchangeInstrument>
  readonly #path: PricePath
  readonly #world: World
  readonly #tickers: Tickers
  readonly #onCommand: (command: ExchangeCommand) => void

  constructor(options: ExchangeOptions) {
    const { path, seed, startAt, levelNotional = DEFAULT_LEVEL_NOTIONAL } = options
    this.instruments = new Map(options.instruments.map(instrument => [instrument.symbol, { ...instrument }]))
    const markets = [...this.instruments.values()].map(instrument =>
      createMarket({ instrument, seed, path, at: startAt, levelNotional }),
    )
    this.#path = path
    this.#onCommand = options.onCommand ?? (() => {})
    this.#tickers = new Tickers(path)
    this.#world = {
      markets: new Map(markets.map(market => [market.instrument.symbol, market])),
      accounts: new Map(),
      audit: new AuditLog(options.auditLimit ?? DEFAULT_AUDIT_LIMIT),
      events: new EventQueue(),
      nextId: createIds(seed),
      now: startAt,
    }
  }

  createAccount(account: string, deposit: Decimal): void {
    assert(!this.#world.accounts.has(account), `account "${account}" exists already`)
    this.#onCommand({ kind: 'create_account', account, deposit })
    this.#world.accounts.set(account, createAccount(account, deposit))
  }

  accounts(): readonly string[] {
    return [...this.#world.accounts.keys()]
  }

  submit(account: string, command: OrderCommand, at: number): Result<ExchangeOrder, Refusal> {
    this.#onCommand({ kind: 'submit', account, order: command, at })
    const { clientOrderId, symbol, side, reduceOnly } = command
    const quantity = formatDecimal(command.quantity)
    this.#received(at, account, 'submit', { clientOrderId, symbol, side, quantity, reduceOnly })
    return this.#answer(at, { account, command: 'submit', clientOrderId }, () =>
      submitOrder(this.#world, account, command, at),
    )
  }

  amend(
    account: string,
    selector: OrderSelector,
    change: OrderChange,
    at: number,
  ): Result<ExchangeOrder, Refusal> {
    this.#onCommand({ kind: 'amend', account, order: selector, change, at })
    const { symbol, clientOrderId } = selector
    const quantity = change.quantity === null ? '' : formatDecimal(change.quantity)
    this.#received(at, account, 'amend', { symbol, clientOrderId, quantity })
    return this.#answer(at, { account, command: 'amend', clientOrderId }, () =>
      amendOrder(this.#world, { account, selector, at }, change),
    )
  }

  cancel(account: string, selector: OrderSelector, at: number): Result<ExchangeOrder, Refusal> {
    this.#onCommand({ kind: 'cancel', account, order: selector, at })
    const { symbol, clientOrderId } = selector
    this.#received(at, account, 'cancel', { symbol, clientOrderId })
    return this.#answer(at, { account, command: 'cancel', clientOrderId }, () =>
      cancelOpenOrder(this.#world, { account, selector, at }),
    )
  }

  cancelAll(account: string, symbol: string | null, at: number): readonly ExchangeOrder[] {
    this.#onCommand({ kind: 'cancel_all', account, symbol, at })
    this.#received(at, account, 'cancel_all', { symbol: symbol ?? '' })
    const canceled: ExchangeOrder[] = []
    for (const holding of accountOf(this.#world, account).holdings.values()) {
      if (symbol !== null && holding.position.symbol !== symbol) continue
      for (const order of holding.openOrders.values()) {
        cancelOrder(this.#world, order, 'user', at)
        canceled.push({ ...order })
      }
    }
    this.#world.events.drain()
    return canceled
  }

  setLeverage(account: string, symbol: string, leverage: Decimal): Result<void, Refusal> {
    this.#onCommand({ kind: 'set_leverage', account, symbol, leverage })
    const at = this.#world.now
    this.#received(at, account, 'set_leverage', { symbol })
    return this.#answer(at, { account, command: 'set_leverage', clientOrderId: '' }, () =>
      setLeverage(this.#world, account, symbol, leverage),
    )
  }

  advance(at: number): void {
    this.#onCommand({ kind: 'advance', at })
    advanceWorld(this.#world, this.#path, at)
    this.#world.events.drain()
  }

  depth(symbol: string, levels: number): { bids: readonly Level[]; asks: readonly Level[] } {
    const { depth } = marketOf(this.#world, symbol)
    return { bids: liquidity(depth.buy, levels), asks: liquidity(depth.sell, levels) }
  }

  ticker(symbol: string): ExchangeTicker {
    return this.#tickers.of(marketOf(this.#world, symbol), this.#world.now)
  }

  wallet(account: string): ExchangeWallet {
    return walletOf(accountOf(this.#world, account), this.#world.markets)
  }

  position(account: string, symbol: string): ExchangePosition {
    const holding = accountOf(this.#world, account).holdings.get(symbol)
    return holding === undefined
      ? emptyPosition(marketOf(this.#world, symbol).instrument.symbol)
      : { ...holding.position }
  }

  positions(account: string): readonly ExchangePosition[] {
    return [...accountOf(this.#world, account).holdings.values()].map(({ position }) => ({ ...position }))
  }

  order(account: string, selector: OrderSelector): ExchangeOrder | null {
    const order = findOrder(accountOf(this.#world, account), selector)
    return order === null ? null : { ...order }
  }

  openOrders(account: string): readonly ExchangeOrder[] {
    const holdings = [...accountOf(this.#world, account).holdings.values()]
    return holdings.flatMap(holding => [...holding.openOrders.values()].map(order => ({ ...order })))
  }

  closedOrders(account: string): readonly ExchangeOrder[] {
    return accountOf(this.#world, account).closed.newestFirst()
  }

  executions(account: string): readonly ExchangeExecution[] {
    return accountOf(this.#world, account).executions.newestFirst()
  }

  subscribe(listener: (event: ExchangeEvent) => void): () => void {
    return this.#world.events.subscribe(listener)
  }

  audit(after: number, limit: number): readonly AuditEntry[] {
    return this.#world.audit.after(after, limit)
  }

  onAudit(listener: (entry: AuditEntry) => void): () => void {
    return this.#world.audit.onEntry(listener)
  }

  #received(at: number, account: string, command: string, said: Partial<Received>): void {
    const unsaid = { clientOrderId: '', symbol: '', side: '', quantity: '', reduceOnly: false } as const
    this.#world.audit.add({ kind: 'received', at, account, command, ...unsaid, ...said })
  }

  /** Every command that may be refused ends here: the refusal is written down, the events are heard. */
  #answer<T>(at: number, asked: Asked, carryOut: () => Result<T, Refusal>): Result<T, Refusal> {
    const result = carryOut()
    if (!result.ok) this.#world.audit.add({ kind: 'refused', at, ...asked, refusal: result.error })
    this.#world.events.drain()
    return result
  }
}

type Received = Omit<Extract<AuditFact, { kind: 'received' }>, 'kind' | 'at' | 'account' | 'command'>

interface Asked {
  readonly account: string
  readonly command: string
  readonly clientOrderId: string
}
