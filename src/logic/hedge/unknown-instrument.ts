import { type Decimal, fromUnits, ONE, ZERO } from '../../domain/decimal.ts'
import { type InstrumentId, symbolOf, type VenueName } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'

/**
 * A market of which its venue has not said anything since the start. Nothing is sent there; but what is unhedged is to be
 * counted, and the other leg to be looked after. The tolerance was compared with its smallest order when it was known.
 *
 * @param tolerance base units
 */
export function unknownInstrument(venue: VenueName, id: InstrumentId, tolerance: Decimal): Instrument {
  return {
    id,
    venue,
    symbol: symbolOf(id),
    base: '',
    quote: '',
    status: 'closed',
    tickSize: fromUnits(1n),
    lotSize: fromUnits(1n),
    minimumQuantity: tolerance,
    minimumNotional: ZERO,
    maximumLimitQuantity: tolerance,
    maximumMarketQuantity: tolerance,
    contractSize: ONE,
    maximumLeverage: ONE,
  }
}
