import {
  DEFAULT_BASE_PRICES,
  DEFAULT_INSTRUMENTS,
  LIGHTER_BASE_PRICES,
  LIGHTER_INSTRUMENTS,
} from '../../exchange/core/instruments.ts'
import { BYBIT_RULES, LIGHTER_RULES, type VenueRules } from '../../exchange/core/rules.ts'
import type { ExchangeInstrument } from '../../exchange/core/types.ts'
import type { Capability } from '../../src/domain/capability.ts'
import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import { BYBIT_CAPABILITY } from '../../src/venues/bybit/capability.ts'
import { LIGHTER_CAPABILITY } from '../../src/venues/lighter/capability.ts'
import { CLOCK_ERROR_MS } from '../../src/venues/lighter/limits.ts'

/** What the venue of a world does in its own way. */
export interface VenueKind {
  readonly capability: Capability
  readonly rules: VenueRules
  readonly instruments: readonly ExchangeInstrument[]
  /** Where the seeded path begins, quote per base. */
  readonly basePrices: ReadonlyMap<string, Decimal>
  /** Its markets of bitcoin, ether and solana. */
  readonly symbols: readonly [string, string, string]
  /** What people count in, base units, in the order of the symbols: lots, or where lots are dust something larger. */
  readonly units: readonly [Decimal, Decimal, Decimal]
  /**
   * What shows that an order was taken: the answer, or only a report of it. Where it is the report, the answer says no more
   * than that the form was right, and who cancels hears of nothing.
   */
  readonly proof: 'answer' | 'report'
  /** By how much less answers are dated than they were read, because the venue does not tell its time to the ms. */
  readonly datedEarlyMs: number
}

/** When a venue is away, and for how long: ms. */
export interface Outage {
  readonly afterMs: number
  readonly forMs: number
}

const UNITS = [decimal('0.001'), decimal('0.01'), decimal('0.1')] as const

export const BYBIT: VenueKind = {
  capability: BYBIT_CAPABILITY,
  rules: BYBIT_RULES,
  instruments: DEFAULT_INSTRUMENTS,
  basePrices: DEFAULT_BASE_PRICES,
  symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
  units: UNITS,
  proof: 'answer',
  datedEarlyMs: 0,
}

export const LIGHTER: VenueKind = {
  capability: LIGHTER_CAPABILITY,
  rules: LIGHTER_RULES,
  instruments: LIGHTER_INSTRUMENTS,
  basePrices: LIGHTER_BASE_PRICES,
  symbols: ['BTC', 'ETH', 'SOL'],
  // A lot of bitcoin is worth half a dollar, and the smallest order ten.
  units: UNITS,
  proof: 'report',
  datedEarlyMs: CLOCK_ERROR_MS,
}

export function unitOf({ symbols, units }: VenueKind, symbol: string): Decimal {
  return units[symbols.indexOf(symbol)] ?? units[0]
}
