import { absolute, add, type Decimal, divide, minimum, multiply, sign, subtract, ZERO } from './decimal.ts'

/** A signed quantity and what it cost. Positive is long. */
export interface Position {
  readonly quantity: Decimal
  /** Quote per base; 0 when flat. */
  readonly averagePrice: Decimal
}

export const FLAT: Position = { quantity: ZERO, averagePrice: ZERO }

/** What one trade did: the part that closed, and the part that opened. Signed, base units; a flip has both. */
export interface PositionChange {
  readonly position: Position
  readonly closed: Decimal
  readonly opened: Decimal
  /** Quote, before fees. */
  readonly realizedPnl: Decimal
}

/** @param quantity signed, base units: buys are positive */
export function applyTrade(position: Position, quantity: Decimal, fillPrice: Decimal): PositionChange {
  const against = sign(position.quantity) * sign(quantity) < 0
  const closedSize = against ? minimum(absolute(quantity), absolute(position.quantity)) : ZERO
  const closed = (quantity < 0n ? -closedSize : closedSize) as Decimal
  const opened = subtract(quantity, closed)
  const realizedPnl = multiply(subtract(position.averagePrice, fillPrice), closed)
  const total = add(position.quantity, quantity)
  return {
    position: { quantity: total, averagePrice: averageAfter(position, total, opened, fillPrice) },
    closed,
    opened,
    realizedPnl,
  }
}

function averageAfter(before: Position, total: Decimal, opened: Decimal, fillPrice: Decimal): Decimal {
  if (total === ZERO) return ZERO
  if (opened === ZERO) return before.averagePrice
  if (sign(before.quantity) !== sign(total)) return fillPrice
  const cost = add(multiply(before.quantity, before.averagePrice), multiply(opened, fillPrice))
  return divide(cost, total)
}

/** Quote at `mark`; positive is a gain. */
export function unrealizedPnl(position: Position, mark: Decimal): Decimal {
  return multiply(subtract(mark, position.averagePrice), position.quantity)
}

/** What the trades of one UTC day came to: the last day that had any. */
export interface DayPnl {
  /** Days since 1970, by the venue's clock; 0: no trade yet. */
  readonly realizedDay: number
  /** Quote, after fees. */
  readonly realizedPnl: Decimal
}

export const NO_DAY: DayPnl = { realizedDay: 0, realizedPnl: ZERO }

const DAY_MS = 86_400_000

/** @param atMs ms since 1970 @returns whole days since then, UTC */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS)
}

/** A trade that comes after one of a later day belongs to a day that is no longer told of. */
export function addToDay({ realizedDay, realizedPnl }: DayPnl, day: number, gain: Decimal): DayPnl {
  if (day < realizedDay) return { realizedDay, realizedPnl }
  return { realizedDay: day, realizedPnl: day === realizedDay ? add(realizedPnl, gain) : gain }
}
