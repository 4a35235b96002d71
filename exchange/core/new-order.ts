import { ZERO } from '../../src/domain/decimal.ts'
import { type Account, rememberAccepted } from './account.ts'
import type { OrderCondition, OrderOrigin } from './stop.ts'
import type { ExchangeOrder, OrderCommand } from './types.ts'
import type { World } from './world.ts'

/** What an order is made of: a command that passed every check, or the exchange's own wish. */
export interface NewOrder {
  readonly command: Omit<OrderCommand, 'trigger' | 'closeOnTrigger'>
  readonly origin: OrderOrigin
  readonly condition: OrderCondition | null
}

/** Accepts an order and puts it on record; it neither waits nor trades yet. */
export function acceptOrder(world: World, account: Account, wish: NewOrder, at: number): ExchangeOrder {
  const order = makeOrder(world, account, wish, at)
  rememberAccepted(account, order)
  const { orderId, clientOrderId } = order
  world.audit.add({ kind: 'accepted', at, account: account.name, orderId, clientOrderId })
  return order
}

/** Gives it its id, and nothing else. */
export function makeOrder(world: World, account: Account, wish: NewOrder, at: number): ExchangeOrder {
  const { command, origin, condition } = wish
  const { stops = null, positionIndex = 0 } = command
  return {
    account: account.name,
    orderId: world.nextId(),
    clientOrderId: command.clientOrderId,
    symbol: command.symbol,
    positionIndex,
    side: command.side,
    type: command.type,
    timeInForce: command.timeInForce,
    postOnly: command.postOnly,
    reduceOnly: command.reduceOnly,
    origin,
    condition,
    // Bybit: "When reduceOnly is true, take profit/stop loss cannot be set" (v5/order/create-order).
    stops: command.reduceOnly ? null : stops,
    quantity: command.quantity,
    limitPrice: command.limitPrice,
    status: condition === null ? 'new' : 'untriggered',
    filled: ZERO,
    filledNotional: ZERO,
    fee: ZERO,
    closedPnl: ZERO,
    reason: '',
    createdAt: at,
    updatedAt: at,
  }
}
