import { decimal } from '../../src/domain/decimal.ts'
import { PAIR_DEFAULTS, QUOTING_DEFAULTS } from '../../src/domain/pair.ts'
import type { Setup } from '../../src/engine/setup.ts'

export const LEG_A = 'leg-a'
export const LEG_B = 'leg-b'
const SYMBOL = 'BTCUSDT'
/** No quote is called back for its age while it is measured. */
const MAKER_TIMEOUT_MS = 600_000

/** One pair that quotes, both legs on one market: there a partial fill must wait for the cancel of A's rest. */
export const SETUP: Setup = {
  accounts: [LEG_A, LEG_B].map(name => ({
    name,
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('10'),
  })),
  sources: [],
  strategies: [],
  links: [],
  pairs: [
    {
      ...PAIR_DEFAULTS,
      name: 'pair',
      a: { account: LEG_A, symbol: SYMBOL },
      b: { account: LEG_B, symbol: SYMBOL },
      tolerance: decimal('0.001'),
      quoting: { ...QUOTING_DEFAULTS, quantity: decimal('0.040'), makerTimeoutMs: MAKER_TIMEOUT_MS },
    },
  ],
}
