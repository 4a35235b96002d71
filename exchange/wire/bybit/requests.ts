import { z } from 'zod'
import { type Decimal, parseDecimal, ZERO } from '../../../src/domain/decimal.ts'
import type { TimeInForce } from '../../../src/domain/order.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { OrderCommand, OrderSelector } from '../../core/types.ts'
import { POSITION_MODE_MISMATCH, parameterError, type VenueFailure } from './codes.ts'
import { indexesOf } from './order-row.ts'
import type { PositionMode } from './venue.ts'

/** A client's own id: docs/v5/order/create-order.mdx, orderLinkId. */
const linkId = z.string().regex(/^[A-Za-z0-9_-]{0,36}$/, 'at most 36 letters, digits, dashes and underscores')
const symbol = z.string().min(1).max(40)
const amount = z.string().transform((text, context): Decimal => {
  const value = parseDecimal(text)
  if (value !== undefined && value >= ZERO) return value
  context.addIssue({ code: 'custom', message: 'not a positive decimal number' })
  return z.NEVER
})
/** Clients send '' or '0' for what they do not want. */
const absent = z.enum(['', '0']).optional()
const category = z.unknown().superRefine((value, context) => {
  if (value === 'linear') return
  const given = typeof value === 'string' && value !== '' ? `"${value.slice(0, 20)}"` : 'none'
  context.addIssue({ code: 'custom', message: `this exchange trades linear only, got ${given}` })
})

const TIME_IN_FORCE: Record<'GTC' | 'IOC' | 'FOK' | 'PostOnly', TimeInForce> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PostOnly: 'gtc',
}

/** Conditional orders and stops on orders are refused rather than silently forgotten. */
const unsupported = {
  triggerPrice: absent,
  takeProfit: absent,
  stopLoss: absent,
  closeOnTrigger: z.literal(false).optional(),
  slippageTolerance: absent,
  orderFilter: z.literal('Order').optional(),
}

const createShape = z.object({
  symbol,
  side: z.enum(['Buy', 'Sell']),
  orderType: z.enum(['Market', 'Limit']),
  qty: amount,
  price: z.union([z.literal('').transform(() => undefined), amount]).optional(),
  timeInForce: z.enum(['GTC', 'IOC', 'FOK', 'PostOnly']).optional(),
  positionIdx: z.number().int().optional(),
  orderLinkId: linkId.optional(),
  reduceOnly: z.boolean().optional(),
  ...unsupported,
})
const selectShape = z.object({
  symbol,
  orderId: z.string().max(64).optional(),
  orderLinkId: linkId.optional(),
})
const amendShape = selectShape.extend({ qty: amount.optional(), price: amount.optional(), ...unsupported })
const leverageShape = z.object({ category, symbol, buyLeverage: amount, sellLeverage: amount })
const cancelAllShape = z
  .object({
    category,
    symbol: symbol.optional(),
    baseCoin: z.string().optional(),
    settleCoin: z.string().optional(),
  })
  .refine(
    body => body.symbol ?? body.baseCoin ?? body.settleCoin,
    'symbol, baseCoin or settleCoin is required',
  )

/** A batch as linear takes it: docs/v5/order/batch-place.mdx. */
export const MAXIMUM_BATCH = 20
const batchShape = z.object({ category, request: z.array(z.unknown()).min(1).max(MAXIMUM_BATCH) })

export type Amendment = OrderSelector & {
  readonly quantity: Decimal | null
  readonly limitPrice: Decimal | null
}

export function parseCategory(body: unknown): Result<void, VenueFailure> {
  const parsed = parse(z.object({ category }), body)
  return parsed.ok ? ok() : parsed
}

export function parseCreate(body: unknown, mode: PositionMode): Result<OrderCommand, VenueFailure> {
  const parsed = parse(createShape, body)
  if (!parsed.ok) return parsed
  const order = parsed.value
  if (!indexesOf(mode).includes(order.positionIdx ?? 0)) return err(POSITION_MODE_MISMATCH)
  if (mode === 'hedge') return err(parameterError('hedge mode accounts can be read here, not traded'))
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
  })
}

export function parseSelector(body: unknown): Result<OrderSelector, VenueFailure> {
  const parsed = parse(selectShape, body)
  return parsed.ok ? toSelector(parsed.value) : parsed
}

export function parseAmend(body: unknown): Result<Amendment, VenueFailure> {
  const parsed = parse(amendShape, body)
  if (!parsed.ok) return parsed
  const selector = toSelector(parsed.value)
  if (!selector.ok) return selector
  return ok({
    ...selector.value,
    quantity: parsed.value.qty ?? null,
    limitPrice: parsed.value.price ?? null,
  })
}

export function parseCancelAll(body: unknown): Result<z.infer<typeof cancelAllShape>, VenueFailure> {
  return parse(cancelAllShape, body)
}

export function parseLeverage(
  body: unknown,
): Result<{ readonly symbol: string; readonly leverage: Decimal }, VenueFailure> {
  const parsed = parse(leverageShape, body)
  if (!parsed.ok) return parsed
  const { symbol: of, buyLeverage, sellLeverage } = parsed.value
  if (buyLeverage !== sellLeverage)
    return err(parameterError('buyLeverage must be the same as sellLeverage in one-way mode'))
  return ok({ symbol: of, leverage: buyLeverage })
}

export function parseBatch(body: unknown): Result<readonly unknown[], VenueFailure> {
  const parsed = parse(batchShape, body)
  return parsed.ok ? ok(parsed.value.request) : parsed
}

/** The venue's id goes before the client's when both are given. */
function toSelector(given: z.infer<typeof selectShape>): Result<OrderSelector, VenueFailure> {
  const { orderId = '', orderLinkId = '' } = given
  if (orderId === '' && orderLinkId === '') return err(parameterError('orderId or orderLinkId is required'))
  return ok({ symbol: given.symbol, orderId, clientOrderId: orderLinkId })
}

function parse<T>(shape: z.ZodType<T>, body: unknown): Result<T, VenueFailure> {
  const parsed = shape.safeParse(body)
  if (parsed.success) return ok(parsed.data)
  const issue = parsed.error.issues[0]
  const where = issue === undefined ? '' : issue.path.join('.')
  return err(parameterError(`${where === '' ? 'body' : where}: ${issue?.message ?? 'invalid'}`))
}
