import { createExchange } from '../../exchange/core/exchange.ts'
import { seededPath } from '../../exchange/core/path-seeded.ts'
import type { MarginMode } from '../../exchange/core/records.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { PastConfiguration } from './past/past-configuration.ts'
import { BYBIT, type VenueKind } from './venue-kinds.ts'

export interface SimulatedExchangeOptions {
  readonly seed: number
  /** Ms, the venue's clock. */
  readonly startAt: number
  /** Quote, by account. */
  readonly deposits: ReadonlyMap<string, string>
  readonly marginModes?: ReadonlyMap<string, MarginMode>
  readonly levelNotional?: string
  readonly past?: PastConfiguration | null
  /** Bybit if left out. */
  readonly venueKind?: VenueKind
}

/** Where the past is read nothing of a run is forgotten. */
const ROW_LIMITS = { closedOrders: 100_000, executions: 1_000_000, closedPnl: 100_000, transfers: 1_000 }

export function createSimulatedExchange(options: SimulatedExchangeOptions): Exchange {
  const { seed, startAt, deposits, levelNotional = '20000', past = null, venueKind = BYBIT } = options
  const { symbols, basePrices, rules } = venueKind
  const instruments = venueKind.instruments.filter(({ symbol }) => symbols.includes(symbol))
  const exchange = createExchange({
    instruments,
    path: seededPath({ seed, instruments, basePrices }),
    seed,
    startAt,
    levelNotional: decimal(levelNotional),
    rules: past === null ? rules : { ...rules, closedPnlRows: past.closedPnlRows },
    ...(past !== null && { rowLimits: ROW_LIMITS }),
  })
  for (const [account, deposit] of deposits) exchange.createAccount(account, decimal(deposit))
  for (const [account, mode] of options.marginModes ?? []) exchange.switchMarginMode(account, mode)
  return exchange
}
