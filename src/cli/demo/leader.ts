import type { Exchange, OrderCommand } from '../../../exchange/core/types.ts'
import {
  absolute,
  add,
  type Decimal,
  decimal,
  divide,
  multiply,
  negate,
  truncateToStep,
  ZERO,
} from '../../domain/decimal.ts'
import { must } from '../../domain/result.ts'
import type { Random } from '../../ports/random.ts'
import { LEADER, SYMBOLS } from './world.ts'

/** Of one trade, quote. Large enough that every follower's share is worth an order. */
const TRADE_NOTIONAL = decimal('4000')
/** Of one symbol, quote: beyond it the leader only reduces. */
const MAXIMUM_NOTIONAL = decimal('16000')

/**
 * A person who trades at the venue: nothing in here knows that anybody follows.
 *
 * Opens, adds, reduces, closes and turns round, so that every kind of copy can be seen within minutes.
 */
export function tradeOnce(exchange: Exchange, random: Random, now: number): void {
  exchange.submit(LEADER, orderOf(chooseTrade(exchange, () => random.next())), now)
}

interface Trade {
  readonly symbol: string
  /** Signed, base units. */
  readonly quantity: Decimal
}

/** What the leader does next. @param next chance, evenly in [0, 1) */
export function chooseTrade(exchange: Exchange, next: () => number): Trade {
  const symbol = must(SYMBOLS[Math.floor(next() * SYMBOLS.length)], 'there are symbols')
  const { lotSize } = must(exchange.instruments.get(symbol), 'the demo trades listed symbols')
  const { last } = exchange.ticker(symbol)
  const { quantity } = exchange.position(LEADER, symbol)
  const unit = truncateToStep(divide(TRADE_NOTIONAL, last), lotSize)
  const notional = absolute(multiply(quantity, last))
  return { symbol, quantity: nextTrade({ quantity, unit, notional, chance: next() }) }
}

/**
 * @param state `quantity` is the signed position and `unit` one trade's size, base units; `notional` is the
 * position's value, quote; `chance` in [0, 1) decides
 * @returns signed, base units: opens, closes, turns round, reduces or adds
 */
export function nextTrade(state: {
  readonly quantity: Decimal
  readonly unit: Decimal
  readonly notional: Decimal
  readonly chance: number
}): Decimal {
  const { quantity, unit, notional, chance } = state
  if (quantity === ZERO) return chance < 0.5 ? unit : negate(unit)
  const more = quantity < 0n ? negate(unit) : unit
  if (notional >= MAXIMUM_NOTIONAL || chance < 0.25) return negate(quantity)
  if (chance < 0.35) return negate(add(quantity, more))
  if (chance < 0.6 && absolute(quantity) > unit) return negate(more)
  return more
}

/** At market. */
export function orderOf({ symbol, quantity }: Trade): OrderCommand {
  return {
    symbol,
    side: quantity < 0n ? 'sell' : 'buy',
    type: 'market',
    timeInForce: 'ioc',
    postOnly: false,
    reduceOnly: false,
    quantity: absolute(quantity),
    limitPrice: null,
    clientOrderId: '',
  }
}
