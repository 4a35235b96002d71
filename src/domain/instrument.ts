import { absolute, ceilToStep, type Decimal, floorToStep, multiply, truncateToStep, ZERO } from './decimal.ts'
import type { InstrumentId, VenueName } from './ids.ts'

export type InstrumentStatus = 'trading' | 'closed'

/** A tradable linear contract. Quantities are base units whatever the venue counts in (see contractSize). */
export interface Instrument {
  readonly id: InstrumentId
  readonly venue: VenueName
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly status: InstrumentStatus
  /** Smallest step of a limit price, quote per base. */
  readonly tickSize: Decimal
  /** Smallest step of a quantity, base units. */
  readonly lotSize: Decimal
  readonly minimumQuantity: Decimal
  /**
   * Quote; for openings. A reduction goes whatever it is worth: a venue that exempts none refuses it with words, and what
   * is left of a position is closed in no other way. 0 where the venue has none.
   */
  readonly minimumNotional: Decimal
  readonly maximumLimitQuantity: Decimal
  readonly maximumMarketQuantity: Decimal
  /** Base units per contract that the venue counts; 1 at Bybit. */
  readonly contractSize: Decimal
  readonly maximumLeverage: Decimal
}

export function notional(quantity: Decimal, at: Decimal): Decimal {
  return absolute(multiply(quantity, at))
}

export function roundQuantity(instrument: Instrument, quantity: Decimal): Decimal {
  return truncateToStep(quantity, instrument.lotSize)
}

/** A buy rounds down and a sell up, so that a bound is never passed by rounding. */
export function roundLimitPrice(instrument: Instrument, side: 'buy' | 'sell', limitPrice: Decimal): Decimal {
  return side === 'buy'
    ? floorToStep(limitPrice, instrument.tickSize)
    : ceilToStep(limitPrice, instrument.tickSize)
}

/**
 * The part of an opening that the venue would take: rounded toward zero to the lot, 0 below the minimum.
 *
 * @param quantity signed, base units
 * @param at quote per base, what the minimum notional is measured with
 */
export function tradableQuantity(instrument: Instrument, quantity: Decimal, at: Decimal): Decimal {
  const rounded = roundQuantity(instrument, quantity)
  const size = absolute(rounded)
  if (size < instrument.minimumQuantity || notional(size, at) < instrument.minimumNotional) return ZERO
  return rounded
}
