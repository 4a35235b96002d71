import { type Decimal, ONE } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { holdingOf } from './account.ts'
import { walletOf } from './margin.ts'
import type { Refusal } from './types.ts'
import type { World } from './world.ts'

/** A lower leverage needs more margin, and is refused when the available balance does not cover it. */
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
  const { position } = holdingOf(account, symbol)
  const before = position.leverage
  if (leverage === before) return err('leverage_not_modified')
  position.leverage = leverage
  if (leverage < before && walletOf(account, world.markets).available < 0n) {
    position.leverage = before
    return err('insufficient_balance')
  }
  world.events.push({ kind: 'position', account: accountName, position: { ...position } })
  world.events.push({ kind: 'wallet', account: accountName })
  return ok()
}
