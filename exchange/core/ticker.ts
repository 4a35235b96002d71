import {
  type Decimal,
  divide,
  fromUnits,
  maximum,
  minimum,
  ONE,
  truncateToStep,
  ZERO,
} from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { notionalOf } from './contract.ts'
import type { DepthSide } from './depth.ts'
import { fundingRateAt, nextFundingAt } from './funding.ts'
import type { Market } from './market.ts'
import { unitNoise } from './noise.ts'
import type { ExchangeTicker, Level, PricePath } from './types.ts'

const QUARTER_MS = 900_000
const QUARTERS = 96
const DAY_MS = QUARTERS * QUARTER_MS
/** A quarter of an hour turns over this many times what the best level holds, give or take a half. */
const QUARTER_TURNOVER = 1_000
const SALT_TURNOVER = 3

interface DayFigures {
  readonly quarter: number
  readonly high: Decimal
  readonly low: Decimal
  readonly turnover: Decimal
}

/** Tickers of one price path. Day figures are samples of the path, not the sum of what the accounts did. */
export class Tickers {
  readonly #path: PricePath
  /** One per symbol, good for a quarter of an hour. */
  readonly #days = new Map<string, DayFigures>()

  constructor(path: PricePath) {
    this.#path = path
  }

  of(market: Market, at: number): ExchangeTicker {
    const { mid, last, instrument } = market
    const day = this.#dayOf(market, at)
    const bid = bestOf(market.depth.buy)
    const ask = bestOf(market.depth.sell)
    return {
      symbol: instrument.symbol,
      last,
      mark: mid,
      index: mid,
      bid: bid.price,
      bidSize: bid.quantity,
      ask: ask.price,
      askSize: ask.quantity,
      previous24h: this.#path.priceAt(instrument.symbol, at - DAY_MS),
      high24h: maximum(day.high, maximum(mid, last)),
      low24h: minimum(day.low, minimum(mid, last)),
      volume24h: truncateToStep(divide(day.turnover, notionalOf(instrument, ONE, mid)), instrument.lotSize),
      turnover24h: day.turnover,
      fundingRate: fundingRateAt(this.#path, instrument, at),
      nextFundingAt: nextFundingAt(instrument, at),
      at,
    }
  }

  #dayOf(market: Market, at: number): DayFigures {
    const { symbol } = market.instrument
    const quarter = Math.floor(at / QUARTER_MS)
    const known = this.#days.get(symbol)
    if (known?.quarter === quarter) return known
    const quarters = Array.from({ length: QUARTERS }, (_, index) => quarter - index)
    const prices = quarters.map(number => this.#path.priceAt(symbol, number * QUARTER_MS))
    const thousandths = quarters.reduce(
      (total, number) =>
        total + Math.round(QUARTER_TURNOVER * (500 + 1000 * unitNoise(market.seed, number, SALT_TURNOVER))),
      0,
    )
    const day = {
      quarter,
      high: prices.reduce(maximum),
      low: prices.reduce(minimum),
      turnover: fromUnits((market.levelNotional * BigInt(thousandths)) / 1000n),
    }
    this.#days.set(symbol, day)
    return day
  }
}

/** Best first; levels that takers have emptied are left out. */
export function liquidity(side: DepthSide, levels: number): readonly Level[] {
  const found: Level[] = []
  for (let index = 0; found.length < levels; index += 1) {
    const level = side.at(index)
    if (level === undefined) break
    if (level.quantity > ZERO) found.push({ ...level })
  }
  return found
}

/** Of an empty side, the place where its best would be, with nothing there. */
function bestOf(side: DepthSide): Level {
  return liquidity(side, 1)[0] ?? must(side.at(0), 'a side has at least one level')
}
