import { type Decimal, fromUnits, ONE } from '../../domain/decimal.ts'
import type { InstrumentId } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { Malformed } from '../shared/fields.ts'

/** A market as transactions name it. */
export interface LighterMarketEntry {
  readonly marketIndex: number
  readonly instrument: Instrument
}

/** Which market index is which instrument: known once the venue's list was read. */
export class MarketList {
  #byIndex: ReadonlyMap<number, LighterMarketEntry> = new Map()
  #byInstrument: ReadonlyMap<InstrumentId, LighterMarketEntry> = new Map()

  /** Replaces the list. */
  take(entries: readonly LighterMarketEntry[]): void {
    this.#byIndex = new Map(entries.map(entry => [entry.marketIndex, entry]))
    this.#byInstrument = new Map(entries.map(entry => [entry.instrument.id, entry]))
  }

  isKnown(): boolean {
    return this.#byIndex.size > 0
  }

  isListed(marketIndex: number): boolean {
    return this.#byIndex.has(marketIndex)
  }

  ofInstrument(id: InstrumentId): LighterMarketEntry | undefined {
    return this.#byInstrument.get(id)
  }

  /** Throws `Malformed`: a row of a market that is not in the list cannot be counted. */
  instrumentAt(marketIndex: number): InstrumentId {
    const entry = this.#byIndex.get(marketIndex)
    if (entry === undefined) throw new Malformed(`market ${marketIndex} is not in the venue's list`)
    return entry.instrument.id
  }
}

/** Spot markets have indexes from 2048 on; their trades are none of ours. */
const FIRST_SPOT_INDEX = 2_048

export function isPerpetual(marketIndex: number): boolean {
  return marketIndex < FIRST_SPOT_INDEX
}

/**
 * An amount as the venue's whole number of steps: size x 10^size_decimals, price x 10^price_decimals.
 *
 * @returns an error when it is not on a step: rounding is the caller's, who knows which way
 */
export function toSteps(value: Decimal, step: Decimal): Result<number, string> {
  const steps = Number(value / step)
  if (value % step !== 0n || !Number.isSafeInteger(steps) || steps <= 0) return err('is not on a step')
  return ok(steps)
}

/** @param decimals the venue's places after the point, 0 to 18 */
export function stepOf(decimals: number): Decimal {
  if (decimals < 0 || decimals > 18) throw new Malformed(`decimals are not 0 to 18: ${decimals}`)
  return fromUnits(ONE / 10n ** BigInt(decimals))
}
