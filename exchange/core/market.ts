import { add, type Decimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import { type Side, signedQuantity } from '../../src/domain/order.ts'
import { notionalOf } from './contract.ts'
import { type DepthOptions, DepthSide } from './depth.ts'
import { hash32, seedOf } from './noise.ts'
import { RestingOrders } from './resting.ts'
import { TriggerBook, type TriggerPrices } from './trigger-book.ts'
import type { ExchangeInstrument, PricePath } from './types.ts'

/** Eaten liquidity comes back when this much time has passed, even if the mid stands still. */
const REFILL_MS = 1000

/** One symbol: its price, the liquidity around it, and the accounts' orders that rest in it. */
export interface Market {
  readonly instrument: ExchangeInstrument
  readonly seed: number
  readonly resting: Readonly<Record<Side, RestingOrders>>
  readonly triggers: TriggerBook
  readonly levelNotional: Decimal
  /** The world's side of all trades with its liquidity: signed contracts, and quote. */
  readonly counterpart: { quantity: Decimal; cash: Decimal }
  /** Mark and index too: this world has no premium. */
  mid: Decimal
  last: Decimal
  /** Keyed by the side that rests: `buy` holds the bids. */
  depth: Readonly<Record<Side, DepthSide>>
  refill: number
  /** Numbers fills; the position after a fill carries its number. */
  sequence: number
}

interface MarketOptions {
  readonly instrument: ExchangeInstrument
  readonly seed: number
  readonly path: PricePath
  readonly at: number
  readonly levelNotional: Decimal
}

export function createMarket(options: MarketOptions): Market {
  const { instrument, path, at, levelNotional } = options
  const seed = seedOf(options.seed, instrument.symbol)
  const mid = path.priceAt(instrument.symbol, at)
  const refill = Math.floor(at / REFILL_MS)
  return {
    instrument,
    seed,
    resting: { buy: new RestingOrders('buy'), sell: new RestingOrders('sell') },
    triggers: new TriggerBook(),
    levelNotional,
    counterpart: { quantity: ZERO, cash: ZERO },
    mid,
    last: mid,
    depth: freshDepth({ instrument, mid, levelNotional, seed: hash32(seed, refill) }),
    refill,
    sequence: 0,
  }
}

/** The world takes the other side. @param side of the account's order */
export function tradeWithWorld(market: Market, side: Side, quantity: Decimal, fillPrice: Decimal): void {
  const signed = signedQuantity(side, quantity)
  const { counterpart } = market
  counterpart.quantity = subtract(counterpart.quantity, signed)
  counterpart.cash = add(counterpart.cash, notionalOf(market.instrument, signed, fillPrice))
}

/** @returns whether anything moved */
export function moveMarket(market: Market, path: PricePath, at: number): boolean {
  const { instrument, levelNotional } = market
  const mid = path.priceAt(instrument.symbol, at)
  const refill = Math.floor(at / REFILL_MS)
  if (mid === market.mid && refill === market.refill) return false
  if (mid !== market.mid) market.last = mid
  market.mid = mid
  market.refill = refill
  market.depth = freshDepth({ instrument, mid, levelNotional, seed: hash32(market.seed, refill) })
  return true
}

function freshDepth(options: DepthOptions): Record<Side, DepthSide> {
  return { buy: new DepthSide('buy', options), sell: new DepthSide('sell', options) }
}

/** What triggers watch. */
export function pricesOf({ last, mid }: Market): TriggerPrices {
  return { last, mark: mid, index: mid }
}
