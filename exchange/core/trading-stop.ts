import { absolute, type Decimal, ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { holdingOf } from './account.ts'
import type { Market } from './market.ts'
import { pricesOf } from './market.ts'
import { positionModeOf } from './position-mode.ts'
import type { AttachedStops, StopTarget, TradingStopCommand } from './stop.ts'
import {
  addPartialStops,
  MAXIMUM_PARTIAL_STOPS,
  type StopPlace,
  setTrailingStop,
  setWholeStop,
} from './stops.ts'
import type { Refusal } from './types.ts'
import type { World } from './world.ts'

/** Bybit's "Set Trading Stop": stops of a position that is open. */
export function setTradingStop(
  world: World,
  accountName: string,
  command: TradingStopCommand,
  at: number,
): Result<void, Refusal> {
  const account = world.accounts.get(accountName)
  if (account === undefined) return err('unknown_account')
  const market = world.markets.get(command.symbol)
  if (market === undefined) return err('unknown_symbol')
  const isHedge = positionModeOf(account, command.symbol) === 'hedge'
  if (isHedge !== command.positionIndex > 0) return err('position_index_mismatch')
  const holding = holdingOf(account, market.instrument, command.positionIndex)
  if (holding.position.quantity === ZERO) return err('position_flat')
  const place = { account, holding, at }
  const wrong = checkStops(market, place, command)
  if (wrong !== null) return err(wrong)
  if (command.trailing !== undefined) setTrailingStop(world, place, command.trailing)
  const { takeProfit, stopLoss, mode, quantity = ZERO } = command
  if (mode === 'partial') {
    const targets = { takeProfit: takeProfit ?? null, stopLoss: stopLoss ?? null }
    addPartialStops(world, place, { quantity, ...targets, broughtBy: '' })
    return ok()
  }
  if (takeProfit !== undefined) setWholeStop(world, place, 'take_profit', takeProfit)
  if (stopLoss !== undefined) setWholeStop(world, place, 'stop_loss', stopLoss)
  return ok()
}

function checkStops(market: Market, { holding }: StopPlace, command: TradingStopCommand): Refusal | null {
  const { position, waiting } = holding
  const { mode, takeProfit, stopLoss, trailing, quantity } = command
  const isLong = position.quantity > 0n
  const targets = { mode, takeProfit: takeProfit ?? null, stopLoss: stopLoss ?? null }
  if (takeProfit === undefined && stopLoss === undefined && trailing === undefined) return 'not_modified'
  const wrong = checkTargets(market, targets, isLong, null)
  if (wrong !== null) return wrong
  if (trailing && !isTrailing(market, trailing.distance)) return 'stop_price_invalid'
  if (mode === 'full' || (targets.takeProfit ?? targets.stopLoss) === null) return null
  if (waiting.size >= MAXIMUM_PARTIAL_STOPS) return 'too_many_partial_stops'
  const isPart = quantity !== undefined && quantity > ZERO && quantity <= absolute(position.quantity)
  return isPart && quantity % market.instrument.lotSize === 0n ? null : 'stop_quantity_invalid'
}

/**
 * A take-profit must lie where the position gains and a stop-loss where it loses, seen from the price
 * that each watches, or from an order's own limit price.
 */
export function checkTargets(
  market: Market,
  { takeProfit, stopLoss }: AttachedStops,
  isLong: boolean,
  limitPrice: Decimal | null,
): Refusal | null {
  const isOnTick = ({ triggerPrice }: StopTarget) =>
    triggerPrice > ZERO && triggerPrice % market.instrument.tickSize === 0n
  const isAbove = ({ triggerPrice, by }: StopTarget) => triggerPrice > (limitPrice ?? pricesOf(market)[by])
  const isBelow = ({ triggerPrice, by }: StopTarget) => triggerPrice < (limitPrice ?? pricesOf(market)[by])
  const gains = isLong ? isAbove : isBelow
  const loses = isLong ? isBelow : isAbove
  for (const target of [takeProfit, stopLoss]) if (target !== null && !isOnTick(target)) return 'price_tick'
  if (takeProfit !== null && !gains(takeProfit)) return 'stop_price_invalid'
  return stopLoss !== null && !loses(stopLoss) ? 'stop_price_invalid' : null
}

function isTrailing({ instrument }: Market, distance: Decimal): boolean {
  return distance > ZERO && distance % instrument.tickSize === 0n
}
