import { absolute, add, type Decimal, multiplyDivide, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { PositionChange } from '../../src/domain/position.ts'
import type { Account, Holding } from './account.ts'
import { notionalOf } from './contract.ts'
import type { ClosedPnl, ExecutionKind } from './records.ts'
import type { VenueRules } from './rules.ts'
import type { ExchangeOrder } from './types.ts'

interface Closing {
  readonly rules: VenueRules
  readonly account: Account
  /** As it was before the trade. */
  readonly holding: Holding
  readonly trade: {
    readonly order: ExchangeOrder
    readonly fillPrice: Decimal
    readonly kind: ExecutionKind
    readonly at: number
  }
  readonly change: PositionChange
  /** Of the whole fill, quote. */
  readonly fee: Decimal
}

/** Adds a fill to the row of its order; the opening fee is shared out by quantity. */
export function recordClosing({ rules, account, holding, trade, change, fee }: Closing): void {
  const { instrument, position } = holding
  const known = rules.closedPnlRows === 'per_fill' ? undefined : account.closings.get(trade.order.orderId)
  const row = known ?? newRow(account, holding, trade)
  const closed = absolute(change.closed)
  const openFee = multiplyDivide(holding.openFee, closed, absolute(position.quantity))
  const closeFee = multiplyDivide(fee, closed, absolute(add(change.closed, change.opened)))
  holding.openFee = subtract(holding.openFee, openFee)
  row.closedSize = add(row.closedSize, closed)
  row.entryNotional = add(row.entryNotional, notionalOf(instrument, closed, position.averagePrice))
  row.exitNotional = add(row.exitNotional, notionalOf(instrument, closed, trade.fillPrice))
  row.openFee = add(row.openFee, openFee)
  row.closeFee = add(row.closeFee, closeFee)
  const realized = subtract(subtract(change.realizedPnl, openFee), closeFee)
  row.closedPnl = add(row.closedPnl, realized)
  row.fillCount += 1
  row.updatedAt = trade.at
  trade.order.closedPnl = add(trade.order.closedPnl, realized)
}

function newRow(account: Account, { position }: Holding, { order, kind, at }: Closing['trade']): ClosedPnl {
  const row = {
    account: account.name,
    number: account.closedPnl.count + 1,
    symbol: order.symbol,
    positionIndex: order.positionIndex,
    orderId: order.orderId,
    side: order.side,
    orderType: order.type,
    orderQuantity: order.quantity,
    limitPrice: order.limitPrice,
    kind,
    leverage: position.leverage,
    closedSize: ZERO,
    entryNotional: ZERO,
    exitNotional: ZERO,
    openFee: ZERO,
    closeFee: ZERO,
    closedPnl: ZERO,
    fillCount: 0,
    createdAt: at,
    updatedAt: at,
  }
  account.closings.set(order.orderId, row)
  account.closedPnl.push(row)
  return row
}
