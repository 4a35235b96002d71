import { onTestFinished } from 'vitest'
import type { AuditEntry, Exchange, ExchangeOrder } from '../../exchange/core/types.ts'
import type { Credential } from '../../src/domain/account.ts'
import { absolute, type Decimal, decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import type { Order, OrderStatus } from '../../src/domain/order.ts'
import { PAIR_DEFAULTS, QUOTING_DEFAULTS, type Quoting } from '../../src/domain/pair.ts'
import { must } from '../../src/domain/result.ts'
import type { SetupPair } from '../../src/engine/setup.ts'
import type { PairRuntime } from '../../src/engine/state.ts'
import type { StoredFill } from '../../src/ports/store.ts'
import {
  type DeskFault,
  type DeskVenue,
  type DeskVenueName,
  type FaultSettings,
  openVenue,
} from './desk-venue.ts'
import { eventually, Lockstep } from './lockstep.ts'

export const LEG_A = 'leg-a'
export const LEG_B = 'leg-b'
/** Whoever trades with A's quotes. */
const TAKER = 'taker'
/** Where nothing else is said, both legs trade this one. */
const BITCOIN: Readonly<Record<DeskVenueName, string>> = { bybit: 'BTCUSDT', lighter: 'BTC' }
const DEPOSIT = '1000000'
const TOLD = 20

export interface DeskOptions {
  /** Where the legs are: both at Bybit if left out. */
  readonly a?: DeskVenueName
  readonly b?: DeskVenueName
  readonly symbolB?: string
  /** Null: somebody adds it by hand. */
  readonly pair?: Partial<Omit<SetupPair, 'name' | 'a' | 'b' | 'quoting'>> | null
  /** Null: mirror mode. */
  readonly quoting?: Partial<Quoting> | null
  /** Quote. */
  readonly depositB?: string
  /** What is given for the one that the exchange gave. */
  readonly keyB?: (right: Credential) => Credential
  /** What happens where B trades, before the server starts. */
  readonly prepare?: (exchange: Exchange) => void
}

type Legs = Readonly<Record<'a' | 'b', { readonly venue: DeskVenue; readonly symbol: string }>>

/** As `HedgeDesk.open`, for as long as the test lasts. @param atEnd a test's own, where others run beside it */
export async function openDesk(options: DeskOptions = {}, atEnd = onTestFinished): Promise<HedgeDesk> {
  const desk = await HedgeDesk.open(options)
  atEnd(() => desk.close())
  return desk
}

/** A server with one pair at one exchange or two, over the network; their audit logs say what truly happened. */
export class HedgeDesk {
  readonly lockstep: Lockstep
  /** Of both exchanges, in the order in which it happened. */
  readonly audit: readonly AuditEntry[]
  readonly #legs: Legs

  private constructor(legs: Legs, lockstep: Lockstep, audit: readonly AuditEntry[]) {
    this.#legs = legs
    this.lockstep = lockstep
    this.audit = audit
  }

  static async open(options: DeskOptions = {}): Promise<HedgeDesk> {
    const { a: nameA = 'bybit', b: nameB = 'bybit', depositB = DEPOSIT } = options
    const venueA = await openVenue(nameA)
    const venueB = nameA === nameB ? venueA : await openVenue(nameB)
    const legs: Legs = {
      a: { venue: venueA, symbol: BITCOIN[nameA] },
      b: { venue: venueB, symbol: options.symbolB ?? BITCOIN[nameB] },
    }
    const audit: AuditEntry[] = []
    for (const { core } of venuesOf(legs)) core.onAudit(entry => audit.push(entry))
    venueA.addAccount(TAKER, decimal(DEPOSIT))
    const keyA = venueA.addAccount(LEG_A, decimal(DEPOSIT))
    const keyB = venueB.addAccount(LEG_B, decimal(depositB))
    options.prepare?.(venueB.core)
    const account = (name: string, venue: DeskVenueName) =>
      ({ name, venue, environment: 'paper', status: 'active', maximumLeverage: decimal('10') }) as const
    const lockstep = await Lockstep.start({
      trading: {
        credentials: new Map([
          [LEG_A, keyA],
          [LEG_B, options.keyB?.(keyB) ?? keyB],
        ]),
        ...(venueA === venueB
          ? venueA.placesOf([LEG_A, LEG_B])
          : { ...venueA.placesOf([LEG_A]), ...venueB.placesOf([LEG_B]) }),
        setup: {
          accounts: [account(LEG_A, nameA), account(LEG_B, nameB)],
          sources: [],
          strategies: [],
          links: [],
          pairs: options.pair === null ? [] : [pairOf(legs, options)],
        },
      },
    })
    return new HedgeDesk(legs, lockstep, audit)
  }

  async close(): Promise<void> {
    await this.lockstep.stop()
    for (const venue of venuesOf(this.#legs)) await venue.close()
  }

  /** What the pair remembers, and what it waits for. */
  get pair(): PairRuntime {
    const { state } = this.lockstep.server.engine.context
    return must([...state.pairs.values()][0], 'a desk has one pair')
  }

  /** A's order on the exchange, when it has come to rest there. */
  async quote(): Promise<ExchangeOrder> {
    const resting = () => this.resting(LEG_A)
    await this.#until(() => resting().length === 1, 'A quotes')
    return must(resting()[0], 'A quotes')
  }

  resting(account: string): readonly ExchangeOrder[] {
    return this.#venueOf(account).core.openOrders(account)
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
  fault(fault: DeskFault, account: string, more: Partial<Omit<FaultSettings, 'account'>> = {}): void {
    this.#venueOf(account).fault(fault, { times: null, delayMs: 0, ...more, account })
  }

  calm(): void {
    for (const venue of venuesOf(this.#legs)) venue.calm()
  }

  /** What A and B hold on the exchange. */
  get held(): readonly [a: string, b: string] {
    const { a, b } = this.#legs
    return [
      formatDecimal(a.venue.core.position(LEG_A, a.symbol).quantity),
      formatDecimal(b.venue.core.position(LEG_B, b.symbol).quantity),
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

  /**
   * Orders of an account as the store has them, oldest first, without those that never left: a busy machine is late now and
   * then, and that is no attempt.
   */
  async stored(account: string): Promise<readonly Order[]> {
    const { store } = this.lockstep.server
    const page = await store.orderPage({ accountIds: [this.idOf(account)], limit: 100 })
    const left = page.filter(({ status }) => status !== 'withdrawn')
    return left.toSorted((a, b) => a.sequence - b.sequence)
  }

  /** Waits until these have become of an account's orders, oldest first. */
  became(account: string, statuses: readonly OrderStatus[]): Promise<void> {
    const wanted = statuses.join()
    const said = async () => (await this.stored(account)).map(({ status }) => status).join()
    return this.#until(async () => (await said()) === wanted, `${account}'s orders are ${wanted}`)
  }

  fills(account: string): Promise<readonly StoredFill[]> {
    return this.lockstep.server.store.fills(this.idOf(account))
  }

  /** Codes of the notices that are rows, oldest first. */
  async notices(): Promise<readonly string[]> {
    const rows = await this.lockstep.server.store.notices(1_000)
    return rows.map(({ code }) => code).toReversed()
  }

  paused(): Promise<void> {
    return this.#until(() => this.pair.state.pause !== null, 'the pair is paused')
  }

  idOf(name: string): AccountId {
    const { accounts } = this.lockstep.server.engine.roster()
    return must(
      accounts.find(account => account.name === name),
      `${name} is an account`,
    ).id
  }

  /** Says what there was instead. */
  #until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
    return eventually(check, what).catch(() => {
      const { phase, pause, attempts } = this.pair.state
      const lines = this.audit.slice(-TOLD).map(entry => `${entry.at} ${entry.account} ${lineOf(entry)}`)
      const warnings = this.lockstep.lines.filter(({ level }) => level === 'warn').slice(-TOLD)
      const told = [...lines, ...warnings.map(({ event, fields }) => `${event} ${JSON.stringify(fields)}`)]
      throw new Error(`${what}: it is ${phase}, ${pause}, ${attempts} attempts\n${told.join('\n')}`)
    })
  }

  #venueOf(account: string): DeskVenue {
    const { a, b } = this.#legs
    return (account === LEG_B ? b : a).venue
  }

  #trade(account: string, quantity: Decimal): void {
    const { venue, symbol } = this.#legs.a
    const submitted = venue.core.submit(
      account,
      {
        symbol,
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

function venuesOf({ a, b }: Legs): readonly DeskVenue[] {
  return [...new Set([a.venue, b.venue])]
}

function pairOf({ a, b }: Legs, { pair, quoting = {} }: DeskOptions): SetupPair {
  return {
    ...PAIR_DEFAULTS,
    name: 'pair',
    a: { account: LEG_A, symbol: a.symbol },
    b: { account: LEG_B, symbol: b.symbol },
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
