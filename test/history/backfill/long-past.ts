import { createExchange } from '../../../exchange/core/exchange.ts'
import { DEFAULT_INSTRUMENTS } from '../../../exchange/core/instruments.ts'
import { BYBIT_RULES } from '../../../exchange/core/rules.ts'
import type { Exchange } from '../../../exchange/core/types.ts'
import { type ExchangeServer, startExchangeServer } from '../../../exchange/server/server.ts'
import { decimal, ZERO } from '../../../src/domain/decimal.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { keyOf, place } from '../exchange-past.ts'
import { venueRows } from '../venue-past.ts'

const SYMBOL = 'BTCUSDT'
/** Fees of so many trades eat up less. */
const DEPOSIT = decimal('1000000000')
const DAY_MS = 24 * 3_600_000
/** An order, what it traded and closed, and what that did to the wallet: a few more than there are. */
const ROWS_PER_STEP = 6.5
/** In which what is still missing of the rows is traded: a window with far more pages than the others. */
const LAST_HOUR_MS = 3_600_000
const LAST_STEP_MS = 300
const COUNT_EVERY = 100
/** What an account can ask for: everything. */
const ROW_LIMITS = { closedOrders: 1_000_000, executions: 1_000_000, closedPnl: 1_000_000, transfers: 1_000 }

export interface LongPastWish {
  readonly account: string
  /** Closed PnL, orders, executions and wallet together. */
  readonly rows: number
  readonly days: number
  readonly seed: number
}

export interface LongPast {
  readonly exchange: Exchange
  readonly server: ExchangeServer
  /** Ms: nothing happened before. */
  readonly startAt: number
}

/** An exchange on which one account has traded for years, most evenly but for the last hour. */
export async function longPast({ account, rows, days, seed }: LongPastWish): Promise<LongPast> {
  const now = Date.now()
  const startAt = now - days * DAY_MS
  const world = new PastWorld(account, startAt, seed)
  const everyMs = (days * DAY_MS * ROWS_PER_STEP) / rows
  for (let at = startAt + everyMs; at < now - LAST_HOUR_MS; at += everyMs) world.step(Math.floor(at))
  for (let at = now - LAST_HOUR_MS; at < now - LAST_STEP_MS && world.isShortOf(rows, at); at += LAST_STEP_MS)
    world.step(at)
  const { exchange } = world
  exchange.advance(now)
  const server = await startExchangeServer({ exchange })
  const added = server.addAccount({ account, ...keyOf(account) })
  if (!added.ok) throw new Error(added.error)
  return { exchange, server, startAt }
}

/** Prices that come and go, and one account that trades on them. */
class PastWorld {
  readonly exchange: Exchange
  readonly #account: string
  readonly #random: SeededRandom
  #mid = decimal('60000')
  #steps = 0
  #isShort = true

  constructor(account: string, startAt: number, seed: number) {
    this.#account = account
    this.#random = new SeededRandom(seed)
    this.exchange = createExchange({
      instruments: DEFAULT_INSTRUMENTS.filter(({ symbol }) => symbol === SYMBOL),
      path: { priceAt: () => this.#mid },
      seed,
      startAt,
      // Closed in several fills of one moment, an order leaves rows that nothing tells apart.
      rules: { ...BYBIT_RULES, closedPnlRows: 'per_fill' },
      rowLimits: ROW_LIMITS,
    })
    this.exchange.createAccount(account, DEPOSIT)
  }

  step(at: number): void {
    const random = this.#random
    this.#steps += 1
    this.#mid = decimal(String(60_000 + random.integer(0, 6) * 10))
    this.exchange.advance(at)
    const { quantity } = this.exchange.position(this.#account, SYMBOL)
    const side = quantity > ZERO || (quantity === ZERO && random.chance(0.5)) ? 'sell' : 'buy'
    place(this.exchange, this.#account, { side, at, quantity: random.pick(['0.01', '0.01', '0.02', '1']) })
    if (random.chance(0.04)) this.#rest(at)
  }

  /** Looked at now and then: counting takes longer than trading. */
  isShortOf(rows: number, now: number): boolean {
    if (this.#steps % COUNT_EVERY === 0)
      this.#isShort = venueRows(this.exchange, this.#account, now).filter(row => row.isShown).length < rows
    return this.#isShort
  }

  /** An order that will trade when the price comes, is cancelled a minute later, or rests to this day. */
  #rest(at: number): void {
    const fate = this.#random.next()
    const limitPrice = fate < 0.5 ? '60030' : '55000'
    const order = { side: 'buy', at, quantity: '0.01', limitPrice } as const
    const orderId = place(this.exchange, this.#account, order)
    if (fate > 0.55)
      this.exchange.cancel(this.#account, { symbol: SYMBOL, orderId, clientOrderId: '' }, at + 1)
  }
}
