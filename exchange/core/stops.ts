import { absolute, add, type Decimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { opposite, sideOf } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import type { Account, Holding } from './account.ts'
import { beginWaiting, endWaiting } from './book.ts'
import { cancelOrder, closableBy, reportOrder, reportPosition } from './ending.ts'
import { acceptOrder } from './new-order.ts'
import type { OrderCondition, OrderOrigin, PositionStops, StopTarget, TrailingStop } from './stop.ts'
import { conditionOf } from './trigger-book.ts'
import type { ExchangeOrder } from './types.ts'
import { marketOf, type World } from './world.ts'

/** Per position. Bybit allows 20 partial ones. */
export const MAXIMUM_PARTIAL_STOPS = 20

/** A position that is not flat, and when it is spoken of. */
export interface StopPlace {
  readonly account: Account
  readonly holding: Holding
  readonly at: number
}

type TargetKind = 'take_profit' | 'stop_loss'

export const WHOLE_STOPS: ReadonlySet<OrderOrigin> = new Set(['take_profit', 'stop_loss', 'trailing_stop'])

/** Sets, moves, or with null takes away, the stop that closes the whole position. */
export function setWholeStop(
  world: World,
  place: StopPlace,
  kind: TargetKind,
  target: StopTarget | null,
): void {
  const condition = target === null ? null : conditionFor(place.holding, kind, target)
  replaceWhole(world, place, kind, condition)
}

export function setTrailingStop(world: World, place: StopPlace, trailing: TrailingStop | null): void {
  const isLong = place.holding.position.quantity > 0n
  const waiting: OrderCondition | null = trailing && {
    triggerPrice: ZERO,
    direction: isLong ? 'fall' : 'rise',
    by: 'last',
    closeOnTrigger: true,
    trailing,
    pairedWith: '',
    broughtBy: '',
    triggeredAt: 0,
  }
  const { last } = marketOf(world, place.holding.position.symbol)
  replaceWhole(world, place, 'trailing_stop', waiting && followedTo(waiting, last))
}

/** The condition once the last price has been there: the trigger keeps its distance from the best price since it is active. */
export function followedTo(condition: OrderCondition, last: Decimal): OrderCondition {
  const { distance, activationPrice } = must(condition.trailing, 'only trailing stops follow')
  const { triggerPrice, direction } = condition
  const isLong = direction === 'fall'
  const isActive =
    triggerPrice !== ZERO ||
    activationPrice === null ||
    (isLong ? last >= activationPrice : last <= activationPrice)
  if (!isActive) return condition
  const followed = isLong ? subtract(last, distance) : add(last, distance)
  const isBetter = triggerPrice === ZERO || (isLong ? followed > triggerPrice : followed < triggerPrice)
  return isBetter ? { ...condition, triggerPrice: followed } : condition
}

/** Adds stops for a part of the position; two of them end each other. */
export function addPartialStops(
  world: World,
  place: StopPlace,
  part: {
    readonly quantity: Decimal
    readonly takeProfit: StopTarget | null
    readonly stopLoss: StopTarget | null
    readonly broughtBy: string
  },
): void {
  const { quantity, takeProfit, stopLoss, broughtBy } = part
  const make = (kind: TargetKind, target: StopTarget | null): ExchangeOrder | null =>
    target &&
    createStop(world, place, {
      origin: `partial_${kind}`,
      condition: { ...conditionFor(place.holding, kind, target), broughtBy },
      quantity,
      limitPrice: target.limitPrice,
    })
  const profit = make('take_profit', takeProfit)
  const loss = make('stop_loss', stopLoss)
  if (profit === null || loss === null) return
  profit.condition = { ...conditionOf(profit), pairedWith: loss.orderId }
  loss.condition = { ...conditionOf(loss), pairedWith: profit.orderId }
}

/** Sets what an order carried for the position that its fill has opened or made larger. */
export function bringStops(
  world: World,
  fill: StopPlace & { readonly order: ExchangeOrder; readonly quantity: Decimal },
): void {
  const { holding, order, quantity, at } = fill
  const { mode, takeProfit, stopLoss } = must(order.stops, 'an order that brings stops has some')
  if (mode === 'full') {
    if (takeProfit !== null) setWholeStop(world, fill, 'take_profit', takeProfit)
    if (stopLoss !== null) setWholeStop(world, fill, 'stop_loss', stopLoss)
    return
  }
  const brought = [...holding.waiting.values()].filter(
    stop => stop.condition?.broughtBy === order.orderId && closableBy(holding.position, stop) > ZERO,
  )
  for (const stop of brought) resizeStop(world, stop, add(stop.quantity, quantity), at)
  if (brought.length > 0 || holding.waiting.size >= MAXIMUM_PARTIAL_STOPS) return
  addPartialStops(world, fill, { quantity, takeProfit, stopLoss, broughtBy: order.orderId })
}

/** Stops vanish with their position, and those of the whole position have its size. */
export function followPosition(world: World, account: Account, holding: Holding, at: number): void {
  const { position, waiting } = holding
  if (waiting.size === 0 && position.stops === null) return
  for (const order of waiting.values()) {
    if (order.origin === 'conditional') continue
    const closable = closableBy(position, order)
    if (closable === ZERO) cancelOrder(world, order, 'position_closed', at)
    else if (WHOLE_STOPS.has(order.origin)) resizeStop(world, order, closable, at)
  }
  showStops(world, account, holding)
}

/** Writes on the position which whole stops it has, and tells it where that is new. */
export function showStops(world: World, account: Account, { position, waiting }: Holding): void {
  const stops: { -readonly [Kind in keyof PositionStops]: PositionStops[Kind] } = {
    takeProfit: null,
    stopLoss: null,
    trailing: null,
  }
  for (const { origin, condition } of waiting.values()) {
    if (condition === null) continue
    const { triggerPrice, by, trailing } = condition
    if (origin === 'take_profit') stops.takeProfit = { triggerPrice, by, limitPrice: null }
    if (origin === 'stop_loss') stops.stopLoss = { triggerPrice, by, limitPrice: null }
    if (origin === 'trailing_stop') stops.trailing = trailing
  }
  const shown = stops.takeProfit ?? stops.stopLoss ?? stops.trailing
  if (shown === null && position.stops === null) return
  if (isSame(position.stops, stops)) return
  position.stops = shown === null ? null : stops
  reportPosition(world, account, position)
}

function isSame(a: PositionStops | null, b: PositionStops): boolean {
  const isSameTarget = (one: StopTarget | null, other: StopTarget | null) =>
    one?.triggerPrice === other?.triggerPrice && one?.by === other?.by
  return (
    a !== null &&
    isSameTarget(a.takeProfit, b.takeProfit) &&
    isSameTarget(a.stopLoss, b.stopLoss) &&
    a.trailing === b.trailing
  )
}

function replaceWhole(
  world: World,
  place: StopPlace,
  origin: OrderOrigin,
  condition: OrderCondition | null,
): void {
  const { account, holding, at } = place
  for (const order of holding.waiting.values()) {
    if (order.origin === origin && closableBy(holding.position, order) > ZERO) {
      if (condition === null) cancelOrder(world, order, 'user', at)
      else moveCondition(world, order, condition, at)
      showStops(world, account, holding)
      return
    }
  }
  if (condition === null) return
  const quantity = absolute(holding.position.quantity)
  createStop(world, place, { origin, condition, quantity, limitPrice: null })
  showStops(world, account, holding)
}

export function moveCondition(
  world: World,
  order: ExchangeOrder,
  condition: OrderCondition,
  at: number,
): void {
  endWaiting(world, order)
  order.condition = condition
  order.updatedAt = at
  beginWaiting(world, order)
  reportOrder(world, order)
  world.stirred.add(marketOf(world, order.symbol))
}

function resizeStop(world: World, order: ExchangeOrder, quantity: Decimal, at: number): void {
  if (order.quantity === quantity) return
  order.quantity = quantity
  order.updatedAt = at
  reportOrder(world, order)
}

interface StopParts {
  readonly origin: OrderOrigin
  readonly condition: OrderCondition
  readonly quantity: Decimal
  readonly limitPrice: Decimal | null
}

function createStop(world: World, place: StopPlace, parts: StopParts): ExchangeOrder {
  const { account, holding, at } = place
  const { origin, condition, quantity, limitPrice } = parts
  const { symbol, positionIndex } = holding.position
  const command = {
    symbol,
    positionIndex,
    side: opposite(sideOf(holding.position.quantity)),
    type: limitPrice === null ? 'market' : 'limit',
    timeInForce: limitPrice === null ? 'ioc' : 'gtc',
    postOnly: false,
    reduceOnly: true,
    quantity,
    limitPrice,
    clientOrderId: '',
  } as const
  const order = acceptOrder(world, account, { command, origin, condition }, at)
  beginWaiting(world, order)
  reportOrder(world, order)
  // The price may be past it already: then it triggers as soon as the command is done.
  world.stirred.add(marketOf(world, symbol))
  return order
}

function conditionFor({ position }: Holding, kind: TargetKind, target: StopTarget): OrderCondition {
  const gainsByRising = position.quantity > 0n
  return {
    triggerPrice: target.triggerPrice,
    direction: gainsByRising === (kind === 'take_profit') ? 'rise' : 'fall',
    by: target.by,
    closeOnTrigger: true,
    trailing: null,
    pairedWith: '',
    broughtBy: '',
    triggeredAt: 0,
  }
}
