import type { Balance } from '../domain/account.ts'
import { absolute, type Decimal, multiply, ZERO } from '../domain/decimal.ts'
import type { InstrumentId } from '../domain/ids.ts'
import { type Position, unrealizedPnl } from '../domain/position.ts'
import type { ExecutionReport, PositionReport } from '../ports/venue.ts'
import type { OrderView, PnlView, PositionView } from '../ports/watch.ts'

export type PositionSide = PositionView['side']

/** Null: flat. */
export function sideOfPosition(quantity: Decimal): PositionSide | null {
  if (quantity === ZERO) return null
  return quantity > ZERO ? 'long' : 'short'
}

export interface Held extends Position {
  readonly instrumentId: InstrumentId
  /** What the venue says of it; null: nothing yet. */
  readonly report: PositionReport | null
}

/** @param mark quote per base; null: unknown */
export function positionRow(held: Held, side: PositionSide, mark: Decimal | null): PositionView {
  const { instrumentId, quantity, averagePrice, report } = held
  return {
    instrumentId,
    side,
    quantity: absolute(quantity),
    averagePrice,
    markPrice: mark,
    liquidationPrice: report?.liquidationPrice ?? null,
    leverage: report?.leverage ?? null,
    unrealizedPnl: mark === null ? null : unrealizedPnl(held, mark),
    notional: mark === null ? null : absolute(multiply(quantity, mark)),
  }
}

/** The end of a position, for those who were shown it. */
export function closedRow(
  { instrumentId, report }: Pick<Held, 'instrumentId' | 'report'>,
  side: PositionSide,
): PositionView {
  return {
    instrumentId,
    side,
    quantity: ZERO,
    averagePrice: ZERO,
    markPrice: null,
    liquidationPrice: null,
    leverage: report?.leverage ?? null,
    unrealizedPnl: ZERO,
    notional: ZERO,
  }
}

export function orderRow(report: ExecutionReport, origin: OrderView['origin']): OrderView {
  return {
    id: report.venueOrderId,
    clientOrderId: report.clientOrderId,
    instrumentId: report.instrumentId,
    side: report.side,
    type: report.type,
    quantity: report.quantity,
    filled: report.filled,
    limitPrice: report.limitPrice,
    averagePrice: report.averagePrice,
    status: report.status,
    reduceOnly: report.reduceOnly,
    origin,
    at: report.at,
  }
}

/** Whatever the time is. */
export function isSamePnl(a: PnlView, b: PnlView): boolean {
  return a.realizedToday === b.realizedToday && a.unrealized === b.unrealized && a.equity === b.equity
}

export function isSameBalance(a: Balance, b: Balance): boolean {
  return (
    a.total === b.total &&
    a.available === b.available &&
    a.equity === b.equity &&
    a.unrealizedPnl === b.unrealizedPnl &&
    a.marginUsed === b.marginUsed
  )
}

/** Marks aside, which move all the time. */
export function isSamePosition(a: PositionReport, b: PositionReport): boolean {
  return (
    a.leverage === b.leverage &&
    a.liquidationPrice === b.liquidationPrice &&
    a.quantity === b.quantity &&
    a.averagePrice === b.averagePrice
  )
}
