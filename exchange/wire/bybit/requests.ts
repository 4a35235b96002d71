import { z } from 'zod'
import { type Decimal, ZERO } from '../../../src/domain/decimal.ts'
import type { TimeInForce } from '../../../src/domain/order.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { AttachedStops, OrderChange, StopTarget, Trigger } from '../../core/stop.ts'
import type { OrderCommand, OrderSelector } from '../../core/types.ts'
import { parameterError, type VenueFailure } from './codes.ts'
import {
  absent,
  amount,
  category,
  isMarketInFull,
  LIMIT_IN_FULL,
  linkId,
  optionalAmount,
  parse,
  positionIndex,
  symbol,
  triggerBy,
} from './shapes.ts'

const TIME_IN_FORCE: Record<'GTC' | 'IOC' | 'FOK' | 'PostOnly', TimeInForce> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PostOnly: 'gtc',
}

const orderType = z.enum(['Market', 'Limit'])
/** What an order brings to its position when it fills. */
const attached = {
  takeProfit: optionalAmount,
  stopLoss: optionalAmount,
  tpTriggerBy: triggerBy,
  slTriggerBy: triggerBy,
  tpslMode: z.enum(['', 'Full', 'Partial']).optional(),
  tpOrderType: orderType.optional(),
  slOrderType: orderType.optional(),
  tpLimitPrice: optionalAmount,
  slLimitPrice: optionalAmount,
}
// Made once: a shape compiles itself when it first parses.
const categoryShape = z.object({ category })
const createShape = z.object({
  symbol,
  side: z.enum(['Buy', 'Sell']),
  orderType,
  qty: amount,
  price: optionalAmount,
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'PostOnly']).optional(),
  positionIdx: positionIndex.optional(),
  orderLinkId: linkId.optional(),
  reduceOnly: z.boolean().optional(),
  closeOnTrigger: z.boolean().optional(),
  triggerPrice: optionalAmount,
  triggerDirection: z.union([z.literal(1), z.literal(2), z.literal(0)]).optional(),
  triggerBy,
  // Spot's own kind of stop order.
  orderFilter: z.enum(['Order', 'StopOrder']).optional(),
  slippageTolerance: absent,
  ...attached,
})
const selectShape = z.object({
  symbol,
  orderId: z.string().max(64).optional(),
  orderLinkId: linkId.optional(),
})
const amendShape = selectShape.extend({
  qty: optionalAmount,
  price: optionalAmount,
  triggerPrice: optionalAmount,
  ...attached,
})

/** A batch as linear takes it: docs/v5/order/batch-place.mdx. */
export const MAXIMUM_BATCH = 20
const batchShape = z.object({ category, request: z.array(z.unknown()).min(1).max(MAXIMUM_BATCH) })

export function parseCategory(body: unknown): Result<void, VenueFailure> {
  const parsed = parse(categoryShape, body)
  return parsed.ok ? ok() : parsed
}

export function parseCreate(body: unknown): Result<OrderCommand, VenueFailure> {
  const parsed = parse(createShape, body)
  if (!parsed.ok) return parsed
  const order = parsed.value
  if (!isMarketInFull(order)) return err(parameterError(LIMIT_IN_FULL))
  const trigger = triggerOf(order)
  if (!trigger.ok) return trigger
  const stops = attachedStops(order)
  const market = order.orderType === 'Market'
  const force = market ? 'IOC' : (order.timeInForce ?? 'GTC')
  return ok({
    symbol: order.symbol,
    side: order.side === 'Buy' ? 'buy' : 'sell',
    type: market ? 'market' : 'limit',
    timeInForce: TIME_IN_FORCE[force],
    postOnly: force === 'PostOnly',
    reduceOnly: order.reduceOnly ?? false,
    quantity: order.qty,
    limitPrice: market ? null : (order.price ?? null),
    clientOrderId: order.orderLinkId ?? '',
    positionIndex: order.positionIdx ?? 0,
    ...(trigger.value !== null && { trigger: trigger.value }),
    ...(order.closeOnTrigger === true && { closeOnTrigger: true }),
    ...(stops !== null && { stops }),
  })
}

