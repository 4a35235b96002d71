import type { OrderCommand } from '../../exchange/core/types.ts'
import {
  basisPoints,
  type Decimal,
  decimal,
  multiplyDivide,
  truncateToStep,
  ZERO,
} from '../../src/domain/decimal.ts'
import { opposite, type Side, sideOf, type TimeInForce } from '../../src/domain/order.ts'
import { CROWD, type HeldBefore, LEADER } from './configuration.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { VenueHost } from './venue-host.ts'
import { unitOf, type VenueKind } from './venue-kinds.ts'

/** What a person does at the venue: with orders that are none of ours. */
export interface Wish {
  readonly symbol: string
  readonly side: Side
  readonly quantity: Decimal
  readonly limitPrice?: Decimal
  readonly reduceOnly?: boolean
  /** Of one with a limit price, which rests where nothing is said. */
  readonly timeInForce?: TimeInForce
}

export function trade(host: VenueHost, account: string, wish: Wish): void {
  const { symbol, side, quantity, limitPrice = null, reduceOnly = false, timeInForce = 'gtc' } = wish
  const command: OrderCommand = {
    symbol,
    side,
    quantity,
    limitPrice,
    reduceOnly,
    type: limitPrice === null ? 'market' : 'limit',
    timeInForce: limitPrice === null ? 'ioc' : timeInForce,
    postOnly: false,
    clientOrderId: '',
  }
  host.act((exchange, at) => exchange.submit(account, command, at))
}

/** Something that was there before anybody looked. */
export function hold(host: VenueHost, { account, symbol, units }: HeldBefore): void {
  const side: Side = units < 0 ? 'sell' : 'buy'
  const quantity = (unitOf(host.kind, symbol) * BigInt(Math.abs(units))) as Decimal
  trade(host, account, { symbol, side, quantity })
}

export function closeAll(host: VenueHost, account: string): void {
  for (const { symbol, quantity } of host.exchange.positions(account)) {
    if (quantity !== ZERO) trade(host, account, { ...closing(quantity), symbol })
  }
}

function closing(held: Decimal): Pick<Wish, 'side' | 'quantity' | 'reduceOnly'> {
  const quantity = (held < 0n ? -held : held) as Decimal
  return { side: opposite(sideOf(held)), quantity, reduceOnly: true }
}

/** A quote that is further from the best price than this is not reached. */
const LEVELS_BEFORE = 10

/** One account's place for one symbol, by names on the exchange. */
export interface Place {
  readonly account: string
  readonly symbol: string
}

export function leaderTrades(host: VenueHost, random: SeededRandom): void {
  enterAndLeave(host, random, { account: LEADER, symbol: drawSymbol(random) })
}

/** Somebody who enters, adds, reduces, flips and closes, in dust and in sizes that empty the book. */
export function enterAndLeave(host: VenueHost, random: SeededRandom, { account, symbol }: Place): void {
  const { quantity: held } = host.exchange.position(account, symbol)
  const lot = lotOf(host, symbol)
  const quantity = drawQuantity(host, random, symbol)
  if (held === ZERO || random.chance(0.4)) {
    const side: Side = held === ZERO ? random.pick(['buy', 'sell']) : sideOf(held)
    trade(host, account, { symbol, side, quantity, ...restingAt(host, random, { symbol, side }) })
    return
  }
  const close = closing(held)
  const kind = random.integer(1, 4)
  if (kind === 1) trade(host, account, { ...close, symbol })
  else if (kind === 2)
    trade(host, account, {
      ...close,
      symbol,
      quantity: (close.quantity + quantity) as Decimal,
      reduceOnly: false,
    })
  else trade(host, account, { ...close, symbol, quantity: shareOf(close.quantity, lot, random) })
}

/** A follower's owner closes a part by hand, or all of it, or opens something of their own. */
export function ownerTrades(host: VenueHost, account: string, random: SeededRandom): void {
  closeOrOpen(host, random, { account, symbol: drawSymbol(random) })
}

export function closeOrOpen(host: VenueHost, random: SeededRandom, { account, symbol }: Place): void {
  const { quantity: held } = host.exchange.position(account, symbol)
  const lot = lotOf(host, symbol)
  if (held === ZERO || random.chance(0.25)) {
    trade(host, account, {
      symbol,
      side: random.pick(['buy', 'sell']),
      quantity: drawQuantity(host, random, symbol),
    })
    return
  }
  const close = closing(held)
  const quantity = random.chance(0.5) ? close.quantity : shareOf(close.quantity, lot, random)
  trade(host, account, { ...close, symbol, quantity })
}

