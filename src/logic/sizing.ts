import type { Equity } from '../domain/account.ts'
import {
  absolute,
  type Decimal,
  divide,
  maximum,
  multiply,
  multiplyDivide,
  negate,
} from '../domain/decimal.ts'
import type { Fill } from '../domain/fill.ts'
import { err, ok, type Result, unreachable } from '../domain/result.ts'
import type { Sizing } from '../domain/strategy.ts'

export interface SizingInput {
  readonly sizing: Sizing
  /** Signed: what the leader added, base units. */
  readonly delta: Decimal
  readonly fill: Fill
  /** Null: unknown, or too old to size by. */
  readonly leaderEquity: Equity | null
  readonly followerEquity: Equity | null
}

/**
 * What a follower takes of a leader's increase: signed, base units, 18 places, not yet rounded to a lot.
 *
 * Fixed sizes are per leader ORDER: each fill takes its share of the order's quantity.
 */
export function sizedIncrement(input: SizingInput): Result<Decimal, 'equity_unknown'> {
  const sized = follow(input)
  if (!sized.ok) return sized
  return ok(input.sizing.inverse ? negate(sized.value) : sized.value)
}

function follow({
  sizing,
  delta,
  fill,
  leaderEquity,
  followerEquity,
}: SizingInput): Result<Decimal, 'equity_unknown'> {
  switch (sizing.kind) {
    case 'ratio':
      return ok(multiply(delta, sizing.ratio))
    case 'equity_ratio': {
      if (leaderEquity === null || followerEquity === null) return err('equity_unknown')
      if (leaderEquity.equity <= 0n || followerEquity.equity <= 0n) return err('equity_unknown')
      return ok(multiplyDivide(multiply(delta, sizing.ratio), followerEquity.equity, leaderEquity.equity))
    }
    case 'fixed_notional':
      return ok(shareOfOrder(divide(sizing.notional, fill.fillPrice), delta, fill))
    case 'fixed_quantity':
      return ok(shareOfOrder(sizing.quantity, delta, fill))
    default:
      return unreachable(sizing)
  }
}

/** `whole` x |delta| / the leader's order quantity, with the sign of delta. */
function shareOfOrder(whole: Decimal, delta: Decimal, fill: Fill): Decimal {
  // A venue that reports less than the trade itself is wrong; the trade is what is certain.
  const orderQuantity = maximum(fill.orderQuantity, fill.quantity)
  const share = multiplyDivide(whole, absolute(delta), orderQuantity)
  return delta < 0n ? negate(share) : share
}
