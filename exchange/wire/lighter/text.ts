import { absolute, type Decimal, formatDecimal } from '../../../src/domain/decimal.ts'

/** Places of amounts in the quote asset. */
export const QUOTE_PLACES = 6

/** With exactly so many places, what lies behind them cut off, as the venue prints every amount. */
export function fixed(value: Decimal, places: number): string {
  const text = formatDecimal(absolute(value))
  const [whole = '0', fraction = ''] = text.split('.')
  const shown = places === 0 ? whole : `${whole}.${fraction.slice(0, places).padEnd(places, '0')}`
  return value < 0n && /[1-9]/.test(shown) ? `-${shown}` : shown
}

export function quoteText(value: Decimal): string {
  return fixed(value, QUOTE_PLACES)
}

/** Microseconds since 1970: `transaction_time` and `last_updated_at`. @param at wall clock, ms */
export function microseconds(at: number): number {
  return Math.trunc(at) * 1_000
}
