import { type Decimal, fromUnits, ONE } from '../../domain/decimal.ts'
import { type InstrumentId, instrumentId } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Log } from '../../ports/observe.ts'
import { Malformed } from '../shared/fields.ts'

/** A market as transactions name it. */
export interface LighterMarketEntry {
  readonly marketIndex: number
  readonly instrument: Instrument
}

/** Which market index is which instrument: known once the venue's list was read. */
export class MarketList {
  readonly #log: Log
  readonly #byIndex = new Map<number, LighterMarketEntry>()
  readonly #byInstrument = new Map<InstrumentId, LighterMarketEntry>()
  /** Logged already; there are fewer than 2,048. */
  readonly #unlisted = new Set<number>()

  constructor(log: Log) {
    this.#log = log
  }

  /** A market that is not listed any more is kept: what is held there is still told of. */
  take(entries: readonly LighterMarketEntry[]): void {
    for (const entry of entries) {
      this.#byIndex.set(entry.marketIndex, entry)
      this.#byInstrument.set(entry.instrument.id, entry)
      this.#unlisted.delete(entry.marketIndex)
    }
  }

  isKnown(): boolean {
    return this.#byIndex.size > 0
  }

  isListed(marketIndex: number): boolean {
    return this.#byIndex.has(marketIndex)
  }

  /**
   * Whether orders and trades of a market are read: those of spot are none of ours, those of a market that is not in the
   * list cannot be named. The latter is logged once for each, as nobody else would notice.
   */
  isRead(marketIndex: number): boolean {
    if (this.isListed(marketIndex)) return true
    if (isPerpetual(marketIndex) && !this.#unlisted.has(marketIndex)) {
      this.#unlisted.add(marketIndex)
      this.#log.warn('market_unlisted', {
        market: marketIndex,
        message: "the account's orders and trades there are left out: the market is not in the venue's list",
        action: 'The list is read again every ten minutes. Until then trade nothing there.',
      })
    }
    return false
  }

  ofInstrument(id: InstrumentId): LighterMarketEntry | undefined {
    return this.#byInstrument.get(id)
  }

  /**
   * Throws `Malformed`: a row of a market that is not in the list cannot be counted.
   *
   * @param symbol where the row itself has it, it names the market as well
   */
  instrumentAt(marketIndex: number, symbol: string | null = null): InstrumentId {
    const entry = this.#byIndex.get(marketIndex)
    if (entry !== undefined) return entry.instrument.id
    if (symbol === null) throw new Malformed(`market ${marketIndex} is not in the venue's list`)
    return instrumentId('lighter', symbol)
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
