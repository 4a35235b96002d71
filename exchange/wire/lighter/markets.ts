import { type Decimal, fromUnits, ONE, PLACES } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangeInstrument } from '../../core/types.ts'
import { fixed } from './text.ts'

/** Spot begins at 2048; 255 stands for every market. */
const MAXIMUM_MARKETS = 255

/** One instrument under the number that the venue calls it by. */
export interface Market {
  readonly index: number
  readonly instrument: ExchangeInstrument
  /** The venue's whole number of a size is size times 10^sizeDecimals; of a price likewise. */
  readonly sizeDecimals: number
  readonly priceDecimals: number
}

/** The markets of an exchange, numbered in the order it lists them. */
export class Markets {
  readonly all: readonly Market[]
  readonly #bySymbol: ReadonlyMap<string, Market>

  private constructor(all: readonly Market[]) {
    this.all = all
    this.#bySymbol = new Map(all.map(market => [market.instrument.symbol, market]))
  }

  /** Errors are sentences: which instrument the venue's numbers cannot say, and why. */
  static of(instruments: Iterable<ExchangeInstrument>): Result<Markets, string> {
    const all: Market[] = []
    for (const instrument of instruments) {
      const sizeDecimals = decimalsOf(instrument.lotSize)
      const priceDecimals = decimalsOf(instrument.tickSize)
      const { symbol, contractSize } = instrument
      if (sizeDecimals === null || priceDecimals === null)
        return err(
          `${symbol}: lot and tick must be powers of ten, at most 1, to be counted as Lighter counts.`,
        )
      if (contractSize !== ONE)
        return err(`${symbol}: Lighter counts in base units. Give it a contract size of 1.`)
      all.push({ index: all.length, instrument, sizeDecimals, priceDecimals })
    }
    if (all.length > MAXIMUM_MARKETS)
      return err(`There are ${all.length} markets; ${MAXIMUM_MARKETS} at most.`)
    return ok(new Markets(all))
  }

  at(index: number): Market | undefined {
    return this.all[index]
  }

  named(symbol: string): Market | undefined {
    return this.#bySymbol.get(symbol)
  }
}

export function quantityFrom({ sizeDecimals }: Market, units: number): Decimal {
  return scaled(units, sizeDecimals)
}

export function priceFrom({ priceDecimals }: Market, units: number): Decimal {
  return scaled(units, priceDecimals)
}

export function sizeText({ sizeDecimals }: Market, quantity: Decimal): string {
  return fixed(quantity, sizeDecimals)
}

export function priceText({ priceDecimals }: Market, price: Decimal): string {
  return fixed(price, priceDecimals)
}

/** The venue's whole number; what lies below its last place is cut off. */
export function sizeUnits({ sizeDecimals }: Market, quantity: Decimal): number {
  return unitsOf(quantity, sizeDecimals)
}

export function priceUnits({ priceDecimals }: Market, price: Decimal): number {
  return unitsOf(price, priceDecimals)
}

function scaled(units: number, decimals: number): Decimal {
  return fromUnits((BigInt(units) * ONE) / 10n ** BigInt(decimals))
}

function unitsOf(value: Decimal, decimals: number): number {
  return Number((value * 10n ** BigInt(decimals)) / ONE)
}

const MAXIMUM_DECIMALS = 9

function decimalsOf(step: Decimal): number | null {
  for (let places = 0; places <= MAXIMUM_DECIMALS; places += 1)
    if (step === 10n ** BigInt(PLACES - places)) return places
  return null
}
