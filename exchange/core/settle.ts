import {
  absolute,
  add,
  type Decimal,
  multiply,
  multiplyDivide,
  negate,
  sign,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { signedQuantity } from '../../src/domain/order.ts'
import { applyTrade, type PositionChange } from '../../src/domain/position.ts'
import { type Holding, holdingOf, reserve } from './account.ts'
import { recordClosing } from './closed-pnl.ts'
import { notionalOf, scaled } from './contract.ts'
import { closeOrder, trimReduceOnly } from './ending.ts'
import { auditFill, executionOf } from './execution.ts'
import type { ExecutionKind } from './records.ts'
import { bringStops, followPosition } from './stops.ts'
import type { ExchangeOrder, ExchangePosition } from './types.ts'
import { accountOf, holdingOfOrder, marketOf, type World } from './world.ts'

/** One account's half of a trade. */
export interface Trade {
  readonly order: ExchangeOrder
  readonly quantity: Decimal
  readonly fillPrice: Decimal
  readonly isMaker: boolean
  readonly kind: Exclude<ExecutionKind, 'funding'>
  /** Ms. */
  readonly at: number
}

/** Books one half of a trade: order, position, wallet and records, all under one sequence number. */
export function settle(world: World, trade: Trade): void {
  const { order, quantity, fillPrice, isMaker, kind, at } = trade
  const account = accountOf(world, order.account)
  const market = marketOf(world, order.symbol)
  const { instrument } = market
  const holding = holdingOf(account, instrument, order.positionIndex)
  market.sequence += 1
  if (kind === 'trade' && market.last !== fillPrice) {
    market.last = fillPrice
    if (!market.triggers.isEmpty) world.stirred.add(market)
  }
  if (holding.openOrders.has(order.orderId)) reserve(holding, order, negate(quantity))
  const { takerFeeRate, makerFeeRate } = instrument
  // Take-overs and settlements cost nothing: their price is not of the account's choosing.
  const feeRate = kind !== 'trade' ? ZERO : isMaker ? makerFeeRate : takerFeeRate
  const notional = notionalOf(instrument, quantity, fillPrice)
  const fee = multiply(notional, feeRate)
  const change = tradeOf(holding, trade)
  account.balance = subtract(add(account.balance, change.realizedPnl), fee)
  account.safeUntilDrift = 0
  world.ledger.fees = add(world.ledger.fees, fee)
  world.exposed.add(account)
  if (change.closed !== ZERO) recordClosing({ rules: world.rules, account, holding, trade, change, fee })
  const openFee = openFeeOf(change, fee)
  if (change.opened !== ZERO)
    holding.openFee = change.closed === ZERO ? add(holding.openFee, openFee) : openFee
  movePosition(holding.position, change, { fee, openFee, sequence: market.sequence, at })
  holding.margins = null
  fillOrder(trade, notional, fee)
  const execution = executionOf({ world, account, holding, trade, market, change, fee, feeRate })
  account.executions.push(execution)
  auditFill(world, execution)
  // A settlement has a trade and no order.
  const isOrder = kind !== 'settlement'
  if (!isOrder) account.closings.delete(order.orderId)
  else if (order.status === 'filled') closeOrder(world, order, at)
  if (world.events.heard) {
    world.events.push({ kind: 'execution', execution })
    if (isOrder) world.events.push({ kind: 'order', order: { ...order } })
    world.events.push({ kind: 'position', account: account.name, position: { ...holding.position } })
    world.events.push({ kind: 'wallet', account: account.name })
  }
  if (order.stops !== null && change.opened !== ZERO)
    bringStops(world, { account, holding, order, quantity: absolute(change.opened), at })
}

/** What stands against a position follows it. After both halves of a trade are booked, so that no half is seen alone. */
export function afterTrade(world: World, order: ExchangeOrder, at: number): void {
  const account = accountOf(world, order.account)
  const holding = holdingOfOrder(world, order)
  trimReduceOnly(world, holding, at)
  followPosition(world, account, holding, at)
}

/** The share of a fee that what was opened bears. */
function openFeeOf({ closed, opened }: PositionChange, fee: Decimal): Decimal {
  return closed === ZERO ? fee : multiplyDivide(fee, absolute(opened), absolute(add(closed, opened)))
}

interface Booking {
  readonly fee: Decimal
  /** Of it, what opened. */
  readonly openFee: Decimal
  readonly sequence: number
  readonly at: number
}

/** A position that opens, or comes out on the other side, starts its realized PnL and its fees anew. */
function movePosition(
  position: ExchangePosition,
  change: PositionChange,
  { fee, openFee, sequence, at }: Booking,
): void {
  const isNew = sign(position.quantity) !== sign(change.position.quantity) && change.opened !== ZERO
  position.realizedPnl = isNew ? ZERO : add(position.realizedPnl, change.realizedPnl)
  position.cumulativeRealizedPnl = add(position.cumulativeRealizedPnl, change.realizedPnl)
  position.fees = isNew ? openFee : add(position.fees, fee)
  position.cumulativeFees = add(position.cumulativeFees, fee)
  position.quantity = change.position.quantity
  position.averagePrice = change.position.averagePrice
  position.sequence = sequence
  position.updatedAt = at
  if (isNew) position.createdAt = at
}

/** Of contracts: the domain counts in base units. */
function tradeOf({ instrument, position }: Holding, { order, quantity, fillPrice }: Trade): PositionChange {
  const change = applyTrade(position, signedQuantity(order.side, quantity), fillPrice)
  return { ...change, realizedPnl: scaled(instrument, change.realizedPnl) }
}

function fillOrder({ order, quantity, at }: Trade, notional: Decimal, fee: Decimal): void {
  order.filled = add(order.filled, quantity)
  order.filledNotional = add(order.filledNotional, notional)
  order.fee = add(order.fee, fee)
  order.status = order.filled === order.quantity ? 'filled' : 'partially_filled'
  order.updatedAt = at
}
