import { absolute, type Decimal } from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'
import type { Account, Holding } from './account.ts'
import { acceptOrder } from './new-order.ts'
import type { ExchangeOrder } from './types.ts'
import type { World } from './world.ts'

/** An order of the exchange's own over a position, all of it or a part. */
export function closingOrder(
  world: World,
  account: Account,
  { position }: Holding,
  wish: {
    readonly side: Side
    readonly origin: 'liquidation' | 'adl'
    readonly quantity?: Decimal
    readonly at: number
  },
): ExchangeOrder {
  const { symbol, positionIndex } = position
  const { side, origin, quantity = absolute(position.quantity), at } = wish
  const command = {
    symbol,
    positionIndex,
    side,
    type: 'market',
    timeInForce: 'ioc',
    postOnly: false,
    reduceOnly: true,
    quantity,
    limitPrice: null,
    clientOrderId: '',
  } as const
  return acceptOrder(world, account, { command, origin, condition: null }, at)
}