/** Whoever trades with a quote of ours that rests: with a part of it, with all of it, or with what lies behind it too. */
export function takeQuote(host: VenueHost, random: SeededRandom, { account, symbol }: Place): void {
  const quotes = host.exchange
    .openOrders(account)
    .filter(order => order.symbol === symbol && order.clientOrderId !== '')
  const quote = quotes[random.integer(0, quotes.length - 1)]
  if (quote === undefined || quote.limitPrice === null) return
  const leaves = (quote.quantity - quote.filled) as Decimal
  const lot = lotOf(host, symbol)
  const { limitPrice } = quote
  const least = unitOf(host.kind, symbol)
  const taken = random.pick([least, shareOf(leaves, lot, random), leaves, (leaves * 2n) as Decimal])
  const quantity = (taken + before(host, quote.side, { symbol, limitPrice })) as Decimal
  trade(host, CROWD, { symbol, side: opposite(quote.side), quantity, limitPrice, timeInForce: 'ioc' })
}

/** What of the world's own liquidity trades before an order that rests. */
function before(host: VenueHost, side: Side, at: { readonly symbol: string; readonly limitPrice: Decimal }) {
  const { bids, asks } = host.exchange.depth(at.symbol, LEVELS_BEFORE)
  let total = 0n
  for (const { price, quantity } of side === 'buy' ? bids : asks)
    if (side === 'buy' ? price > at.limitPrice : price < at.limitPrice) total += quantity
  return total
}

/** A stop-loss close to the market on something that is held. @returns whether there was anything */
export function attachStop(host: VenueHost, account: string, random: SeededRandom): boolean {
  const held = host.exchange.positions(account).filter(({ quantity }) => quantity !== ZERO)
  const position = held[random.integer(0, held.length - 1)]
  if (position === undefined) return false
  const { symbol, positionIndex, quantity } = position
  const { mark } = host.exchange.ticker(symbol)
  const tickSize = host.exchange.instruments.get(symbol)?.tickSize ?? decimal('0.1')
  const away = basisPoints(mark, random.integer(1, 5))
  const triggerPrice = truncateToStep((quantity > 0n ? mark - away : mark + away) as Decimal, tickSize)
  const stopLoss = { triggerPrice, by: 'mark', limitPrice: null } as const
  const set = host.act((exchange, at) =>
    exchange.setTradingStop(account, { symbol, positionIndex, mode: 'full', stopLoss }, at),
  )
  return set.ok
}

function drawSymbol(random: SeededRandom): string {
  return random.pick(['BTCUSDT', 'BTCUSDT', 'BTCUSDT', 'ETHUSDT', 'ETHUSDT', 'SOLUSDT'])
}

export function lotOf(host: VenueHost, symbol: string): Decimal {
  return host.exchange.instruments.get(symbol)?.lotSize ?? decimal('0.001')
}

function drawQuantity(host: VenueHost, random: SeededRandom, symbol: string): Decimal {
  const count = random.pick([1, random.integer(1, 10), random.integer(10, 100), random.integer(100, 600)])
  return drawAround(host.kind, random, { symbol, count })
}

/** So many units, and where those are many lots often some lots more: what is left of them may be less than an order. */
export function drawAround(
  kind: VenueKind,
  random: SeededRandom,
  { symbol, count }: { readonly symbol: string; readonly count: number },
): Decimal {
  const unit = unitOf(kind, symbol)
  const lot = kind.instruments.find(each => each.symbol === symbol)?.lotSize ?? unit
  const more = unit === lot || random.chance(0.5) ? 0 : random.integer(1, Number(unit / lot) - 1)
  return (unit * BigInt(count) + lot * BigInt(more)) as Decimal
}

function shareOf(whole: Decimal, lot: Decimal, random: SeededRandom): Decimal {
  const share = multiplyDivide(whole, decimal(`${random.integer(1, 10)}`), decimal('10'))
  const lots = truncateToStep(share, lot)
  return lots === ZERO ? lot : lots
}

/** One in six of the leader's orders rests near the market, and fills when the path comes by. */
function restingAt(
  host: VenueHost,
  random: SeededRandom,
  { symbol, side }: Pick<Wish, 'symbol' | 'side'>,
): Pick<Wish, 'limitPrice'> {
  if (!random.chance(1 / 6)) return {}
  const { bid, ask } = host.exchange.ticker(symbol)
  return { limitPrice: side === 'buy' ? bid : ask }
}
