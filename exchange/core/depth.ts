import {
  basisPoints,
  ceilToStep,
  type Decimal,
  divide,
  fromUnits,
  maximum,
  minimum,
  ONE,
  subtract,
  truncateToStep,
} from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'
import { notionalOf } from './contract.ts'
import { unitNoise } from './noise.ts'
import type { ExchangeInstrument } from './types.ts'

const MAXIMUM_LEVELS = 100
/** Between neighbours, and from the mid to the best; never less than a tick. */
const LEVEL_STEP_BPS = 1
/** Each level away from the mid holds this many percent of the first one's quantity more. */
const GROWTH_PERCENT = 20

export interface DepthLevel {
  readonly price: Decimal
  /** Shrinks as takers eat it; a new depth comes with the next move of the world. */
  quantity: Decimal
}

export interface DepthOptions {
  readonly instrument: ExchangeInstrument
  readonly mid: Decimal
  /** Decides the quantities, together with side and level. */
  readonly seed: number
  /** Quote: the mean that the best level holds. */
  readonly levelNotional: Decimal
}

/** Liquidity on one side of the mid, best first. Levels are made when they are first looked at. */
export class DepthSide {
  readonly #side: Side
  readonly #options: DepthOptions
  readonly #step: Decimal
  readonly #levels: DepthLevel[] = []

  constructor(side: Side, options: DepthOptions) {
    const { mid, instrument } = options
    this.#side = side
    this.#options = options
    this.#step = maximum(
      ceilToStep(basisPoints(mid, LEVEL_STEP_BPS), instrument.tickSize),
      instrument.tickSize,
    )
  }

  /** Undefined past the last level. */
  at(index: number): DepthLevel | undefined {
    while (this.#levels.length <= index) {
      const level = this.#make(this.#levels.length)
      if (level === undefined) return undefined
      this.#levels.push(level)
    }
    return this.#levels[index]
  }

  /** Eats up to `quantity` at `limitPrice` or better. @returns what it got */
  take(limitPrice: Decimal, quantity: Decimal): Decimal {
    let left = quantity
    for (let index = 0; left > 0n; index += 1) {
      const level = this.at(index)
      if (level === undefined || isBetter(this.#side, limitPrice, level.price)) break
      const eaten = minimum(level.quantity, left)
      eat(level, eaten)
      left = subtract(left, eaten)
    }
    return subtract(quantity, left)
  }

  #make(index: number): DepthLevel | undefined {
    const { mid, seed, levelNotional, instrument } = this.#options
    const distance = this.#step * BigInt(index + 1)
    const price = fromUnits(this.#side === 'buy' ? mid - distance : mid + distance)
    if (index >= MAXIMUM_LEVELS || price <= 0n) return undefined
    const luckPercent = 50 + Math.floor(100 * unitNoise(seed, index, this.#side === 'buy' ? 1 : 2))
    const percent = (luckPercent * (100 + GROWTH_PERCENT * index)) / 100
    const notional = basisPoints(levelNotional, Math.round(percent * 100))
    const quantity = divide(notional, notionalOf(instrument, ONE, price))
    return { price, quantity: maximum(truncateToStep(quantity, instrument.lotSize), instrument.lotSize) }
  }
}

/** Whether a resting order or level at `a` is met before one at `b`. */
export function isBetter(side: Side, a: Decimal, b: Decimal): boolean {
  return side === 'buy' ? a > b : a < b
}

export function eat(level: DepthLevel, quantity: Decimal): void {
  level.quantity = subtract(level.quantity, quantity)
}
