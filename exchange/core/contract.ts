import { type Decimal, multiply, ONE, subtract } from '../../src/domain/decimal.ts'
import type { Position } from '../../src/domain/position.ts'
import type { ExchangeInstrument } from './types.ts'

/** Of what a quantity is: see ExchangeInstrument. */
export type Contract = Pick<ExchangeInstrument, 'contractSize'>

/** Quote, signed as the quantity is: so many contracts at so much for each base unit. */
export function notionalOf(contract: Contract, quantity: Decimal, pricePerUnit: Decimal): Decimal {
  return scaled(contract, multiply(quantity, pricePerUnit))
}

/** What was reckoned as if a contract were one base unit. */
export function scaled({ contractSize }: Contract, amount: Decimal): Decimal {
  // Most venues count in base units, and every fill is worth something several times over.
  return contractSize === ONE ? amount : multiply(amount, contractSize)
}

/** Quote at `mark`; positive is a gain. */
export function unrealizedPnl(contract: Contract, position: Position, mark: Decimal): Decimal {
  return notionalOf(contract, position.quantity, subtract(mark, position.averagePrice))
}
