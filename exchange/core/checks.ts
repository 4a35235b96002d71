import { basisPoints, type Decimal, ZERO } from '../../src/domain/decimal.ts'
import { notionalOf } from './contract.ts'
import { type Market, pricesOf } from './market.ts'
import type { VenueRules } from './rules.ts'
import type { Trigger } from './stop.ts'
import type { OrderCommand, Refusal } from './types.ts'

type Shape = Pick<OrderCommand, 'side' | 'type' | 'reduceOnly' | 'quantity' | 'limitPrice'>

/**
 * What can be said of an order by looking at it and at its market alone; null when nothing is wrong.
 *
 * @param reference where the order will meet the market, quote per base: the mark, or a trigger price
 */
export function checkShape(
  rules: VenueRules,
  market: Market,
  order: Shape,
  reference: Decimal = market.mid,
): Refusal | null {
  const { status } = market.instrument
  if (status !== 'trading') return status === 'closed' ? 'symbol_closed' : 'symbol_delivering'
  return (
    checkQuantity(market, order) ??
    checkPrice(rules, market, order, reference) ??
    checkNotional(rules, market, order, reference)
  )
}

function checkQuantity({ instrument }: Market, { quantity, type }: Shape): Refusal | null {
  const maximum = type === 'market' ? instrument.maximumMarketQuantity : instrument.maximumLimitQuantity
  if (quantity < instrument.minimumQuantity) return 'below_minimum_quantity'
  if (quantity > maximum) return 'above_maximum_quantity'
  return quantity % instrument.lotSize === 0n ? null : 'quantity_step'
}

function checkPrice(
  { priceBandBps }: VenueRules,
  { instrument }: Market,
  { side, type, limitPrice }: Shape,
  reference: Decimal,
): Refusal | null {
  if (type === 'market') return null
  if (limitPrice === null) return 'price_missing'
  if (limitPrice <= ZERO || limitPrice % instrument.tickSize !== 0n) return 'price_tick'
  if (priceBandBps === null) return null
  const band = basisPoints(reference, priceBandBps)
  const isThrough = side === 'buy' ? limitPrice > reference + band : limitPrice < reference - band
  return isThrough ? 'price_band' : null
}

/** At most venues reductions are exempt: a remainder below the minimum must still be closable. */
function checkNotional(
  rules: VenueRules,
  { instrument }: Market,
  order: Shape,
  reference: Decimal,
): Refusal | null {
  if (order.reduceOnly && !rules.minimumsBindReductions) return null
  const notional = notionalOf(instrument, order.quantity, order.limitPrice ?? reference)
  return notional < instrument.minimumNotional ? 'below_minimum_notional' : null
}

/** A condition must lie ahead (Bybit: 110092 "expect Rising", 110093 "expect Falling"). */
export function checkTrigger(market: Market, { triggerPrice, direction, by }: Trigger): Refusal | null {
  if (triggerPrice <= ZERO || triggerPrice % market.instrument.tickSize !== 0n) return 'price_tick'
  const now = pricesOf(market)[by]
  const isAhead = direction === 'rise' ? triggerPrice > now : triggerPrice < now
  return isAhead ? null : 'trigger_price_passed'
}
