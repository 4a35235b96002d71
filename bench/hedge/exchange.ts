import type { AuditEntry, PricePath } from '../../exchange/core/types.ts'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import type { Credential } from '../../src/domain/account.ts'
import { add, basisPoints, type Decimal, decimal, truncateToStep, ZERO } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import { epochMs } from '../fanout/meter.ts'
import { serve } from '../fanout/remote.ts'
import { LEG_A, LEG_B } from './pair.ts'

/** One fill of A's quote and what came of it, by the exchange's clock, ms. */
export interface Played {
  /** From A's fill to the receipt of B's order. */
  readonly orderMs: number
  /** From A's fill until B has traded as much. */
  readonly unhedgedMs: number
}

export type ExchangeCalls = typeof CALLS

const TAKER = 'taker'
const DEPOSIT = decimal('1000000')
/** So deep that B's order is one trade at one price. */
const LEVEL_NOTIONAL = decimal('1000000000')
/** A price that stands still: a quote trades when it is taken, and only then. */
const PATH: PricePath = { priceAt: symbol => decimal(symbol === 'BTCUSDT' ? '60000' : '100') }
const QUOTE_LIMIT_MS = 30_000
const ROUND_LIMIT_MS = 30_000
const POLL_MS = 2
/** What the quote itself makes in reports and rows is over by then. */
const CALM_MS = 60

let server: ExchangeServer | null = null

const CALLS = {
  async start(_: null): Promise<BybitUrls> {
    server = await runExchange({
      limits: 'off',
      levelNotional: LEVEL_NOTIONAL,
      path: PATH,
      print: () => undefined,
    })
    const { url, streams } = server
    return {
      rest: url,
      privateStream: streams.private,
      tradeStream: streams.trade,
      publicStream: streams.public,
    }
  },

  /** @returns the keys of both legs */
  async accounts(_: null): Promise<readonly (readonly [name: string, Credential])[]> {
    const made = [LEG_A, LEG_B, TAKER].map(account => {
      const added = must(server, 'started first').addAccount({ account, deposit: DEPOSIT })
      if (!added.ok) throw new Error(added.error)
      const { key, secret } = added.value
      return [account, { key, secret }] as const
    })
    return made.filter(([name]) => name !== TAKER)
  },

  /** Resolves when A rests, and nothing else goes on. */
  async quoted(_: null): Promise<void> {
    const until = performance.now() + QUOTE_LIMIT_MS
    while (must(server, 'started first').exchange.openOrders(LEG_A).length !== 1) {
      if (performance.now() > until) throw new Error(`A did not quote for ${QUOTE_LIMIT_MS} ms`)
      await wait(POLL_MS)
    }
    await wait(CALM_MS)
  },

  /** Takes a share of A's quote. @param shareBps 10 000: all of it */
  take: (shareBps: number): Promise<Played> => new Round(must(server, 'started first')).play(shareBps),
}

/** Listens to the audit log from A's fill until B has traded as much. */
class Round {
  readonly #server: ExchangeServer
  #filledAt = Number.NaN
  #receivedAt = Number.NaN
  #hedged: Decimal = ZERO
  #wanted: Decimal = ZERO
  #done: (hedgedAt: number) => void = () => undefined

  constructor(exchange: ExchangeServer) {
    this.#server = exchange
  }

  async play(shareBps: number): Promise<Played> {
    const { exchange } = this.#server
    const quote = must(exchange.openOrders(LEG_A)[0], 'A rests')
    const { lotSize } = must(exchange.instruments.get(quote.symbol), quote.symbol)
    this.#wanted = truncateToStep(basisPoints(quote.quantity, shareBps), lotSize)
    const hedged = new Promise<number>((resolve, reject) => {
      this.#done = resolve
      setTimeout(() => reject(new Error(`B did not follow for ${ROUND_LIMIT_MS} ms`)), ROUND_LIMIT_MS).unref()
    })
    const stop = exchange.onAudit(entry => this.#note(entry))
    const order = {
      symbol: quote.symbol,
      side: quote.side === 'buy' ? 'sell' : 'buy',
      type: 'market',
      timeInForce: 'ioc',
      postOnly: false,
      reduceOnly: false,
      quantity: this.#wanted,
      limitPrice: null,
      clientOrderId: '',
    } as const
    const submitted = exchange.submit(TAKER, order, Math.trunc(epochMs()))
    if (!submitted.ok) throw new Error(`the taker's order was refused: ${submitted.error}`)
    const hedgedAt = await hedged
    stop()
    return { orderMs: this.#receivedAt - this.#filledAt, unhedgedMs: hedgedAt - this.#filledAt }
  }

  #note(entry: AuditEntry): void {
    if (entry.account === LEG_A && entry.kind === 'filled') this.#filledAt = epochMs()
    if (entry.account !== LEG_B) return
    if (entry.kind === 'received') this.#receivedAt = epochMs()
    if (entry.kind !== 'filled') return
    this.#hedged = add(this.#hedged, decimal(entry.quantity))
    if (this.#hedged >= this.#wanted) this.#done(epochMs())
  }
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

serve(CALLS)
