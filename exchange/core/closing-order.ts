import { absolute, type Decimal } from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'
import type { Account, Holding } from './account.ts'
import { acceptOrder, makeOrder } from './new-order.ts'
import type { ExchangeOrder } from './types.ts'
import type { World } from './world.ts'

/**
 * An order of the exchange's own over a position, all of it or a part. That of a settlement is never on record:
 * Bybit shows it "as a trade but not an order" (docs/v5/enum.mdx, CreateBySettle).
 */
export function closingOrder(
  world: World,
  account: Account,
  { position }: Holding,
  wish: {
    readonly side: Side
    readonly origin: 'liquidation' | 'adl' | 'settlement'
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
  const make = origin === 'settlement' ? makeOrder : acceptOrder
  return make(world, account, { command, origin, condition: null }, at)
}
