import type { OrderCommand } from '../../exchange/core/types.ts'
import {
  basisPoints,
  type Decimal,
  decimal,
  multiplyDivide,
  truncateToStep,
  ZERO,
} from '../../src/domain/decimal.ts'
import { opposite, type Side, sideOf } from '../../src/domain/order.ts'
import { type HeldBefore, LEADER } from './configuration.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { VenueHost } from './venue-host.ts'

/** What a person does at the venue: with orders that are none of ours. */
export interface Wish {
  readonly symbol: string
  readonly side: Side
  readonly quantity: Decimal
  readonly limitPrice?: Decimal
  readonly reduceOnly?: boolean
}

export function trade(host: VenueHost, account: string, wish: Wish): void {
  const { symbol, side, quantity, limitPrice = null, reduceOnly = false } = wish
  const command: OrderCommand = {
    symbol,
    side,
    quantity,
    limitPrice,
    reduceOnly,
    type: limitPrice === null ? 'market' : 'limit',
    timeInForce: limitPrice === null ? 'ioc' : 'gtc',
    postOnly: false,
    clientOrderId: '',
  }
  host.act((exchange, at) => exchange.submit(account, command, at))
}

/** Something that was there before anybody looked. */
export function hold(host: VenueHost, { account, symbol, lots }: HeldBefore): void {
  const side: Side = lots < 0 ? 'sell' : 'buy'
  trade(host, account, { symbol, side, quantity: (lotOf(host, symbol) * BigInt(Math.abs(lots))) as Decimal })
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

/** A leader who enters, adds, reduces, flips and closes, in dust and in sizes that empty the book. */
export function leaderTrades(host: VenueHost, random: SeededRandom): void {
  const symbol = drawSymbol(random)
  const { quantity: held } = host.exchange.position(LEADER, symbol)
  const lot = lotOf(host, symbol)
  const quantity = drawQuantity(random, lot)
  if (held === ZERO || random.chance(0.4)) {
    const side: Side = held === ZERO ? random.pick(['buy', 'sell']) : sideOf(held)
    trade(host, LEADER, { symbol, side, quantity, ...restingAt(host, random, { symbol, side }) })
    return
  }
  const close = closing(held)
  const kind = random.integer(1, 4)
  if (kind === 1) trade(host, LEADER, { ...close, symbol })
  else if (kind === 2)
    trade(host, LEADER, {
      ...close,
      symbol,
      quantity: (close.quantity + quantity) as Decimal,
      reduceOnly: false,
    })
  else trade(host, LEADER, { ...close, symbol, quantity: shareOf(close.quantity, lot, random) })
}

/** A follower's owner closes a part by hand, or all of it, or opens something of their own. */
export function ownerTrades(host: VenueHost, account: string, random: SeededRandom): void {
  const symbol = drawSymbol(random)
  const { quantity: held } = host.exchange.position(account, symbol)
  const lot = lotOf(host, symbol)
  if (held === ZERO || random.chance(0.25)) {
    trade(host, account, { symbol, side: random.pick(['buy', 'sell']), quantity: drawQuantity(random, lot) })
    return
  }
  const close = closing(held)
  const quantity = random.chance(0.5) ? close.quantity : shareOf(close.quantity, lot, random)
  trade(host, account, { ...close, symbol, quantity })
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

function lotOf(host: VenueHost, symbol: string): Decimal {
  return host.exchange.instruments.get(symbol)?.lotSize ?? decimal('0.001')
}

function drawQuantity(random: SeededRandom, lot: Decimal): Decimal {
  const lots = random.pick([1, random.integer(1, 10), random.integer(10, 100), random.integer(100, 600)])
  return (lot * BigInt(lots)) as Decimal
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
