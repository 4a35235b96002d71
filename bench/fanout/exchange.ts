import type { AuditEntry } from '../../exchange/core/types.ts'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import type { Credential } from '../../src/domain/account.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import { Intake } from './intake.ts'
import { epochMs } from './meter.ts'
import { serve } from './remote.ts'

export interface LeaderTrade {
  readonly leader: string
  readonly side: Side
  /** How many follow. */
  readonly orders: number
}

/** One leader's trade and what came of it, by the exchange's clock. */
export interface Played {
  /** When the leader's frames were handed to the network, epoch ms with fractions. */
  readonly leftAt: number
  /** From then to the receipt of the first and of the last follower's order, ms; NaN where they did not all come. */
  readonly firstOrderMs: number
  readonly lastOrderMs: number
  readonly received: number
  readonly filled: number
}

export type ExchangeCalls = typeof CALLS

const SYMBOL = 'BTCUSDT'
const QUANTITY = decimal('0.05')
const DEPOSIT = decimal('1000000')
/** So deep that every follower's order is one trade at one price: an execution each, for every contender. */
const LEVEL_NOTIONAL = decimal('1000000000')
const ROUND_LIMIT_MS = 30_000

const intake = new Intake()
let server: ExchangeServer | null = null

const CALLS = {
  async start(_: null): Promise<BybitUrls> {
    server = await runExchange({ limits: 'off', levelNotional: LEVEL_NOTIONAL, print: () => undefined })
    const { url, streams } = server
    return {
      rest: url,
      privateStream: streams.private,
      tradeStream: streams.trade,
      publicStream: streams.public,
    }
  },

  async accounts(names: readonly string[]): Promise<readonly Credential[]> {
    return names.map(account => {
      const made = must(server, 'started first').addAccount({ account, deposit: DEPOSIT })
      if (!made.ok) throw new Error(made.error)
      return { key: made.value.key, secret: made.value.secret }
    })
  },

  play: (trade: LeaderTrade): Promise<Played> => new Round(must(server, 'started first'), trade).play(),
}

/** Listens to the audit log from a leader's order until everyone who follows has traded. */
class Round {
  readonly #server: ExchangeServer
  readonly #trade: LeaderTrade
  #receivedAt: readonly number[] = []
  #filled = 0
  #leftAt = 0
  #done: () => void = () => undefined

  constructor(exchange: ExchangeServer, trade: LeaderTrade) {
    this.#server = exchange
    this.#trade = trade
  }

  async play(): Promise<Played> {
    const { exchange } = this.#server
    this.#receivedAt = intake.expect(this.#trade.orders)
    const stop = exchange.onAudit(entry => this.#note(entry))
    const done = new Promise<void>(resolve => {
      this.#done = resolve
      setTimeout(resolve, ROUND_LIMIT_MS).unref()
    })
    // Reports leave in the turn after the order: this is asked for first, so it runs right before them.
    setImmediate(() => {
      this.#leftAt = epochMs()
    })
    const { leader, side } = this.#trade
    const submitted = exchange.submit(
      leader,
      {
        symbol: SYMBOL,
        side,
        type: 'market',
        timeInForce: 'ioc',
        postOnly: false,
        reduceOnly: false,
        quantity: QUANTITY,
        limitPrice: null,
        clientOrderId: '',
      },
      Math.trunc(epochMs()),
    )
    if (!submitted.ok) throw new Error(`the leader's order was refused: ${submitted.error}`)
    await done
    stop()
    return this.#played()
  }

  #note(entry: AuditEntry): void {
    if (entry.account === this.#trade.leader) return
    if (entry.kind !== 'ended' || entry.status !== 'filled') return
    this.#filled += 1
    if (this.#filled === this.#trade.orders) this.#done()
  }

  #played(): Played {
    const received = this.#receivedAt.length
    const whole = received === this.#trade.orders
    const first = this.#receivedAt[0] ?? Number.NaN
    const last = whole ? (this.#receivedAt.at(-1) ?? Number.NaN) : Number.NaN
    return {
      leftAt: this.#leftAt,
      firstOrderMs: first - this.#leftAt,
      lastOrderMs: last - this.#leftAt,
      received,
      filled: this.#filled,
    }
  }
}

intake.install()
serve(CALLS)
