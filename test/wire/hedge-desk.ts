import type { AuditEntry, ExchangeOrder, PricePath } from '../../exchange/core/types.ts'
import type { FaultName } from '../../exchange/server/fault-catalogue.ts'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import type { Credential } from '../../src/domain/account.ts'
import { absolute, type Decimal, decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { Order } from '../../src/domain/order.ts'
import { PAIR_DEFAULTS, QUOTING_DEFAULTS, type Quoting } from '../../src/domain/pair.ts'
import { must } from '../../src/domain/result.ts'
import type { SetupPair } from '../../src/engine/setup.ts'
import type { PairRuntime } from '../../src/engine/state.ts'
import type { StoredFill } from '../../src/ports/store.ts'
import { eventually, Lockstep } from './lockstep.ts'

export const LEG_A = 'leg-a'
export const LEG_B = 'leg-b'
/** Whoever trades with A's quotes. */
const TAKER = 'taker'
const SYMBOL_A = 'BTCUSDT'
const DEPOSIT = '1000000'
const TOLD = 20
/** Prices that stand still: a quote trades when somebody takes it, and only then. */
const STILL: ReadonlyMap<string, Decimal> = new Map([
  ['BTCUSDT', decimal('60000')],
  ['ETHUSDT', decimal('3000')],
  ['DOGEUSDT', decimal('0.12')],
])
const PATH: PricePath = { priceAt: symbol => STILL.get(symbol) ?? decimal('100') }

export interface DeskOptions {
  /** A's is BTCUSDT. */
  readonly symbolB?: string
  readonly pair?: Partial<Omit<SetupPair, 'name' | 'a' | 'b' | 'quoting'>>
  /** Null: mirror mode. */
  readonly quoting?: Partial<Quoting> | null
  /** Quote. */
  readonly depositB?: string
  /** In place of the one that the exchange gave. */
  readonly keyB?: Credential
  /** Before the server starts. */
  readonly prepare?: (exchange: ExchangeServer) => void
}

/** A server with one pair at an exchange, over the network; the exchange's audit log says what truly happened. */
export class HedgeDesk {
  readonly lockstep: Lockstep
  readonly audit: AuditEntry[] = []
  readonly #exchange: ExchangeServer
  readonly #symbolB: string

  private constructor(exchange: ExchangeServer, lockstep: Lockstep, symbolB: string) {
    this.#exchange = exchange
    this.lockstep = lockstep
    this.#symbolB = symbolB
    this.audit.push(...exchange.exchange.audit(0, 1_000))
    exchange.exchange.onAudit(entry => this.audit.push(entry))
  }

  static async open(options: DeskOptions = {}): Promise<HedgeDesk> {
    const { symbolB = SYMBOL_A, depositB = DEPOSIT, keyB } = options
    const exchange = await runExchange({ limits: 'off', path: PATH, print: () => undefined })
    const credentials = new Map<string, Credential>()
    for (const account of [LEG_A, LEG_B, TAKER]) {
      const deposit = decimal(account === LEG_B ? depositB : DEPOSIT)
      const made = exchange.addAccount({ account, deposit })
      if (!made.ok) throw new Error(made.error)
      const { key, secret } = made.value
      if (account !== TAKER) credentials.set(account, { key, secret })
    }
    if (keyB !== undefined) credentials.set(LEG_B, keyB)
    options.prepare?.(exchange)
    const { url: rest, streams } = exchange
    const lockstep = await Lockstep.start({
      trading: {
        credentials,
        urls: {
          rest,
          privateStream: streams.private,
          tradeStream: streams.trade,
          publicStream: streams.public,
        },
        setup: {
          accounts: [LEG_A, LEG_B].map(name => ({
            name,
            venue: 'bybit',
            environment: 'paper',
            status: 'active',
            maximumLeverage: decimal('10'),
          })),
          sources: [],
          strategies: [],
          links: [],
          pairs: [pairOf(options)],
        },
      },
    })
    return new HedgeDesk(exchange, lockstep, symbolB)
  }

  async close(): Promise<void> {
    await this.lockstep.stop()
    await this.#exchange.close()
  }

  /** What the pair remembers, and what it waits for. */
  get pair(): PairRuntime {
    const { state } = this.lockstep.server.engine.context
    return must([...state.pairs.values()][0], 'a desk has one pair')
  }

  /** A's order on the exchange, when it has come to rest there. */
  async quote(): Promise<ExchangeOrder> {
    const resting = () => this.#exchange.exchange.openOrders(LEG_A)
    await eventually(() => resting().length === 1, 'A quotes')
    return must(resting()[0], 'A quotes')
  }

  resting(account: string): readonly ExchangeOrder[] {
    return this.#exchange.exchange.openOrders(account)
  }

  /** Somebody sells this much at market: A's quote is first in its line. */
  take(quantity: string): void {
    this.#trade(TAKER, decimal(`-${quantity}`))
  }

  /** A's owner trades by hand. @param quantity signed */
  tradeA(quantity: string): void {
    this.#trade(LEG_A, decimal(quantity))
  }

  /** At each order of an account, so many times. */
  fault(name: FaultName, account: string, more: { times?: number; delayMs?: number } = {}): void {
    const { times = null, delayMs = 0 } = more
    this.#exchange.faults.add({ name, probability: 1, account, target: 'create', times, delayMs })
  }

  calm(): void {
    this.#exchange.faults.remove({})
  }

  /** What A and B hold on the exchange. */
  get held(): readonly [a: string, b: string] {
    const { exchange } = this.#exchange
    return [
      formatDecimal(exchange.position(LEG_A, SYMBOL_A).quantity),
      formatDecimal(exchange.position(LEG_B, this.#symbolB).quantity),
    ]
  }

  holds(a: string, b: string): Promise<void> {
    return this.#until(() => this.held[0] === a && this.held[1] === b, `A holds ${a} and B ${b}`)
  }

  /** Where the audit log first says this of an account, like `received submit sell 0.04`; -1: nowhere. */
  place(account: string, line: string): number {
    return this.audit.findIndex(entry => entry.account === account && lineOf(entry) === line)
  }

  /** How often it says so, of any size. */
  count(account: string, line: string): number {
    return this.audit.filter(entry => entry.account === account && lineOf(entry).startsWith(line)).length
  }

  /** Orders of an account as the store has them, oldest first. */
  async stored(account: string): Promise<readonly Order[]> {
    const { store } = this.lockstep.server
    const page = await store.orderPage({ accountIds: [this.#idOf(account)], limit: 100 })
    return page.toSorted((a, b) => a.sequence - b.sequence)
  }

  fills(account: string): Promise<readonly StoredFill[]> {
    return this.lockstep.server.store.fills(this.#idOf(account))
  }

  /** Codes of the notices that are rows, oldest first. */
  async notices(): Promise<readonly string[]> {
    const rows = await this.lockstep.server.store.notices(1_000)
    return rows.map(({ code }) => code).toReversed()
  }

  paused(): Promise<void> {
    return this.#until(() => this.pair.state.pause !== null, 'the pair is paused')
  }

  /** Says what there was instead. */
  #until(check: () => boolean, what: string): Promise<void> {
    return eventually(check, what).catch(() => {
      const { phase, pause, attempts } = this.pair.state
      const lines = this.audit.slice(-TOLD).map(entry => `${entry.at} ${entry.account} ${lineOf(entry)}`)
      const warnings = this.lockstep.lines.filter(({ level }) => level === 'warn').slice(-TOLD)
      const told = [...lines, ...warnings.map(({ event, fields }) => `${event} ${JSON.stringify(fields)}`)]
      throw new Error(`${what}: it is ${phase}, ${pause}, ${attempts} attempts\n${told.join('\n')}`)
    })
  }

  #idOf(name: string) {
    const { accounts } = this.lockstep.server.engine.roster()
    return must(
      accounts.find(account => account.name === name),
      `${name} is an account`,
    ).id
  }

  #trade(account: string, quantity: Decimal): void {
    const submitted = this.#exchange.exchange.submit(
      account,
      {
        symbol: SYMBOL_A,
        side: quantity < 0n ? 'sell' : 'buy',
        type: 'market',
        timeInForce: 'ioc',
        postOnly: false,
        reduceOnly: false,
        quantity: absolute(quantity),
        limitPrice: null,
        clientOrderId: '',
      },
      Date.now(),
    )
    if (!submitted.ok) throw new Error(submitted.error)
  }
}

function pairOf({ symbolB = SYMBOL_A, pair, quoting = {} }: DeskOptions): SetupPair {
  return {
    ...PAIR_DEFAULTS,
    name: 'pair',
    a: { account: LEG_A, symbol: SYMBOL_A },
    b: { account: LEG_B, symbol: symbolB },
    // ETHUSDT's lot; what is below it on the one market is below it on both.
    tolerance: decimal('0.01'),
    retryEveryMs: 300,
    quoting: quoting === null ? null : { ...QUOTING_DEFAULTS, quantity: decimal('0.040'), ...quoting },
    ...pair,
  }
}

function lineOf(entry: AuditEntry): string {
  switch (entry.kind) {
    case 'received':
      return `received ${entry.command} ${entry.side} ${entry.quantity}`.trim()
    case 'filled':
      return `filled ${entry.side} ${entry.quantity}`
    case 'ended':
      return `ended ${entry.status}`
    default:
      return entry.kind
  }
}
