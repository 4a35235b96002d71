import { type Decimal, ONE } from '../../src/domain/decimal.ts'
import { err, must, ok, type Result } from '../../src/domain/result.ts'
import { type Account, type Holding, holdingOf, setHoldingLeverage } from './account.ts'
import { reportPosition } from './ending.ts'
import { ownStanding } from './isolated.ts'
import { availableOf } from './margin.ts'
import type { Market } from './market.ts'
import { positionModeOf } from './position-mode.ts'
import type { Refusal } from './types.ts'
import type { World } from './world.ts'

/**
 * Both sides of a hedge have one leverage. A lower one needs more margin, and is refused when the available balance
 * does not cover it; a higher one in isolated margin leaves the position less, and is refused when it would fall.
 */
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
  const wrong = leverage < before ? whatLowered(world, account) : whatRaised(account, holdings, market)
  if (wrong !== null) {
    for (const holding of holdings) setHoldingLeverage(holding, before)
    return err(wrong)
  }
  // What a position that stands alone has lost of its margin brings it nearer to its end.
  account.safeUntilDrift = 0
  for (const { position } of holdings) reportPosition(world, account, position)
  world.events.push({ kind: 'wallet', account: accountName })
  return ok()
}

function whatLowered(world: World, account: Account): Refusal | null {
  return availableOf(account, world.markets) < 0n ? 'insufficient_balance' : null
}

function whatRaised(account: Account, holdings: readonly Holding[], market: Market): Refusal | null {
  if (account.marginMode === 'cross') return null
  const falls = holdings.some(holding => {
    const { equity, maintenance } = ownStanding(account, holding, market)
    return equity < maintenance
  })
  return falls ? 'leverage_would_liquidate' : null
}
