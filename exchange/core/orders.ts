import { minimum, ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { type Account, type Holding, holdingOf, rememberAccepted } from './account.ts'
import { isAffordable } from './affordable.ts'
import { checkShape } from './checks.ts'
import type { PlannedFill } from './matching.ts'
import { placeOrder, planFor } from './place.ts'
import { closableBy } from './settle.ts'
import type { ExchangeOrder, OrderCommand, Refusal } from './types.ts'
import type { World } from './world.ts'

/** Per account and symbol (bybit-exchange/docs, v5/order/create-order: "maximum of 500 active orders"). */
const MAXIMUM_OPEN_ORDERS = 500

/** An order that passed every check, cut to what it may be, with what it will trade. */
interface Admitted {
  readonly command: OrderCommand
  readonly plan: readonly PlannedFill[]
}

export function submitOrder(
  world: World,
  accountName: string,
  command: OrderCommand,
  at: number,
): Result<ExchangeOrder, Refusal> {
  const account = world.accounts.get(accountName)
  if (account === undefined) return err('unknown_account')
  const admitted = admit(world, account, normalize(command))
  if (!admitted.ok) return admitted
  const order = createOrder(world, accountName, admitted.value.command, at)
  rememberAccepted(account, order)
  const { orderId, clientOrderId } = order
  world.audit.add({ kind: 'accepted', at, account: accountName, orderId, clientOrderId })
  placeOrder(world, order, admitted.value.plan, at)
  return ok({ ...order })
}

function admit(world: World, account: Account, command: OrderCommand): Result<Admitted, Refusal> {
  const market = world.markets.get(command.symbol)
  if (market === undefined) return err('unknown_symbol')
  if (command.clientOrderId !== '' && account.clientOrders.has(command.clientOrderId))
    return err('duplicate_client_order_id')
  const wrong = checkShape(market, command)
  if (wrong !== null) return err(wrong)
  const holding = holdingOf(account, command.symbol)
  if (holding.openOrders.size >= MAXIMUM_OPEN_ORDERS) return err('too_many_open_orders')
  const cut = cutToPosition(holding, command)
  if (cut.quantity === ZERO) return err('reduce_only')
  const plan = planFor(world, market, cut)
  if (!isAffordable(world, { account, holding, market, order: cut, plan })) return err('insufficient_balance')
  return ok({ command: cut, plan })
}

/** "Market order will always use IOC" and ignores a price (same source); a post-only order has to rest. */
function normalize(command: OrderCommand): OrderCommand {
  if (command.type === 'market') return { ...command, timeInForce: 'ioc', postOnly: false, limitPrice: null }
  return command.postOnly ? { ...command, timeInForce: 'gtc' } : command
}

/** Bybit trims a reduce-only order that is larger than the position; with nothing to reduce it refuses (110017). */
function cutToPosition({ position }: Holding, command: OrderCommand): OrderCommand {
  if (!command.reduceOnly) return command
  return { ...command, quantity: minimum(command.quantity, closableBy(position, command)) }
}

function createOrder(world: World, account: string, command: OrderCommand, at: number): ExchangeOrder {
  return {
    ...command,
    account,
    orderId: world.nextId(),
    status: 'new',
    filled: ZERO,
    filledNotional: ZERO,
    fee: ZERO,
    reason: '',
    createdAt: at,
    updatedAt: at,
  }
}
