import { z } from 'zod'
import { type Decimal, parseDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { TriggerBy } from '../../core/stop.ts'
import { parameterError, type VenueFailure } from './codes.ts'

/** A client's own id: docs/v5/order/create-order.mdx, orderLinkId. */
export const linkId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{0,36}$/, 'at most 36 letters, digits, dashes and underscores')
export const symbol = z.string().min(1).max(40)
export const amount = z.string().transform((text, context): Decimal => {
  const value = parseDecimal(text)
  if (value !== undefined && value >= ZERO) return value
  context.addIssue({ code: 'custom', message: 'not a positive decimal number' })
  return z.NEVER
})
/** Clients send '' for what they do not want; then it is undefined. */
export const optionalAmount = z.union([z.literal('').transform(() => undefined), amount]).optional()
/** For what this exchange does not have: '' and '0' mean that it is not wanted. */
export const absent = z.enum(['', '0']).optional()
export const category = z.unknown().superRefine((value, context) => {
  if (value === 'linear') return
  const given = typeof value === 'string' && value !== '' ? `"${value.slice(0, 20)}"` : 'none'
  context.addIssue({ code: 'custom', message: `this exchange trades linear only, got ${given}` })
})
export const positionIndex = z.union([z.literal(0), z.literal(1), z.literal(2)])

const TRIGGERS: Record<'LastPrice' | 'MarkPrice' | 'IndexPrice', TriggerBy> = {
  LastPrice: 'last',
  MarkPrice: 'mark',
  IndexPrice: 'index',
}
/** The last price unless told. */
export const triggerBy = z
  .enum(['', 'LastPrice', 'MarkPrice', 'IndexPrice'])
  .optional()
  .transform((text): TriggerBy => (text ? TRIGGERS[text] : 'last'))

interface StopOrders {
  readonly tpslMode?: string | undefined
  readonly tpOrderType?: string | undefined
  readonly slOrderType?: string | undefined
}
/** "For tpslMode=Full, it only supports tpOrderType=Market" (docs/v5/order/create-order.mdx, position/trading-stop.mdx). */
export function isMarketInFull({ tpslMode, tpOrderType, slOrderType }: StopOrders): boolean {
  return tpslMode === 'Partial' || (tpOrderType !== 'Limit' && slOrderType !== 'Limit')
}
export const LIMIT_IN_FULL = 'tpOrderType and slOrderType can be Limit with tpslMode Partial only'

export function parse<T>(shape: z.ZodType<T>, body: unknown): Result<T, VenueFailure> {
  const parsed = shape.safeParse(body)
  if (parsed.success) return ok(parsed.data)
  const issue = parsed.error.issues[0]
  const where = issue === undefined ? '' : issue.path.join('.')
  return err(parameterError(`${where === '' ? 'body' : where}: ${issue?.message ?? 'invalid'}`))
}
