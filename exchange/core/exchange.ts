import { type Decimal, decimal, ZERO } from '../../src/domain/decimal.ts'
import { assert, err, ok, type Result } from '../../src/domain/result.ts'
import { DEFAULT_ROW_LIMITS, holdingOf, holdingsOf, type RowLimits } from './account.ts'
import { deleverageOne } from './adl.ts'
import { cancelAllAfter, ledgerOf, openAccount, setSymbolStatus, transfer } from './administration.ts'
import { advanceWorld } from './advance.ts'
import { AuditLog } from './audit.ts'
import { amendOrder, cancelOpenOrder } from './changes.ts'
import { type AccountCommand, clientOrderIdOf, type ExchangeCommand, receivedOf } from './command.ts'
import { cancelHolding } from './ending.ts'
import { EventQueue } from './event-queue.ts'
import { paymentsBefore } from './funding.ts'
import { createIds, createNumberIds } from './ids.ts'
import { setLeverage } from './leverage.ts'
import { liquidate } from './liquidation.ts'
import { switchMarginMode } from './margin-mode.ts'
import { createMarket } from './market.ts'
import { submitOrder } from './orders.ts'
import { switchPositionMode } from './position-mode.ts'
import { ExchangeQueries } from './queries.ts'
import type { ExchangeLedger, FundingPayment, MarginMode } from './records.ts'
import { BYBIT_RULES, type VenueRules } from './rules.ts'
import type { OrderChange, PositionMode, TradingStopCommand } from './stop.ts'
import { liquidity, Tickers } from './ticker.ts'
import { setTradingStop } from './trading-stop.ts'
import { fireTriggers } from './triggers.ts'
import type {
  AuditEntry,
  Exchange,
  ExchangeEvent,
  ExchangeInstrument,
  ExchangeOrder,
  ExchangeTicker,
  Level,
  OrderCommand,
  OrderSelector,
  PositionAddress,
  PricePath,
  Refusal,
} from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

const DEFAULT_AUDIT_LIMIT = 2_000_000
const DEFAULT_LEVEL_NOTIONAL = decimal('20000')
const DEFAULT_INSURANCE_FUND = decimal('1000000')

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
  /** Rows that each account can still ask for; 10 000 and 20 000 if left out. */
  readonly rowLimits?: RowLimits
  /** Bybit's if left out. */
  readonly rules?: VenueRules
  /** Quote; 1 000 000 if left out. */
  readonly insuranceFund?: Decimal
  /** Hears every command before it is carried out: what a journal writes down. */
  readonly onCommand?: (command: ExchangeCommand) => void
}

/** A whole derivatives exchange in memory. The same options and commands give the same ids, events and audit. */
export function createExchange(options: ExchangeOptions): Exchange {
  // The exchange's own copies: closing a symbol here closes it.
  const own = options.instruments.map(instrument => [instrument.symbol, { ...instrument }] as const)
  return new SimulatedExchange(options, new Map(own))
}

function createWorld(options: ExchangeOptions, instruments: Iterable<ExchangeInstrument>): World {
  const { path, seed, startAt, rules = BYBIT_RULES, insuranceFund = DEFAULT_INSURANCE_FUND } = options
  const { levelNotional = DEFAULT_LEVEL_NOTIONAL, auditLimit = DEFAULT_AUDIT_LIMIT } = options
  const { rowLimits = DEFAULT_ROW_LIMITS } = options
  const markets = Array.from(instruments, instrument =>
    createMarket({ instrument, seed, path, at: startAt, levelNotional }),
  )
  return {
    rules,
    rowLimits,
    markets: new Map(markets.map(market => [market.instrument.symbol, market])),
    accounts: new Map(),
    audit: new AuditLog(auditLimit),
    events: new EventQueue(),
    nextId: rules.ids === 'uuid' ? createIds(seed) : createNumberIds(),
    ledger: {
      deposits: insuranceFund,
      withdrawals: ZERO,
      fees: ZERO,
      funding: ZERO,
      insurance: insuranceFund,
    },
    exposed: new Set(),
    stirred: new Set(),
    cancelDeadlines: new Map(),
    drift: 0,
    maintenance: false,
    now: startAt,
  }
}

class SimulatedExchange extends ExchangeQueries implements Exchange {
  readonly instruments: ReadonlyMap<string, ExchangeInstrument>
  readonly rules: VenueRules
  readonly #path: PricePath
  readonly #tickers: Tickers
  readonly #onCommand: (command: ExchangeCommand) => void

  constructor(options: ExchangeOptions, instruments: ReadonlyMap<string, ExchangeInstrument>) {
    super(createWorld(options, instruments.values()))
    this.instruments = instruments
    this.rules = this.world.rules
    this.#path = options.path
    this.#onCommand = options.onCommand ?? (() => {})
    this.#tickers = new Tickers(options.path)
  }

  get maintenance(): boolean {
    return this.world.maintenance
  }

  createAccount(account: string, deposit: Decimal): void {
    assert(!this.world.accounts.has(account), `account "${account}" exists already`)
    this.#happen({ kind: 'create_account', account, deposit }, world => openAccount(world, account, deposit))
  }

  accounts(): readonly string[] {
    return [...this.world.accounts.keys()]
  }

  submit(account: string, order: OrderCommand, at: number): Result<ExchangeOrder, Refusal> {
    return this.#obey({ kind: 'submit', account, order, at }, world => submitOrder(world, account, order, at))
  }

