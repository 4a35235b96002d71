import { basisPoints, type Decimal, divide, maximum, truncateToStep } from '../../../src/domain/decimal.ts'
import { opposite, type Side } from '../../../src/domain/order.ts'
import { must } from '../../../src/domain/result.ts'
import { unitNoise } from '../../core/noise.ts'
import type { ExchangeExecution } from '../../core/types.ts'
import type { TimedExchange } from '../shared/timed-exchange.ts'

/** What recent-trade can show of one symbol: its largest page. */
const MAXIMUM_TRADES = 1_000
/** Quote: the mean of what the world trades with itself at each move of a price. */
const WORLD_NOTIONAL_BPS = 200

/** One trade that everybody may see. */
export interface PublicTrade {
  readonly tradeId: string
  readonly symbol: string
  /** Of the taker. */
  readonly side: Side
  readonly price: Decimal
  readonly quantity: Decimal
  /** Wall clock, ms. */
  readonly at: number
  readonly sequence: number
}

/** The public trades, newest last: those of the accounts, and one of the world's own for each move of a price. */
export class TradeTape {
  readonly #venue: TimedExchange
  readonly #trades = new Map<string, PublicTrade[]>()
  readonly #lastPrices = new Map<string, Decimal>()
  #count = 0

  constructor(venue: TimedExchange) {
    this.#venue = venue
  }

  executed(execution: ExchangeExecution): PublicTrade {
    const { symbol, side, price, quantity, isMaker, tradeId, sequence } = execution
    this.#lastPrices.set(symbol, price)
    return this.#add({
      tradeId,
      symbol,
      side: isMaker ? opposite(side) : side,
      price,
      quantity,
      at: Math.trunc(this.#venue.wallAt(execution.at)),
      sequence,
    })
  }

  /** Null while the price stands still. */
  moved(symbol: string): PublicTrade | null {
    const { last, turnover24h } = this.#venue.exchange.ticker(symbol)
    const before = this.#lastPrices.get(symbol)
    this.#lastPrices.set(symbol, last)
    if (before === undefined || before === last) return null
    const { lotSize } = must(this.#venue.exchange.instruments.get(symbol), symbol)
    this.#count += 1
    const luckBps = Math.round(WORLD_NOTIONAL_BPS * unitNoise(1, this.#count)) + 1
    const quantity = truncateToStep(divide(basisPoints(turnover24h, luckBps), last), lotSize)
    return this.#add({
      tradeId: `world-${this.#count}`,
      symbol,
      side: last > before ? 'buy' : 'sell',
      price: last,
      quantity: maximum(quantity, lotSize),
      at: Math.trunc(this.#venue.now()),
      sequence: this.#count,
    })
  }

  /** Newest first. */
  recent(symbol: string, limit: number): readonly PublicTrade[] {
    return (this.#trades.get(symbol) ?? []).slice(-limit).reverse()
  }

  #add(trade: PublicTrade): PublicTrade {
    const trades = this.#trades.get(trade.symbol) ?? []
    trades.push(trade)
    // Cut rarely, by half, so that a trade costs no shift of the whole list.
    if (trades.length > 2 * MAXIMUM_TRADES) trades.splice(0, trades.length - MAXIMUM_TRADES)
    this.#trades.set(trade.symbol, trades)
    return trade
  }
}
