import { absolute, add, type Decimal, fromUnits, truncateToStep, ZERO } from '../../src/domain/decimal.ts'
import { opposite, sideOf } from '../../src/domain/order.ts'
import type { Account, Holding } from './account.ts'
import { closingOrder } from './closing-order.ts'
import { cancelHolding } from './ending.ts'
import { coverDebt } from './liquidation.ts'
import { type Market, tradeWithWorld } from './market.ts'
import { afterTrade, settle } from './settle.ts'
import type { ExchangeInstrument, PricePath } from './types.ts'
import type { World } from './world.ts'

/** Bybit settles a delisted perpetual at the mean of its index over the last half hour; this is a sample a minute. */
const SAMPLES = 30n
const SAMPLE_MS = 60_000

/** A function of the path alone: what a symbol would be settled at now. On tick. */
export function settlementPrice(
  path: PricePath,
  { symbol, tickSize }: ExchangeInstrument,
  at: number,
): Decimal {
  let sum = ZERO
  for (let index = 0; index < SAMPLES; index += 1)
    sum = add(sum, path.priceAt(symbol, at - index * SAMPLE_MS))
  return truncateToStep(fromUnits(sum / SAMPLES), tickSize)
}

/**
 * A symbol that stops trading: every order on it is cancelled first, whoever's it is, then every position is
 * closed at one price. The world takes the other side, so that nobody's loss is anybody's risk.
 */
export function delist(world: World, market: Market, price: Decimal, at: number): void {
  const holdings: { readonly account: Account; readonly holding: Holding }[] = []
  for (const account of world.accounts.values()) {
    for (const bySymbol of account.holdings) {
      const holding = bySymbol.get(market.instrument.symbol)
      if (holding !== undefined) holdings.push({ account, holding })
    }
  }
  for (const { holding } of holdings) cancelHolding(world, holding, 'delisted', at)
  for (const { account, holding } of holdings)
    if (holding.position.quantity !== ZERO) close(world, account, holding, { market, price, at })
}

function close(
  world: World,
  account: Account,
  holding: Holding,
  { market, price, at }: { readonly market: Market; readonly price: Decimal; readonly at: number },
): void {
  const { position } = holding
  const side = opposite(sideOf(position.quantity))
  const quantity = absolute(position.quantity)
  const order = closingOrder(world, account, holding, { side, origin: 'settlement', at })
  settle(world, { order, quantity, fillPrice: price, isMaker: false, kind: 'settlement', at })
  tradeWithWorld(market, side, quantity, price)
  afterTrade(world, order, at)
  // The mean of half an hour can be far from the mark that the account was solvent at.
  coverDebt(world, account, at)
}
