import { absolute, fromUnits, truncateToStep, ZERO } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import type { Exchange, ExchangePosition } from '../core/types.ts'
import type { Occasion } from './faults.ts'

export interface PositionFaultParts {
  readonly exchange: Exchange
  worldNow(): number
  /** Whether the fault strikes now. */
  strike(name: 'liquidation' | 'adl', occasion: Occasion): boolean
}

/** Accounts whose positions are taken from them, as far as a fault strikes them. */
export function strikePositions(parts: PositionFaultParts): void {
  const { exchange } = parts
  for (const { account } of exposed(parts, 'liquidation')) exchange.liquidate(account, parts.worldNow())
  for (const { account, position } of exposed(parts, 'adl')) {
    const { lotSize } = must(exchange.instruments.get(position.symbol), position.symbol)
    const half = truncateToStep(fromUnits(absolute(position.quantity) / 2n), lotSize)
    const quantity = half === ZERO ? absolute(position.quantity) : half
    exchange.deleverage(account, position, quantity, parts.worldNow())
  }
}

/** The accounts that a fault struck, each with its first open position. */
function exposed(
  { exchange, strike }: PositionFaultParts,
  name: 'liquidation' | 'adl',
): readonly { readonly account: string; readonly position: ExchangePosition }[] {
  return exchange.accounts().flatMap(account => {
    const position = exchange.positions(account).find(({ quantity }) => quantity !== ZERO)
    if (position === undefined) return []
    return strike(name, { account, target: position.symbol }) ? [{ account, position }] : []
  })
}
