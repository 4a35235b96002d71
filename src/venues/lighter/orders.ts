import { add, basisPoints, type Decimal, formatDecimal, subtract } from '../../domain/decimal.ts'
import { roundLimitPrice } from '../../domain/instrument.ts'
import { err, must, ok, type Result } from '../../domain/result.ts'
import type { CancelRef, OrderRequest, VenueError } from '../../ports/venue.ts'
import { refusedHere } from './errors.ts'
import { MARKET_BOUND_BPS, RESTING_MS } from './limits.ts'
import { type LighterMarketEntry, toSteps } from './market-list.ts'
import type { Sender } from './nonce-lane.ts'
import type { CancelOrder, CreateOrder } from './sign/transaction.ts'

/** An order as it will be signed, but for who signs it. */
export type OrderTerms = Omit<CreateOrder, keyof Sender>

export interface OrderContext {
  readonly market: LighterMarketEntry
  /** Quote per base; null where it is not known or too old. */
  readonly markPrice: Decimal | null
}

/**
 * The order in the venue's whole numbers. What is not on a step of the market is refused, never rounded: rounding is
 * for whoever knows which way.
 */
export function orderTerms(order: OrderRequest, context: OrderContext): Result<OrderTerms, VenueError> {
  const { instrument, marketIndex } = context.market
  if (order.timeInForce === 'fok')
    return err(refusedHere('other', 'Lighter has no fill-or-kill; send the order as ioc.'))
  const quantity = toSteps(order.quantity, instrument.lotSize)
  if (!quantity.ok) return offStep('quantity', order.quantity, instrument.lotSize)
  const bound = order.limitPrice ?? worstPrice(order, context)
  if (bound === null) {
    const symbol = instrument.symbol
    return err({
      kind: 'not_sent',
      message: `no mark price of ${symbol} bounds a market order; is its ticker watched?`,
    })
  }
  const limitPrice = toSteps(bound, instrument.tickSize)
  if (!limitPrice.ok) return offStep('price', bound, instrument.tickSize)
  const rests = order.type === 'limit' && order.timeInForce === 'gtc'
  return ok({
    kind: 'create_order',
    marketIndex,
    clientOrderIndex: Number(order.clientOrderId),
    quantity: quantity.value,
    limitPrice: limitPrice.value,
    side: order.side,
    type: order.type,
    timeInForce: rests ? 'gtt' : 'ioc',
    reduceOnly: order.reduceOnly,
    triggerPrice: 0,
    orderExpiry: rests ? order.claim.venueTimestamp + RESTING_MS : 0,
    expiredAt: order.claim.deadlineAt,
  })
}

/** By the venue's index where it is known; by the client's, which the venue tells by its size, where not. */
export function cancelTerms(
  { clientOrderId, venueOrderId }: CancelRef,
  { marketIndex }: LighterMarketEntry,
  expiredAt: number,
): Omit<CancelOrder, keyof Sender> {
  const orderIndex = BigInt(must(venueOrderId ?? clientOrderId, 'an order has one id at least'))
  return { kind: 'cancel_order', marketIndex, orderIndex, expiredAt }
}

/** Every market order at Lighter has a price that it may not trade beyond. */
function worstPrice({ side, type }: OrderRequest, { market, markPrice }: OrderContext): Decimal | null {
  if (type !== 'market' || markPrice === null) return null
  const room = basisPoints(markPrice, MARKET_BOUND_BPS)
  return roundLimitPrice(
    market.instrument,
    side,
    side === 'buy' ? add(markPrice, room) : subtract(markPrice, room),
  )
}

function offStep(what: 'quantity' | 'price', value: Decimal, step: Decimal): Result<never, VenueError> {
  const message = `${what} ${formatDecimal(value)} is no multiple of ${formatDecimal(step)}, or too large; round it to the step`
  return err(refusedHere(what, message))
}
