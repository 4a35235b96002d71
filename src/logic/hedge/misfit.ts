import {
  basisPoints,
  ceilToStep,
  type Decimal,
  divide,
  formatDecimal,
  maximum,
  toNumber,
} from '../../domain/decimal.ts'
import { type Instrument, tradableQuantity } from '../../domain/instrument.ts'
import type { Pair } from '../../domain/pair.ts'

/** Hedges worth so many times as much, or as little, are of a market that counts in thousands where the other does not. */
const SCALES_APART = 50

export interface MisfitInput {
  readonly pair: Pair
  readonly a: Instrument
  readonly b: Instrument
  /** Quote per base of B, what its minimum notional is measured with. */
  readonly markB: Decimal
  readonly markA: Decimal
}

/** What a market that is closed is told as: it may have no price to compare anything with. Null: it trades. */
export function closedText({ status, symbol }: Instrument): string | null {
  return status === 'trading' ? null : `${symbol} does not trade. Resume the pair when it does.`
}

/** Why a pair cannot be traded on its markets, with what to do; null: it can. Asked before the first order. */
export function misfitOf(input: MisfitInput): string | null {
  const { pair, a, b, markA, markB } = input
  const closed = closedText(a) ?? closedText(b)
  if (closed !== null) return closed
  const smallest = smallestOrder(b, markB)
  if (pair.tolerance < smallest) {
    return `The tolerance ${formatDecimal(pair.tolerance)} is below the smallest order of ${b.symbol}, ${formatDecimal(smallest)}. Set it to that or more.`
  }
  const worth = worthOfHedge(input)
  if (worth > SCALES_APART || worth * SCALES_APART < 1)
    return `An order of B would be worth ${worth.toPrecision(2)} times what it hedges: ${b.symbol} counts in another scale than ${a.symbol}. Set the ratio to what one of A is in B.`
  const { quoting } = pair
  if (quoting === null) return null
  if (tradableQuantity(a, quoting.quantity, markA) === 0n) {
    return `The quantity ${formatDecimal(quoting.quantity)} is below the smallest order of ${a.symbol}, ${formatDecimal(smallestOrder(a, markA))}. Raise it.`
  }
  if (tradableQuantity(b, basisPoints(quoting.quantity, pair.ratioBps), markB) === 0n) {
    return `The ratio makes an order of B that is below the smallest one of ${b.symbol}, ${formatDecimal(smallest)}. Raise the ratio or the quantity.`
  }
  return null
}

/** How many times as much as the hedged quantity of A. */
function worthOfHedge({ pair, markA, markB }: MisfitInput): number {
  return toNumber(divide(basisPoints(markB, pair.ratioBps), markA))
}

/** Base units: the larger of lot, minimum size and minimum notional / price, in whole lots: none is smaller. */
function smallestOrder({ lotSize, minimumQuantity, minimumNotional }: Instrument, mark: Decimal): Decimal {
  return ceilToStep(maximum(maximum(lotSize, minimumQuantity), divide(minimumNotional, mark)), lotSize)
}
