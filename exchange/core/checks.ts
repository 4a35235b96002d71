import { basisPoints, type Decimal, multiply, ZERO } from '../../src/domain/decimal.ts'
import type { Market } from './market.ts'
import type { OrderCommand, Refusal } from './types.ts'

/** A limit price may reach this far through the mark (Bybit: riskParameters.priceLimitRatio, symbol by symbol). */
const PRICE_BAND_BPS = 1000

type Shape = Pick<OrderCommand, 'side' | 'type' | 'reduceOnly' | 'quantity' | 'limitPrice'>

/** What can be said of an order by looking at it and at its market alone; null when nothing is wrong. */
export function checkShape(market: Market, order: Shape): Refusal | null {
  if (market.instrument.status === 'closed') return 'symbol_closed'
  return checkQuantity(market, order) ?? checkPrice(market, order) ?? checkNotional(market, order)
}

function checkQuantity({ instrument }: Market, { quantity, type }: Shape): Refusal | null {
  const maximum = type === 'market' ? instrument.maximumMarketQuantity : instrument.maximumLimitQuantity
  if (quantity < instrument.minimumQuantity) return 'below_minimum_quantity'
  if (quantity > maximum) return 'above_maximum_quantity'
  return quantity % instrument.lotSize === 0n ? null : 'quantity_step'
}

function checkPrice({ instrument, mid }: Market, { side, type, limitPrice }: Shape): Refusal | null {
  if (type === 'market') return null
  if (limitPrice === null) return 'price_missing'
  if (limitPrice <= ZERO || limitPrice % instrument.tickSize !== 0n) return 'price_tick'
  const band = basisPoints(mid, PRICE_BAND_BPS)
  const isThrough = side === 'buy' ? limitPrice > mid + band : limitPrice < mid - band
  return isThrough ? 'price_band' : null
}

/** Reductions are exempt: a remainder below the minimum must still be closable. */
function checkNotional({ instrument, mid }: Market, order: Shape): Refusal | null {
  if (order.reduceOnly) return null
  const at: Decimal = order.limitPrice ?? mid
  return multiply(order.quantity, at) < instrument.minimumNotional ? 'below_minimum_notional' : null
}