  amend(
    account: string,
    order: OrderSelector,
    change: OrderChange,
    at: number,
  ): Result<ExchangeOrder, Refusal> {
    return this.#obey({ kind: 'amend', account, order, change, at }, world =>
      amendOrder(world, { account, selector: order, at }, change),
    )
  }

  cancel(account: string, order: OrderSelector, at: number): Result<ExchangeOrder, Refusal> {
    return this.#obey({ kind: 'cancel', account, order, at }, world =>
      cancelOpenOrder(world, { account, selector: order, at }),
    )
  }

  cancelAll(account: string, symbol: string | null, at: number): readonly ExchangeOrder[] {
    const canceled: ExchangeOrder[] = []
    this.#obey({ kind: 'cancel_all', account, symbol, at }, world => {
      for (const holding of holdingsOf(accountOf(world, account)))
        if (symbol === null || holding.position.symbol === symbol)
          canceled.push(...cancelHolding(world, holding, 'user', at))
      return ok()
    })
    return canceled
  }

  setLeverage(account: string, symbol: string, leverage: Decimal): Result<void, Refusal> {
    return this.#obey({ kind: 'set_leverage', account, symbol, leverage }, world =>
      setLeverage(world, account, symbol, leverage),
    )
  }

  switchPositionMode(account: string, symbol: string | null, mode: PositionMode): Result<void, Refusal> {
    return this.#obey({ kind: 'switch_position_mode', account, symbol, mode }, world =>
      switchPositionMode(world, account, symbol, mode),
    )
  }

  switchMarginMode(account: string, mode: MarginMode): Result<void, Refusal> {
    return this.#obey({ kind: 'switch_margin_mode', account, mode }, world =>
      switchMarginMode(world, account, mode),
    )
  }

  setTradingStop(account: string, stop: TradingStopCommand, at: number): Result<void, Refusal> {
    return this.#obey({ kind: 'set_trading_stop', account, stop, at }, world =>
      setTradingStop(world, account, stop, at),
    )
  }

  cancelAllAfter(account: string, deadlineAt: number | null, at: number): Result<void, Refusal> {
    return this.#obey({ kind: 'cancel_all_after', account, deadlineAt, at }, world =>
      cancelAllAfter(world, account, deadlineAt),
    )
  }

  transfer(account: string, sum: Decimal, at: number): Result<void, Refusal> {
    return this.#happen({ kind: 'transfer', account, sum, at }, world => transfer(world, account, sum, at))
  }

  setMaintenance(on: boolean): void {
    this.#happen({ kind: 'set_maintenance', on }, world => {
      world.maintenance = on
    })
  }

  setSymbolStatus(symbol: string, status: ExchangeInstrument['status'], at: number): void {
    this.#happen({ kind: 'set_symbol_status', symbol, status, at }, world =>
      setSymbolStatus(world, this.#path, { symbol, status, at }),
    )
  }

  liquidate(account: string, at: number): void {
    this.#happen({ kind: 'liquidate', account, at }, world => liquidate(world, accountOf(world, account), at))
  }

  deleverage(account: string, position: PositionAddress, quantity: Decimal, at: number): void {
    this.#happen({ kind: 'deleverage', account, position, quantity, at }, world => {
      const { symbol, positionIndex } = position
      const market = marketOf(world, symbol)
      const known = accountOf(world, account)
      const holding = holdingOf(known, market.instrument, positionIndex)
      deleverageOne(world, known, holding, { market, quantity, price: market.mid, at })
    })
  }

  ledger(): ExchangeLedger {
    return ledgerOf(this.world)
  }

  advance(at: number): void {
    this.#onCommand({ kind: 'advance', at })
    advanceWorld(this.world, this.#path, at)
    this.world.events.drain()
  }

  depth(symbol: string, levels: number): { bids: readonly Level[]; asks: readonly Level[] } {
    const { depth } = marketOf(this.world, symbol)
    return { bids: liquidity(depth.buy, levels), asks: liquidity(depth.sell, levels) }
  }

  ticker(symbol: string): ExchangeTicker {
    return this.#tickers.of(marketOf(this.world, symbol), this.world.now)
  }

  mark(symbol: string): Decimal {
    return marketOf(this.world, symbol).mid
  }

  priceAt(symbol: string, at: number): Decimal {
    return this.#path.priceAt(marketOf(this.world, symbol).instrument.symbol, at)
  }

  fundingPayments(symbol: string, before: number, limit: number): readonly FundingPayment[] {
    const { instrument } = marketOf(this.world, symbol)
    return paymentsBefore(this.#path, instrument, Math.min(before, this.world.now + 1), limit)
  }

  subscribe(listener: (event: ExchangeEvent) => void): () => void {
    return this.world.events.subscribe(listener)
  }

  audit(after: number, limit: number): readonly AuditEntry[] {
    return this.world.audit.after(after, limit)
  }

  onAudit(listener: (entry: AuditEntry) => void): () => void {
    return this.world.audit.onEntry(listener)
  }

  /** Every command of an account goes this way: written down, carried out or refused, heard. */
  #obey<T>(command: AccountCommand, carryOut: (world: World) => Result<T, Refusal>): Result<T, Refusal> {
    const { world } = this
    this.#onCommand(command)
    const at = 'at' in command ? command.at : world.now
    world.audit.add(receivedOf(command, at))
    const result = world.maintenance ? err<Refusal>('maintenance') : carryOut(world)
    if (result.ok) fireTriggers(world, at)
    else {
      const { account, kind } = command
      const clientOrderId = clientOrderIdOf(command)
      world.audit.add({ kind: 'refused', at, account, command: kind, clientOrderId, refusal: result.error })
    }
    world.events.drain()
    return result
  }

  /** What the exchange does by itself is not asked for by an account, and not refused in maintenance. */
  #happen<T>(command: ExchangeCommand, carryOut: (world: World) => T): T {
    this.#onCommand(command)
    const result = carryOut(this.world)
    fireTriggers(this.world, this.world.now)
    this.world.events.drain()
    return result
  }
}
