import { absolute, type Decimal, formatDecimal } from '../../src/domain/decimal.ts'
import type { PositionChange } from '../../src/domain/position.ts'
import { type Account, type Holding, leavesOf } from './account.ts'
import type { Market } from './market.ts'
import type { ExecutionKind } from './records.ts'
import type { ExchangeExecution, ExchangeOrder } from './types.ts'
import type { World } from './world.ts'

interface ExecutionParts {
  readonly world: World
  /** As they are after the trade. */
  readonly account: Account
  readonly holding: Holding
  readonly trade: {
    readonly order: ExchangeOrder
    readonly quantity: Decimal
    readonly fillPrice: Decimal
    readonly isMaker: boolean
    readonly kind: ExecutionKind
    readonly at: number
  }
  readonly market: Market
  readonly change: PositionChange
  readonly fee: Decimal
  readonly feeRate: Decimal
}

export function executionOf(parts: ExecutionParts): ExchangeExecution {
  const { world, account, holding, market, change, fee, feeRate } = parts
  const { order, quantity, fillPrice, isMaker, kind, at } = parts.trade
  return {
    account: order.account,
    tradeId: world.nextId(),
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    positionIndex: order.positionIndex,
    side: order.side,
    orderType: order.type,
    origin: order.origin,
    orderQuantity: order.quantity,
    limitPrice: order.limitPrice,
    leaves: leavesOf(order),
    quantity,
    price: fillPrice,
    markPrice: market.mid,
    fee,
    feeRate,
    isMaker,
    closedSize: absolute(change.closed),
    kind,
    realizedPnl: change.realizedPnl,
    balanceAfter: account.balance,
    positionAfter: holding.position.quantity,
    sequence: market.sequence,
    at,
  }
}

export function auditFill(world: World, execution: ExchangeExecution): void {
  const { at, account, orderId, clientOrderId, tradeId, symbol, side, sequence } = execution
  world.audit.add({
    kind: 'filled',
    at,
    account,
    orderId,
    clientOrderId,
    tradeId,
    symbol,
    side,
    quantity: formatDecimal(execution.quantity),
    price: formatDecimal(execution.price),
    positionAfter: formatDecimal(execution.positionAfter),
    sequence,
  })
}
