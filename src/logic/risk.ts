import {
  absolute,
  add,
  basisPoints,
  type Decimal,
  maximum,
  multiply,
  subtract,
  ZERO,
} from '../domain/decimal.ts'
import { type InstrumentId, symbolOf } from '../domain/ids.ts'
import type { Side } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { RiskLimits } from '../domain/strategy.ts'
import { allowsSymbol } from './copy.ts'

/** What an account has at stake in one instrument, before the order in question. */
export interface Exposure {
  readonly instrumentId: InstrumentId
  /** Signed, base units. */
  readonly position: Decimal
  /** Quote per base. */
  readonly mark: Decimal
  /** Quote: leaves of open buys, each at the worst price it may cost. */
  readonly openBuyNotional: Decimal
  readonly openSellNotional: Decimal
}

export interface Proposal {
  readonly instrumentId: InstrumentId
  readonly side: Side
  /** Base units, > 0. */
  readonly quantity: Decimal
  /** The price it is expected to trade at: best opposite price, or its limit. */
  readonly expectedPrice: Decimal
  readonly mark: Decimal
}

export interface RiskInput {
  readonly proposal: Proposal
  /** System, strategy and account: each must approve. */
  readonly limits: readonly RiskLimits[]
  /** Of the account, every instrument with a position or an open order. */
  readonly exposures: readonly Exposure[]
  /** Quote; null: unknown or too old. */
  readonly equity: Decimal | null
  /** The account's own cap; the tightest of all holds. */
  readonly maximumLeverage: Decimal
  readonly ordersInLastMinute: number
}

export type RiskVerdict =
  | { readonly approved: true; readonly collarPrice: Decimal }
  /** `waits`: nothing is wrong with the order; what it is measured with is not known yet. */
  | { readonly approved: false; readonly reason: Reason; readonly waits?: true }

/** How far a market order may cost from the mark where nobody set a collar, basis points. */
export const DEFAULT_COLLAR_BPS = 500

/**
 * Whether an order that opens may be sent. Orders that only reduce are never asked about.
 *
 * Every open order counts as filled at its collar price, so that limits hold whatever the venue does next.
 */
export function assess(input: RiskInput): RiskVerdict {
  const { proposal, limits } = input
  const collarPrice = collarAt(proposal.side, proposal.mark, tightestCollarBps(limits))
  const beyond =
    proposal.side === 'buy' ? proposal.expectedPrice > collarPrice : proposal.expectedPrice < collarPrice
  if (beyond) return refused('risk_collar')
  // A sell costs most where it rests above the mark, a buy at the end of its collar.
  const worstPrice = maximum(maximum(collarPrice, proposal.mark), proposal.expectedPrice)
  const orderNotional = multiply(proposal.quantity, worstPrice)
  const after = exposureAfter(input, orderNotional)
  for (const limit of limits) {
    const reason =
      filtered(limit, proposal) ??
      exceeded(limit, { orderNotional, ...after, ordersInLastMinute: input.ordersInLastMinute })
    if (reason !== null) return refused(reason)
  }
  const leverage = tightestLeverage(input)
  if (input.equity === null) return refused('equity_unknown')
  if (after.totalNotional > multiply(maximum(input.equity, ZERO), leverage)) return refused('risk_leverage')
  return { approved: true, collarPrice }
}

function refused(reason: Reason): RiskVerdict {
  return { approved: false, reason }
}

/** The worst price within the collar, quote per base. */
export function collarAt(side: Side, mark: Decimal, collarBps: number): Decimal {
  const width = basisPoints(mark, collarBps)
  return side === 'buy' ? add(mark, width) : subtract(mark, width)
}

interface After {
  readonly symbolNotional: Decimal
  readonly totalNotional: Decimal
}

function exposureAfter({ proposal, exposures }: RiskInput, orderNotional: Decimal): After {
  const own = exposures.find(exposure => exposure.instrumentId === proposal.instrumentId)
  const symbolNotional = worstNotional(own, proposal.side, orderNotional)
  let totalNotional = symbolNotional
  for (const exposure of exposures) {
    if (exposure !== own) totalNotional = add(totalNotional, worstNotional(exposure, null, ZERO))
  }
  return { symbolNotional, totalNotional }
}

/** The larger of "all buys fill" and "all sells fill": which of them does is the market's business. */
function worstNotional(exposure: Exposure | undefined, side: Side | null, orderNotional: Decimal): Decimal {
  const position = exposure === undefined ? ZERO : multiply(exposure.position, exposure.mark)
  const buys = add(exposure?.openBuyNotional ?? ZERO, side === 'buy' ? orderNotional : ZERO)
  const sells = add(exposure?.openSellNotional ?? ZERO, side === 'sell' ? orderNotional : ZERO)
  return maximum(absolute(add(position, buys)), absolute(subtract(position, sells)))
}

interface Measured extends After {
  readonly orderNotional: Decimal
  readonly ordersInLastMinute: number
}

function exceeded(limit: RiskLimits, measured: Measured): Reason | null {
  if (limit.killSwitch) return 'kill_switch'
  if (above(measured.orderNotional, limit.maximumOrderNotional)) return 'risk_order_notional'
  if (above(measured.symbolNotional, limit.maximumSymbolNotional)) return 'risk_symbol_notional'
  if (above(measured.totalNotional, limit.maximumTotalNotional)) return 'risk_total_notional'
  const rate = limit.maximumOrdersPerMinute
  if (rate !== null && measured.ordersInLastMinute >= rate) return 'risk_order_rate'
  return null
}

/** What was allowed when an increase came may be forbidden when its order would be sent. */
function filtered(limit: RiskLimits, { instrumentId, side }: Proposal): Reason | null {
  if (!allowsSymbol(limit, symbolOf(instrumentId))) return 'symbol_not_allowed'
  return limit.allowedSides?.includes(side) === false ? 'side_not_allowed' : null
}

function above(value: Decimal, limit: Decimal | null): boolean {
  return limit !== null && value > limit
}

function tightestCollarBps(limits: readonly RiskLimits[]): number {
  const set = limits.flatMap(limit => limit.priceCollarBps ?? [])
  return set.length === 0 ? DEFAULT_COLLAR_BPS : Math.min(...set)
}

function tightestLeverage({ limits, maximumLeverage }: RiskInput): Decimal {
  let tightest = maximumLeverage
  for (const { maximumLeverage: leverage } of limits) {
    if (leverage !== null && leverage < tightest) tightest = leverage
  }
  return tightest
}