export function parseSelector(body: unknown): Result<OrderSelector, VenueFailure> {
  const parsed = parse(selectShape, body)
  return parsed.ok ? toSelector(parsed.value) : parsed
}

export function parseAmend(
  body: unknown,
): Result<{ readonly selector: OrderSelector; readonly change: OrderChange }, VenueFailure> {
  const parsed = parse(amendShape, body)
  if (!parsed.ok) return parsed
  const selector = toSelector(parsed.value)
  if (!selector.ok) return selector
  const { qty, price, triggerPrice } = parsed.value
  const stops = changedStops(parsed.value)
  return ok({
    selector: selector.value,
    change: {
      quantity: qty ?? null,
      limitPrice: price ?? null,
      triggerPrice: triggerPrice ?? null,
      ...(stops !== null && { stops }),
    },
  })
}

/** docs/v5/order/amend-order.mdx: "0" takes a stop away, one that is not passed stays. Null: neither is. */
function changedStops(given: Attached): Partial<AttachedStops> | null {
  const { takeProfit, stopLoss, tpslMode } = given
  if (takeProfit === undefined && stopLoss === undefined) return null
  const mode = tpslMode ? ({ mode: tpslMode === 'Partial' ? 'partial' : 'full' } as const) : {}
  return {
    ...mode,
    ...(takeProfit !== undefined && {
      takeProfit: targetOf(takeProfit, given.tpTriggerBy, given.tpLimitPrice),
    }),
    ...(stopLoss !== undefined && { stopLoss: targetOf(stopLoss, given.slTriggerBy, given.slLimitPrice) }),
  }
}

export function parseBatch(body: unknown): Result<readonly unknown[], VenueFailure> {
  const parsed = parse(batchShape, body)
  return parsed.ok ? ok(parsed.value.request) : parsed
}

/** The direction is the client's to name: the same price may lie ahead of a rise or of a fall. */
function triggerOf(order: z.infer<typeof createShape>): Result<Trigger | null, VenueFailure> {
  const { triggerPrice, triggerDirection, triggerBy: by } = order
  if (triggerPrice === undefined || triggerPrice === ZERO) return ok(null)
  if (triggerDirection !== 1 && triggerDirection !== 2)
    return err(parameterError('triggerDirection must be 1 (rise) or 2 (fall) with a triggerPrice'))
  return ok({ triggerPrice, direction: triggerDirection === 1 ? 'rise' : 'fall', by })
}

type Attached = z.infer<typeof attachedShape>
const attachedShape = z.object(attached)

/** Null where nothing is attached. A price of 0 is none. */
function attachedStops(given: Attached): AttachedStops | null {
  const takeProfit = targetOf(given.takeProfit, given.tpTriggerBy, given.tpLimitPrice)
  const stopLoss = targetOf(given.stopLoss, given.slTriggerBy, given.slLimitPrice)
  if (takeProfit === null && stopLoss === null) return null
  return { mode: given.tpslMode === 'Partial' ? 'partial' : 'full', takeProfit, stopLoss }
}

export function targetOf(
  triggerPrice: Decimal | undefined,
  by: StopTarget['by'],
  limitPrice: Decimal | undefined,
): StopTarget | null {
  if (triggerPrice === undefined || triggerPrice === ZERO) return null
  const limit = limitPrice === undefined || limitPrice === ZERO ? null : limitPrice
  return { triggerPrice, by, limitPrice: limit }
}

/** The venue's id goes before the client's when both are given. */
function toSelector(given: z.infer<typeof selectShape>): Result<OrderSelector, VenueFailure> {
  const { orderId = '', orderLinkId = '' } = given
  if (orderId === '' && orderLinkId === '') return err(parameterError('orderId or orderLinkId is required'))
  return ok({ symbol: given.symbol, orderId, clientOrderId: orderLinkId })
}
