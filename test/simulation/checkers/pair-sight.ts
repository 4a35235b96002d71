import type { Exchange } from '../../../exchange/core/types.ts'
import { symbolOf } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { Leg, Pair, PairPause, PairState } from '../../../src/domain/pair.ts'
import { ceiled, larger, size, UNIT } from './amounts.ts'
import type { Evidence } from './checker.ts'

/** A ratio of 1 in basis points: amounts of B are compared this many times as large, and so without rounding. */
export const WHOLE_BPS = 10_000n

/** Pauses behind which B follows A no more: a person was told, and looks first. */
export const STOPPED: ReadonlySet<PairPause | null> = new Set<PairPause>([
  'hedge_failed',
  'unconfirmed',
  'misfit',
  'force_closed',
  'flattened',
])

export interface LegSight {
  /** On the exchange. */
  readonly account: string
  readonly symbol: string
  /** Signed, base units, since the pair began: by the exchange's log. */
  readonly traded: bigint
  /** The same by what is durable. */
  readonly counted: bigint
}

export interface PairSight {
  readonly pair: Pair
  readonly state: PairState
  readonly a: LegSight
  readonly b: LegSight
}

type Known = Pick<Evidence, 'ledger' | 'truth'>

/** @returns null while the pair has not begun, and when it is gone */
export function sightOf(known: Known, pair: Pair): PairSight | null {
  const state = known.ledger.pairStates.get(pair.id)
  if (state === undefined || state.baseA === null || state.baseB === null || pair.origin === 'removed')
    return null
  return { pair, state, a: legOf(known, pair.a, state.baseA), b: legOf(known, pair.b, state.baseB) }
}

function legOf({ ledger, truth }: Known, { accountId, instrumentId }: Leg, base: bigint): LegSight {
  const account = ledger.accounts.get(accountId)?.name ?? accountId
  const symbol = symbolOf(instrumentId)
  let counted = 0n
  for (const row of ledger.positions.values())
    if (row.accountId === accountId && row.instrumentId === instrumentId) counted += row.quantity
  return { account, symbol, traded: truth.position(account, symbol) - base, counted: counted - base }
}

/** |A x ratio + B| without its bars, 10 000 times as large: above zero B lacks a sell. */
export function imbalance({ ratioBps }: Pair, a: bigint, b: bigint): bigint {
  return a * BigInt(ratioBps) + b * WHOLE_BPS
}

/**
 * The smallest order that a market takes now, base units: what is missing of less is carried (HG2). 0: it is not listed.
 *
 * A lot, the smallest quantity, or what is worth the smallest notional at mark, whichever is most.
 */
export function smallestOrder(exchange: Exchange, symbol: string): bigint {
  const listed = exchange.instruments.get(symbol)
  if (listed === undefined) return 0n
  const { lotSize, minimumQuantity, minimumNotional } = listed
  const mark = exchange.mark(symbol)
  const worth = ceiled((minimumNotional * UNIT + mark - 1n) / mark, lotSize)
  return larger(larger(lotSize, minimumQuantity), worth)
}

export function isBeyond({ tolerance }: Pair, imbalanced: bigint): boolean {
  return size(imbalanced) > tolerance * WHOLE_BPS
}

export function isOn(
  { accountId, instrumentId }: Leg,
  order: Pick<Order, 'accountId' | 'instrumentId'>,
): boolean {
  return order.accountId === accountId && order.instrumentId === instrumentId
}

/** A's own order that opens, or may: whatever only closes both legs is none. */
export function isQuote(order: Order, pair: Pair): boolean {
  return order.pairId === pair.id && order.purpose !== 'exit' && isOn(pair.a, order)
}

/** A hedge, or a close. */
export function isOfB(order: Order, pair: Pair): boolean {
  return order.pairId === pair.id && isOn(pair.b, order)
}

export function isHedge(order: Order, pair: Pair): boolean {
  return isOfB(order, pair) && order.purpose === 'hedge'
}
