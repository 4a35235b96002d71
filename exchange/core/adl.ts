import {
  absolute,
  add,
  type Decimal,
  divide,
  minimum,
  multiply,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { opposite, type Side, sideOf } from '../../src/domain/order.ts'
import { type Account, type Holding, holdingsOf } from './account.ts'
import { closingOrder } from './closing-order.ts'
import { notionalOf, unrealizedPnl } from './contract.ts'
import { type Market, tradeWithWorld } from './market.ts'
import { afterTrade, settle } from './settle.ts'
import type { World } from './world.ts'

/** Ranks of the leveraged return: 1 up to 0, then one more at each of these, as fractions of the position's margin. */
const RANK_STEPS_PERCENT = [0n, 25n, 50n, 100n]

interface Deleveraging {
  /** Of the bankrupt account's closing order. */
  readonly side: Side
  readonly quantity: Decimal
  readonly price: Decimal
  readonly at: number
}

/** Closes opposite positions, the highest leveraged return first. @returns contracts that were closed */
export function deleverageOpposites(world: World, market: Market, terms: Deleveraging): Decimal {
  let closed = ZERO
  if (terms.quantity === ZERO) return closed
  for (const { account, holding } of oppositesOf(world, market, terms.side)) {
    const quantity = minimum(absolute(holding.position.quantity), subtract(terms.quantity, closed))
    if (quantity <= 0n) break
    close(world, account, holding, { ...terms, quantity })
    closed = add(closed, quantity)
  }
  return closed
}

/** One position, because the exchange was told to: the world takes it. */
export function deleverageOne(
  world: World,
  account: Account,
  holding: Holding,
  terms: Omit<Deleveraging, 'side'> & { readonly market: Market },
): void {
  const { market, price, at } = terms
  const { position } = holding
  const quantity = minimum(absolute(position.quantity), terms.quantity)
  if (quantity <= 0n) return
  const side = opposite(sideOf(position.quantity))
  close(world, account, holding, { side: opposite(side), quantity, price, at })
  tradeWithWorld(market, side, quantity, price)
}

function close(world: World, account: Account, holding: Holding, terms: Deleveraging): void {
  const { quantity, price, at } = terms
  const side = opposite(terms.side)
  const order = closingOrder(world, account, holding, { side, origin: 'adl', quantity, at })
  settle(world, { order, quantity, fillPrice: price, isMaker: false, kind: 'adl', at })
  afterTrade(world, order, at)
}

/** Those whose closing is the counterpart of an order on this side: a sell meets shorts. */
function oppositesOf(
  world: World,
  market: Market,
  side: Side,
): readonly { readonly account: Account; readonly holding: Holding }[] {
  const found: { account: Account; holding: Holding; score: Decimal }[] = []
  for (const account of world.exposed) {
    for (const holding of holdingsOf(account)) {
      const { symbol, quantity } = holding.position
      if (symbol !== market.instrument.symbol || quantity === ZERO || sideOf(quantity) !== side) continue
      found.push({ account, holding, score: leveragedReturn(holding, market) })
    }
  }
  // Sorting is stable: at one score, whoever traded first comes first.
  return found.sort((a, b) => (a.score === b.score ? 0 : a.score < b.score ? 1 : -1))
}

/** Gain at mark over the position's own margin. */
function leveragedReturn({ instrument, position }: Holding, { mid }: Market): Decimal {
  const cost = absolute(notionalOf(instrument, position.quantity, position.averagePrice))
  if (cost === ZERO) return ZERO
  return multiply(divide(unrealizedPnl(instrument, position, mid), cost), position.leverage)
}

/** 0 flat, else 1 to 5. Venues rank by comparison; here each position stands alone, so that asking costs nothing. */
export function adlRank(holding: Holding, market: Market): number {
  if (holding.position.quantity === ZERO) return 0
  const percent = (leveragedReturn(holding, market) * 100n) / 10n ** 18n
  return 1 + RANK_STEPS_PERCENT.filter(step => percent > step).length
}
