import {
  absolute,
  add,
  ceilToStep,
  type Decimal,
  divide,
  floorToStep,
  maximum,
  minimum,
  multiplyDivide,
  ONE,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { opposite, type Side, sideOf } from '../../src/domain/order.ts'
import { type Account, type Holding, holdingsOf } from './account.ts'
import { deleverageOpposites } from './adl.ts'
import { closingOrder } from './closing-order.ts'
import { notionalOf } from './contract.ts'
import { cancelHolding } from './ending.ts'
import { ownStanding } from './isolated.ts'
import { standingOf } from './margin.ts'
import { type Market, tradeWithWorld } from './market.ts'
import { meetMaker, planFor } from './place.ts'
import { afterTrade, settle } from './settle.ts'
import { recordTransfer } from './transactions.ts'
import { insure, marketOf, type World } from './world.ts'

/** Floats only decide when an account is looked at again, and a tenth too early is what they may err by. */
const SAFE_SHARE = 0.9

/**
 * Takes over every account whose equity is below maintenance, and in isolated margin every such position. One that has been looked at is left alone until
 * prices have moved far enough to matter to it, so that thousands of accounts cost little per move.
 */
export function liquidateFallen(world: World, at: number): void {
  for (const account of world.exposed) {
    if (world.drift < account.safeUntilDrift) continue
    const { equity, maintenance, value } = standingOf(account, world.markets)
    if (value === ZERO) {
      // A stop that met a gap in the price can have cost more than there was.
      coverDebt(world, account, at)
      world.exposed.delete(account)
      continue
    }
    if (account.marginMode === 'isolated') liquidateAlone(world, account, at)
    else if (equity < maintenance) liquidate(world, account, at)
    else account.safeUntilDrift = world.drift + headroom(subtract(equity, maintenance), value)
  }
}

/** The relative move that costs no more than `spare`, counted as drift is: as a logarithm. */
function headroom(spare: Decimal, value: Decimal): number {
  return Math.log1p((SAFE_SHARE * Number(spare)) / Number(value)) * SAFE_SHARE
}

/** Each position by its own margin: one that falls takes its symbol's orders with it, and nothing else. */
function liquidateAlone(world: World, account: Account, at: number): void {
  let hasFallen = false
  let safe = Number.POSITIVE_INFINITY
  for (const holding of holdingsOf(account)) {
    if (holding.position.quantity === ZERO) continue
    const { equity, maintenance, value } = ownStanding(
      account,
      holding,
      marketOf(world, holding.position.symbol),
    )
    if (equity >= maintenance) {
      safe = Math.min(safe, headroom(subtract(equity, maintenance), value))
      continue
    }
    hasFallen = true
    cancelHolding(world, holding, 'liquidation', at)
    takeOver(world, account, holding, at)
  }
  // What was sold on may have met orders of this very account: it is looked at again.
  account.safeUntilDrift = hasFallen ? 0 : world.drift + safe
}

/** Orders go first, then every position; what is still missing is the insurance fund's. */
export function liquidate(world: World, account: Account, at: number): void {
  for (const holding of holdingsOf(account)) cancelHolding(world, holding, 'liquidation', at)
  const held = [...holdingsOf(account)].filter(({ position }) => position.quantity !== ZERO)
  for (const holding of held) takeOver(world, account, holding, at)
  coverDebt(world, account, at)
}

/** What an account owes is the insurance fund's to pay. */
export function coverDebt(world: World, account: Account, at: number): void {
  if (account.balance >= 0n) return
  const missing = subtract(ZERO, account.balance)
  insure(world, account.balance)
  account.balance = ZERO
  recordTransfer(world, account, { kind: 'insurance', amount: missing, at })
  world.events.push({ kind: 'wallet', account: account.name })
}

/**
 * The account parts with its position at its bankruptcy price. The exchange sells that on, best offers first,
 * as long as the insurance fund bears the difference; then the opposite accounts that gained most are closed
 * at the same price; and what not even they can take, the world takes.
 */
function takeOver(world: World, account: Account, holding: Holding, at: number): void {
  const { position } = holding
  const market = marketOf(world, position.symbol)
  const side = opposite(sideOf(position.quantity))
  const size = absolute(position.quantity)
  const price = bankruptcyPrice(world, account, holding)
  const order = closingOrder(world, account, holding, { side, origin: 'liquidation', at })
  settle(world, { order, quantity: size, fillPrice: price, isMaker: false, kind: 'liquidation', at })
  afterTrade(world, order, at)
  const sold = sellOn(world, market, { side, quantity: size, price, at })
  const left = subtract(size, sold)
  const deleveraged = deleverageOpposites(world, market, { side, quantity: left, price, at })
  tradeWithWorld(market, side, subtract(left, deleveraged), price)
}

interface Takeover {
  /** Of the account's closing order. */
  readonly side: Side
  readonly quantity: Decimal
  /** What the account got, quote per base. */
  readonly price: Decimal
  readonly at: number
}

/** @returns contracts that found a taker */
function sellOn(world: World, market: Market, { side, quantity, price, at }: Takeover): Decimal {
  let sold = ZERO
  for (const fill of planFor(world, market, { side, quantity, limitPrice: null })) {
    const perUnit = side === 'sell' ? subtract(fill.fillPrice, price) : subtract(price, fill.fillPrice)
    const gain = notionalOf(market.instrument, fill.quantity, perUnit)
    if (add(world.ledger.insurance, gain) < 0n) break
    meetMaker(world, market, fill, { side, at })
    if (fill.maker !== null) afterTrade(world, fill.maker, at)
    insure(world, gain)
    sold = add(sold, fill.quantity)
  }
  return sold
}

/** Where what stands for the position is used up, on the tick that leaves the account nothing to owe. */
function bankruptcyPrice(world: World, account: Account, holding: Holding): Decimal {
  const { position } = holding
  const market = marketOf(world, position.symbol)
  const { mid, instrument } = market
  const own =
    account.marginMode === 'isolated'
      ? ownStanding(account, holding, market).equity
      : shareOfEquity(world, account, holding, market)
  const perUnit = divide(own, notionalOf(instrument, absolute(position.quantity), ONE))
  const isLong = position.quantity > 0n
  const exact = isLong ? subtract(mid, perUnit) : add(mid, perUnit)
  const onTick = isLong
    ? ceilToStep(exact, instrument.tickSize)
    : floorToStep(minimum(exact, add(mid, mid)), instrument.tickSize)
  return maximum(onTick, instrument.tickSize)
}

/** By value at mark. */
function shareOfEquity(
  world: World,
  account: Account,
  { position }: Holding,
  { instrument, mid }: Market,
): Decimal {
  const { equity, value } = standingOf(account, world.markets)
  return multiplyDivide(equity, absolute(notionalOf(instrument, position.quantity, mid)), value)
}
