import { type Decimal, ONE } from '../../src/domain/decimal.ts'
import { err, must, ok, type Result } from '../../src/domain/result.ts'
import { holdingOf, setHoldingLeverage } from './account.ts'
import { reportPosition } from './ending.ts'
import { availableOf } from './margin.ts'
import { positionModeOf } from './position-mode.ts'
import type { Refusal } from './types.ts'
import type { World } from './world.ts'

/** Both sides of a hedge have one leverage. A lower leverage needs more margin, and is refused when the available balance does not cover it. */
export function setLeverage(
  world: World,
  accountName: string,
  symbol: string,
  leverage: Decimal,
): Result<void, Refusal> {
  const account = world.accounts.get(accountName)
  if (account === undefined) return err('unknown_account')
  const market = world.markets.get(symbol)
  if (market === undefined) return err('unknown_symbol')
  if (leverage < ONE || leverage > market.instrument.maximumLeverage) return err('leverage_out_of_range')
  const indexes = positionModeOf(account, symbol) === 'hedge' ? ([1, 2] as const) : ([0] as const)
  const holdings = indexes.map(index => holdingOf(account, market.instrument, index))
  const before = must(holdings[0], 'every mode has a position index').position.leverage
  if (leverage === before) return err('leverage_not_modified')
  for (const holding of holdings) setHoldingLeverage(holding, leverage)
  if (leverage < before && availableOf(account, world.markets) < 0n) {
    for (const holding of holdings) setHoldingLeverage(holding, before)
    return err('insufficient_balance')
  }
  for (const { position } of holdings) reportPosition(world, account, position)
  world.events.push({ kind: 'wallet', account: accountName })
  return ok()
}
