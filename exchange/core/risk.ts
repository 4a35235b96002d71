import {
  absolute,
  add,
  type Decimal,
  divide,
  multiply,
  ONE,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import type { Account, Holding } from './account.ts'
import { adlRank } from './adl.ts'
import { notionalOf } from './contract.ts'
import { ownStanding } from './isolated.ts'
import { maintenanceMargin, positionMargin, walletOf } from './margin.ts'
import type { Market } from './market.ts'
import type { PositionRisk } from './records.ts'
import type { World } from './world.ts'

/** In cross margin the whole account stands for each position, so its other positions count, at their marks of now. */
export function riskOf(world: World, account: Account, holding: Holding, market: Market): PositionRisk {
  const { quantity } = holding.position
  const own = maintenanceMargin(holding, market)
  const figures = {
    initialMargin: positionMargin(holding),
    maintenanceMargin: own,
    adlRank: adlRank(holding, market),
  }
  if (quantity === ZERO) return { ...figures, liquidationPrice: null, bankruptcyPrice: null }
  const { equity, others } = standingFor(world, account, holding, market)
  return {
    ...figures,
    liquidationPrice: priceWhereLeft(equity, holding, market, {
      kept: others,
      rate: market.instrument.maintenanceMarginRate,
    }),
    bankruptcyPrice: priceWhereLeft(equity, holding, market, { kept: ZERO, rate: ZERO }),
  }
}

/** What stands for a position, and what other positions must keep of it. */
function standingFor(
  world: World,
  account: Account,
  holding: Holding,
  market: Market,
): { readonly equity: Decimal; readonly others: Decimal } {
  if (account.marginMode === 'isolated')
    return { equity: ownStanding(account, holding, market).equity, others: ZERO }
  const { equity, maintenanceMargin: all } = walletOf(account, world.markets)
  return { equity, others: subtract(all, maintenanceMargin(holding, market)) }
}

/** The mark at which equity is `kept` plus `rate` of the position's value; null where that is no price. */
function priceWhereLeft(
  equity: Decimal,
  { position }: Holding,
  { instrument, mid }: Market,
  left: { readonly kept: Decimal; readonly rate: Decimal },
): Decimal | null {
  const size = notionalOf(instrument, absolute(position.quantity), ONE)
  const value = multiply(size, mid)
  const spare = subtract(equity, left.kept)
  const price =
    position.quantity > 0n
      ? divide(subtract(value, spare), multiply(size, subtract(ONE, left.rate)))
      : divide(add(value, spare), multiply(size, add(ONE, left.rate)))
  return price > 0n ? price : null
}
