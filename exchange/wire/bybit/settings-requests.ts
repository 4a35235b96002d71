import { z } from 'zod'
import type { Decimal } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { PositionMode, StopTarget, TradingStopCommand, TrailingStop } from '../../core/stop.ts'
import { failure, parameterError, type VenueFailure } from './codes.ts'
import { targetOf } from './requests.ts'
import {
  amount,
  category,
  isMarketInFull,
  LIMIT_IN_FULL,
  optionalAmount,
  parse,
  positionIndex,
  symbol,
  triggerBy,
} from './shapes.ts'

const leverageShape = z.object({ category, symbol, buyLeverage: amount, sellLeverage: amount })
const cancelAllShape = z
  .object({
    category,
    symbol: symbol.optional(),
    baseCoin: z.string().optional(),
    settleCoin: z.string().optional(),
    orderFilter: z.enum(['Order', 'StopOrder', 'OpenOrder']).optional(),
    stopOrderType: z.enum(['', 'Stop']).optional(),
  })
  .refine(
    body => body.symbol ?? body.baseCoin ?? body.settleCoin,
    'symbol, baseCoin or settleCoin is required',
  )
const switchModeShape = z
  .object({
    category,
    symbol: symbol.nullish(),
    coin: z.string().nullish(),
    mode: z.union([z.literal(0), z.literal(3)]),
  })
  .refine(body => body.symbol ?? body.coin, 'symbol or coin is required')
const stopShape = z.object({
  category,
  symbol,
  positionIdx: positionIndex.optional(),
  // Required by the documents, and left out by ccxt for stops on the whole position.
  tpslMode: z.enum(['', 'Full', 'Partial']).optional(),
  takeProfit: optionalAmount,
  stopLoss: optionalAmount,
  trailingStop: optionalAmount,
  activePrice: optionalAmount,
  tpTriggerBy: triggerBy,
  slTriggerBy: triggerBy,
  tpSize: optionalAmount,
  slSize: optionalAmount,
  tpLimitPrice: optionalAmount,
  slLimitPrice: optionalAmount,
  tpOrderType: z.enum(['', 'Market', 'Limit']).optional(),
  slOrderType: z.enum(['', 'Market', 'Limit']).optional(),
})
const marginMode = z.enum(['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN'])
const marginModeShape = z.object({ setMarginMode: marginMode })
type MarginMode = z.infer<typeof marginMode>
/** docs/v5/order/dcp.mdx: 3 to 300 seconds; without a product it means options. */
const disconnectShape = z.object({
  product: z.enum(['OPTIONS', 'DERIVATIVES', 'SPOT']).optional(),
  timeWindow: z.number().int().min(3).max(300),
})

export function parseMarginMode(body: unknown): Result<MarginMode, VenueFailure> {
  const parsed = parse(marginModeShape, body)
  return parsed.ok ? ok(parsed.value.setMarginMode) : parsed
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
    return err(
      parameterError('buyLeverage must be the same as sellLeverage: both sides have one leverage here'),
    )
  return ok({ symbol: of, leverage: buyLeverage })
}

export function parseSwitchMode(
  body: unknown,
): Result<{ readonly symbol: string | null; readonly mode: PositionMode }, VenueFailure> {
  const parsed = parse(switchModeShape, body)
  if (!parsed.ok) return parsed
  return ok({ symbol: parsed.value.symbol ?? null, mode: parsed.value.mode === 3 ? 'hedge' : 'one_way' })
}

/** Seconds. */
export function parseDisconnectWindow(body: unknown): Result<number, VenueFailure> {
  const parsed = parse(disconnectShape, body)
  if (!parsed.ok) return parsed
  if (parsed.value.product === 'DERIVATIVES') return ok(parsed.value.timeWindow)
  return err(parameterError('product must be DERIVATIVES: options and spot are not traded here'))
}

/** A price of 0 takes a stop away, one that is left out leaves it as it is. */
export function parseTradingStop(body: unknown): Result<TradingStopCommand, VenueFailure> {
  const parsed = parse(stopShape, body)
  if (!parsed.ok) return parsed
  const given = parsed.value
  if (!isMarketInFull(given)) return err(parameterError(LIMIT_IN_FULL))
  const takeProfit = change(given.takeProfit, given.tpTriggerBy, given.tpLimitPrice)
  const stopLoss = change(given.stopLoss, given.slTriggerBy, given.slLimitPrice)
  const { trailingStop, activePrice, tpSize, slSize } = given
  if (takeProfit === undefined && stopLoss === undefined && trailingStop === undefined)
    return err(failure(34040, 'not modified'))
  if (tpSize !== undefined && slSize !== undefined && tpSize !== slSize)
    return err(parameterError('tpSize must be the same as slSize'))
  const quantity = tpSize ?? slSize
  return ok({
    symbol: given.symbol,
    positionIndex: given.positionIdx ?? 0,
    mode: given.tpslMode === 'Partial' ? 'partial' : 'full',
    ...(takeProfit !== undefined && { takeProfit }),
    ...(stopLoss !== undefined && { stopLoss }),
    ...(trailingStop !== undefined && { trailing: trailing(trailingStop, activePrice) }),
    ...(quantity !== undefined && { quantity }),
  })
}

function change(
  price: Decimal | undefined,
  by: StopTarget['by'],
  limitPrice: Decimal | undefined,
): StopTarget | null | undefined {
  return price === undefined ? undefined : targetOf(price, by, limitPrice)
}

function trailing(distance: Decimal, activePrice: Decimal | undefined): TrailingStop | null {
  if (distance === 0n) return null
  return { distance, activationPrice: activePrice === undefined || activePrice === 0n ? null : activePrice }
}
