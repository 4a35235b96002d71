import { ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { type Account, emptyPosition, type Holding, holdingOf, setHoldingLeverage } from './account.ts'
import { reportPosition } from './ending.ts'
import type { Market } from './market.ts'
import type { PositionMode } from './stop.ts'
import type { Refusal } from './types.ts'
import type { World } from './world.ts'

/** What counts is the symbol's own setting, then the account's (bybit-exchange/docs, v5/position/position-mode). */
export function positionModeOf(account: Account, symbol: string): PositionMode {
  return account.modes.get(symbol) ?? account.mode
}

/** Of all symbols at once, those with a position or orders keep their mode and nothing is refused, as at Bybit. */
export function switchPositionMode(
  world: World,
  accountName: string,
  symbol: string | null,
  mode: PositionMode,
): Result<void, Refusal> {
  const account = world.accounts.get(accountName)
  if (account === undefined) return err('unknown_account')
  if (mode === 'hedge' && world.rules.positionModes === 'one_way') return err('position_mode_unavailable')
  if (symbol === null) {
    for (const [each, market] of world.markets) {
      if (whatHolds(holdingsIn(account, each)) === null) switchSymbol(world, account, market, mode)
      else account.modes.set(each, positionModeOf(account, each))
    }
    account.mode = mode
    return ok()
  }
  const market = world.markets.get(symbol)
  if (market === undefined) return err('unknown_symbol')
  if (positionModeOf(account, symbol) === mode) return err('position_mode_not_modified')
  const held = whatHolds(holdingsIn(account, symbol))
  if (held !== null) return err(held)
  switchSymbol(world, account, market, mode)
  return ok()
}

function holdingsIn(account: Account, symbol: string): readonly Holding[] {
  return account.holdings.flatMap(bySymbol => bySymbol.get(symbol) ?? [])
}

/** @returns why their mode must stay; null where nothing is held or ordered */
export function whatHolds(holdings: readonly Holding[]): Refusal | null {
  if (holdings.some(({ position }) => position.quantity !== ZERO)) return 'position_open'
  const hasOrders = holdings.some(({ openOrders, waiting }) => openOrders.size + waiting.size > 0)
  return hasOrders ? 'orders_open' : null
}

/** The symbol's leverage goes with it. */
function switchSymbol(world: World, account: Account, { instrument }: Market, mode: PositionMode): void {
  const { symbol } = instrument
  const before = positionModeOf(account, symbol)
  account.modes.set(symbol, mode)
  if (before === mode) return
  const old = account.holdings[before === 'hedge' ? 1 : 0].get(symbol)
  const leverage = (old?.position ?? emptyPosition(symbol, 0)).leverage
  for (const positionIndex of mode === 'hedge' ? ([1, 2] as const) : ([0] as const)) {
    const holding = holdingOf(account, instrument, positionIndex)
    setHoldingLeverage(holding, leverage)
    reportPosition(world, account, holding.position)
  }
}
