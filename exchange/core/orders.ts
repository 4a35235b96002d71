import { minimum, ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { type Account, type Holding, holdingOf } from './account.ts'
import { isAffordable } from './affordable.ts'
import { beginWaiting } from './book.ts'
import { checkShape, checkTrigger } from './checks.ts'
import { closableBy, closeOrder, reportOrder } from './ending.ts'
import type { Market } from './market.ts'
import type { PlannedFill } from './matching.ts'
import { acceptOrder } from './new-order.ts'
import { placeOrder, planFor } from './place.ts'
import { positionModeOf } from './position-mode.ts'
import type { VenueRules } from './rules.ts'
import { checkTargets } from './trading-stop.ts'
import type { ExchangeOrder, OrderCommand, Refusal } from './types.ts'
import type { World } from './world.ts'

/** Whose order, in which market, for which position. */
interface Desk {
  readonly world: World
  readonly account: Account
  readonly market: Market
  readonly holding: Holding
}

/** An order that passed every check, cut to what it may be, with what it will trade. */
interface Admitted {
  readonly command: OrderCommand
  readonly plan: readonly PlannedFill[]
}

export function submitOrder(
  world: World,
  accountName: string,
  given: OrderCommand,
  at: number,
): Result<ExchangeOrder, Refusal> {
  const account = world.accounts.get(accountName)
  if (account === undefined) return err('unknown_account')
  const market = world.markets.get(given.symbol)
  if (market === undefined) return err('unknown_symbol')
  const { positionIndex = 0, clientOrderId } = given
  const isHedge = positionModeOf(account, given.symbol) === 'hedge'
  if (isHedge !== positionIndex > 0) return err('position_index_mismatch')
  if (isTaken(world.rules, account, clientOrderId)) return err('duplicate_client_order_id')
  const holding = holdingOf(account, market.instrument, positionIndex)
  const desk = { world, account, market, holding }
  const command = normalize(world.rules, given)
  if (command.trigger !== undefined) return submitWaiting(desk, command, at)
  const admitted = admit(desk, command)
  if (!admitted.ok) {
    const isInVain = admitted.error === 'reduce_only' && world.rules.reduceOnlyInVain === 'vanish'
    return isInVain ? ok(vanish(desk, command, at)) : admitted
  }
  const order = acceptOrder(
    world,
    account,
    { command: admitted.value.command, origin: 'user', condition: null },
    at,
  )
  placeOrder(world, order, admitted.value.plan, at)
  return ok({ ...order })
}

function admit(desk: Desk, command: OrderCommand): Result<Admitted, Refusal> {
  const { world, market, holding, account } = desk
  const { rules } = world
  const closable = command.reduceOnly ? closableBy(holding.position, command) : ZERO
  const wished = wishedQuantity(market, command, closable)
  const wrong = checkShape(rules, market, wished) ?? checkCarried(market, wished)
  if (wrong !== null) return err(wrong)
  if (holding.openOrders.size >= rules.maximumOpenOrders) return err('too_many_open_orders')
  const isExcess = command.reduceOnly && wished.quantity > closable
  if (isExcess && (closable === ZERO || rules.reduceOnlyExcess === 'refuse')) return err('reduce_only')
  const cut = isExcess ? { ...wished, quantity: closable } : wished
  const plan = planFor(world, market, cut)
  if (!isAffordable(world, { account, holding, market, order: cut, plan })) return err('insufficient_balance')
  return ok({ command: cut, plan })
}

/** Checked when it wakes, not now: neither a position nor a balance is needed to wait. */
function submitWaiting(desk: Desk, command: OrderCommand, at: number): Result<ExchangeOrder, Refusal> {
  const { world, account, market, holding } = desk
  const { trigger, closeOnTrigger = false, ...rest } = command
  if (trigger === undefined) return err('price_missing')
  const wished = wishedQuantity(market, command, market.instrument.minimumQuantity)
  const wrong =
    checkShape(world.rules, market, wished, trigger.triggerPrice) ??
    checkTrigger(market, trigger) ??
    checkCarried(market, command)
  if (wrong !== null) return err(wrong)
  let waiting = 0
  for (const order of holding.waiting.values()) if (order.origin === 'conditional') waiting += 1
  if (waiting >= world.rules.maximumConditionalOrders) return err('too_many_conditional_orders')
  const condition = {
    ...trigger,
    closeOnTrigger,
    trailing: null,
    pairedWith: '',
    broughtBy: '',
    triggeredAt: 0,
  }
  const order = acceptOrder(world, account, { command: rest, origin: 'conditional', condition }, at)
  beginWaiting(world, order)
  reportOrder(world, order)
  return ok({ ...order })
}

/** Bybit: a quantity of 0 with reduceOnly and closeOnTrigger closes what there is, up to the maximum of one order. */
function wishedQuantity({ instrument }: Market, command: OrderCommand, closable: OrderCommand['quantity']) {
  const isAll = command.quantity === ZERO && command.reduceOnly && command.closeOnTrigger === true
  if (!isAll || closable === ZERO) return command
  const { maximumMarketQuantity, maximumLimitQuantity } = instrument
  const most = command.type === 'market' ? maximumMarketQuantity : maximumLimitQuantity
  return { ...command, quantity: minimum(closable, most) }
}

function checkCarried(market: Market, { stops, reduceOnly, side, limitPrice }: OrderCommand): Refusal | null {
  if (stops === undefined || reduceOnly) return null
  return checkTargets(market, stops, side === 'buy', limitPrice)
}

function isTaken(rules: VenueRules, account: Account, clientOrderId: string): boolean {
  if (clientOrderId === '') return false
  const known = account.clientOrders.get(clientOrderId)
  if (rules.clientOrderIds === 'unique_for_ever') return known !== undefined
  return known?.status === 'new' || known?.status === 'partially_filled' || known?.status === 'untriggered'
}

/**
 * "Market order will always use IOC" and ignores a price (v5/order/create-order); a post-only order has to
 * rest. In hedge mode the side tells: a sell of the long position, or a buy of the short one, only closes.
 */
function normalize(rules: VenueRules, command: OrderCommand): OrderCommand {
  const { positionIndex = 0, side, closeOnTrigger = false } = command
  const closes = positionIndex > 0 && (side === 'sell') === (positionIndex === 1)
  const reduceOnly = command.reduceOnly || closes || (closeOnTrigger && command.trigger !== undefined)
  if (command.type === 'market') {
    const limitPrice = rules.marketOrderPrice === 'worst' ? command.limitPrice : null
    return { ...command, reduceOnly, timeInForce: 'ioc', postOnly: false, limitPrice }
  }
  const timeInForce = command.postOnly ? 'gtc' : command.timeInForce
  return { ...command, reduceOnly, timeInForce }
}

/** Lighter: an order that can reduce nothing is taken, and no report ever speaks of it. */
function vanish({ world, account }: Desk, command: OrderCommand, at: number): ExchangeOrder {
  const order = acceptOrder(world, account, { command, origin: 'user', condition: null }, at)
  order.status = 'canceled'
  order.reason = 'reduce_only'
  closeOrder(world, order, at)
  return { ...order }
}
