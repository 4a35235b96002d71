import {
  absolute,
  add,
  type Decimal,
  divide,
  maximum,
  multiply,
  multiplyDivide,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { type Side, sideOf } from '../../src/domain/order.ts'
import { unrealizedPnl } from '../../src/domain/position.ts'
import { must } from '../../src/domain/result.ts'
import type { Account, Holding } from './account.ts'
import type { Market } from './market.ts'
import type { ExchangeWallet } from './types.ts'

/** Orders that are not there yet (or no more, when negative). Quantity in base units, notional in quote. */
interface OrderLoad {
  readonly side: Side
  readonly quantity: Decimal
  readonly notional: Decimal
}

/** Quote. Counted at the average price, so that a position's margin moves with trades and not with the mark. */
export function positionMargin({ position }: Holding): Decimal {
  return divide(absolute(multiply(position.quantity, position.averagePrice)), position.leverage)
}

/**
 * Quote. In one-way mode buys and sells cannot both open to the full, so only the larger side counts,
 * and of the side against the position only what is left after closing it.
 */
export function orderMargin(holding: Holding, load?: OrderLoad): Decimal {
  const opening = maximum(openingNotional(holding, 'buy', load), openingNotional(holding, 'sell', load))
  return divide(opening, holding.position.leverage)
}

function openingNotional({ position, resting }: Holding, side: Side, load?: OrderLoad): Decimal {
  let { quantity, notional } = resting[side]
  if (load?.side === side) {
    quantity = add(quantity, load.quantity)
    notional = add(notional, load.notional)
  }
  const closing =
    position.quantity !== ZERO && sideOf(position.quantity) !== side ? absolute(position.quantity) : ZERO
  if (quantity <= closing) return ZERO
  return multiplyDivide(notional, subtract(quantity, closing), quantity)
}

export function walletOf(account: Account, markets: ReadonlyMap<string, Market>): ExchangeWallet {
  let unrealized = ZERO
  let orders = ZERO
  let positions = ZERO
  let currency = 'USDT'
  for (const [symbol, holding] of account.holdings) {
    const market = must(markets.get(symbol), `a holding in ${symbol} without a market`)
    currency = market.instrument.quote
    unrealized = add(unrealized, unrealizedPnl(holding.position, market.mid))
    orders = add(orders, orderMargin(holding))
    positions = add(positions, positionMargin(holding))
  }
  const equity = add(account.balance, unrealized)
  return {
    currency,
    balance: account.balance,
    equity,
    unrealizedPnl: unrealized,
    orderMargin: orders,
    positionMargin: positions,
    available: subtract(subtract(equity, orders), positions),
  }
}
