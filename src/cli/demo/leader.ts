import type { Exchange, OrderCommand } from '../../../exchange/core/types.ts'
import {
  absolute,
  type Decimal,
  decimal,
  divide,
  multiply,
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
  const symbol = must(SYMBOLS[Math.floor(random.next() * SYMBOLS.length)], 'there are symbols')
  const { lotSize } = must(exchange.instruments.get(symbol), 'the demo trades listed symbols')
  const { last } = exchange.ticker(symbol)
  const { quantity } = exchange.position(LEADER, symbol)
  const unit = truncateToStep(divide(TRADE_NOTIONAL, last), lotSize)
  const command = nextTrade({
    quantity,
    unit,
    notional: absolute(multiply(quantity, last)),
    chance: random.next(),
  })
  exchange.submit(LEADER, orderOf(symbol, command), now)
}

interface Trade {
  /** Signed, base units. */
  readonly quantity: Decimal
}

/** @param state chance in [0, 1) decides; `quantity` is the position, `unit` one trade's size */
export function nextTrade(state: {
  readonly quantity: Decimal
  readonly unit: Decimal
  readonly notional: Decimal
  readonly chance: number
}): Trade {
  const { quantity, unit, notional, chance } = state
  const direction = quantity < 0n ? -1n : 1n
  if (quantity === ZERO) return { quantity: (chance < 0.5 ? unit : -unit) as Decimal }
  if (notional >= MAXIMUM_NOTIONAL || chance < 0.25) return { quantity: -quantity as Decimal }
  if (chance < 0.35) return { quantity: (-quantity - direction * unit) as Decimal }
  if (chance < 0.6 && absolute(quantity) > unit) return { quantity: (-direction * unit) as Decimal }
  return { quantity: (direction * unit) as Decimal }
}

function orderOf(symbol: string, { quantity }: Trade): OrderCommand {
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
