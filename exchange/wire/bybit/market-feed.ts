import { formatDecimal } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExchangeExecution } from '../../core/types.ts'
import type { Subscribers } from '../shared/subscribers.ts'
import { BookFeed } from './book-feed.ts'
import { candleAt, candleStart, neighbourStart } from './candles.ts'
import { tickerRow } from './market-row.ts'
import { type PublicTopic, parsePublicTopic } from './public-topics.ts'
import { oppositeText, sideText, stepped } from './text.ts'
import type { PublicTrade } from './trade-tape.ts'
import type { Venue } from './venue.ts'

/** docs/v5/websocket/public/kline.mdx: pushed every 1 to 60 s. */
const KLINE_PUSH_MS = 1_000

interface KlineState {
  /** Of the candle that is still open. */
  readonly start: number
  readonly sentAt: number
}
type KlineTopic = Extract<PublicTopic, { readonly kind: 'kline' }> & { readonly topic: string }

/** The public frames. Only topics that somebody watches cost anything, once each, whoever many watch. */
export class MarketFeed {
  readonly #venue: Venue
  readonly #subscribers: Subscribers
  readonly #tickers = new Map<string, Readonly<Record<string, string>>>()
  readonly #klines = new Map<string, KlineState>()
  readonly #books: BookFeed
  #sequence = 0

  constructor(venue: Venue, subscribers: Subscribers) {
    this.#venue = venue
    this.#subscribers = subscribers
    this.#books = new BookFeed(venue, subscribers)
  }

  /** The first frame of a new subscription: the state that the next delta of this topic builds on. */
  snapshot(topic: string): string | null {
    const parsed = parsePublicTopic(topic)
    if (parsed?.kind === 'orderbook') return this.#books.snapshot({ ...parsed, topic })
    if (parsed?.kind !== 'tickers') return null
    const row = this.#tickers.get(topic) ?? tickerRow(this.#venue, parsed.symbol)
    this.#tickers.set(topic, row)
    return this.#tickerFrame(topic, 'snapshot', row)
  }

  /** Sends what changed on every watched topic. */
  publish(): void {
    for (const topic of this.#tickers.keys()) if (!this.#subscribers.has(topic)) this.#tickers.delete(topic)
    for (const topic of this.#klines.keys()) if (!this.#subscribers.has(topic)) this.#klines.delete(topic)
    this.#books.forgetUnwatched()
    this.#venue.openInterest.sample(this.#now())
    for (const symbol of this.#venue.exchange.instruments.keys()) {
      const trade = this.#venue.tape.moved(symbol)
      if (trade !== null) this.#publishTrade(trade)
    }
    for (const topic of this.#subscribers.names()) {
      const parsed = parsePublicTopic(topic)
      if (parsed?.kind === 'tickers') this.#publishTicker(topic, parsed.symbol)
      if (parsed?.kind === 'orderbook') this.#books.publish({ ...parsed, topic })
      if (parsed?.kind === 'kline') this.#publishKline({ ...parsed, topic })
    }
  }

  /** Executions of an account are trades with the market around it, but for what is only booked. */
  traded(execution: ExchangeExecution): void {
    if (execution.kind === 'funding' || execution.kind === 'settlement') return
    this.#publishTrade(this.#venue.tape.executed(execution))
    if (execution.kind === 'liquidation') this.#publishLiquidation(execution)
  }

  #publishTrade(trade: PublicTrade): void {
    const topic = `publicTrade.${trade.symbol}`
    if (!this.#subscribers.has(topic)) return
    const instrument = must(this.#venue.exchange.instruments.get(trade.symbol), trade.symbol)
    const row = {
      T: trade.at,
      s: trade.symbol,
      S: sideText(trade.side),
      v: stepped(trade.quantity, instrument.lotSize),
      p: stepped(trade.price, instrument.tickSize),
      L: trade.side === 'buy' ? 'PlusTick' : 'MinusTick',
      i: trade.tradeId,
      BT: false,
      RPI: false,
      seq: trade.sequence,
    }
    this.#send(topic, [row])
  }

  #publishLiquidation(execution: ExchangeExecution): void {
    const topic = `allLiquidation.${execution.symbol}`
    if (!this.#subscribers.has(topic)) return
    const { lotSize, tickSize } = must(
      this.#venue.exchange.instruments.get(execution.symbol),
      execution.symbol,
    )
    const row = {
      T: Math.trunc(this.#venue.wallAt(execution.at)),
      s: execution.symbol,
      // The side of the position that was taken over, not of the order that closed it.
      S: oppositeText(execution.side),
      v: stepped(execution.quantity, lotSize),
      p: stepped(execution.price, tickSize),
    }
    this.#send(topic, [row])
  }

  #publishTicker(topic: string, symbol: string): void {
    const before = this.#tickers.get(topic)
    if (before === undefined) return
    const row = tickerRow(this.#venue, symbol)
    const changed = Object.entries(row).filter(([name, value]) => before[name] !== value)
    if (changed.length === 0) return
    this.#tickers.set(topic, row)
    const delta = { symbol, ...Object.fromEntries(changed) }
    this.#subscribers.send(topic, this.#tickerFrame(topic, 'delta', delta))
  }

  /** The open candle every second, and the one that just ended once more with confirm. */
  #publishKline({ topic, symbol, interval }: KlineTopic): void {
    const now = this.#now()
    const start = candleStart(interval, now)
    const before = this.#klines.get(topic)
    if (before !== undefined && before.start === start && now - before.sentAt < KLINE_PUSH_MS) return
    this.#klines.set(topic, { start, sentAt: now })
    const rows = []
    if (before !== undefined && before.start !== start)
      rows.push(this.#klineRow(symbol, interval, before.start))
    this.#send(topic, [...rows, this.#klineRow(symbol, interval, start)])
  }

  #klineRow(symbol: string, interval: string, start: number): Record<string, unknown> {
    const end = neighbourStart(interval, start, 1)
    const candle = candleAt(this.#venue, symbol, { start, end })
    const { tickSize } = must(this.#venue.exchange.instruments.get(symbol), symbol)
    return {
      start,
      end: end - 1,
      interval,
      open: stepped(candle.open, tickSize),
      close: stepped(candle.close, tickSize),
      high: stepped(candle.high, tickSize),
      low: stepped(candle.low, tickSize),
      volume: formatDecimal(candle.volume),
      turnover: formatDecimal(candle.turnover),
      confirm: end <= this.#now(),
      timestamp: Math.min(end - 1, this.#now()),
    }
  }

  #send(topic: string, data: readonly unknown[]): void {
    this.#subscribers.send(topic, JSON.stringify({ topic, type: 'snapshot', ts: this.#now(), data }))
  }

  #tickerFrame(topic: string, type: string, data: Readonly<Record<string, string>>): string {
    this.#sequence += 1
    return JSON.stringify({ topic, type, data, cs: this.#sequence, ts: this.#now() })
  }

  #now(): number {
    return Math.trunc(this.#venue.now())
  }
}
