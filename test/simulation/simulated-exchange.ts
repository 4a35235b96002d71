import { createExchange } from '../../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { seededPath } from '../../exchange/core/path-seeded.ts'
import type { MarginMode } from '../../exchange/core/records.ts'
import { BYBIT_RULES } from '../../exchange/core/rules.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { PastConfiguration } from './past/past-configuration.ts'

export interface SimulatedExchangeOptions {
  readonly seed: number
  /** Ms, the venue's clock. */
  readonly startAt: number
  /** Quote, by account. */
  readonly deposits: ReadonlyMap<string, string>
  readonly marginModes?: ReadonlyMap<string, MarginMode>
  readonly levelNotional?: string
  readonly past?: PastConfiguration | null
}

export const SYMBOLS: readonly string[] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']
/** Where the past is read nothing of a run is forgotten. */
const ROW_LIMITS = { closedOrders: 100_000, executions: 1_000_000, closedPnl: 100_000, transfers: 1_000 }

export function createSimulatedExchange(options: SimulatedExchangeOptions): Exchange {
  const { seed, startAt, deposits, levelNotional = '20000', past = null } = options
  const instruments = DEFAULT_INSTRUMENTS.filter(({ symbol }) => SYMBOLS.includes(symbol))
  const exchange = createExchange({
    instruments,
    path: seededPath({ seed, instruments, basePrices: DEFAULT_BASE_PRICES }),
    seed,
    startAt,
    levelNotional: decimal(levelNotional),
    ...(past !== null && {
      rules: { ...BYBIT_RULES, closedPnlRows: past.closedPnlRows },
      rowLimits: ROW_LIMITS,
    }),
  })
  for (const [account, deposit] of deposits) exchange.createAccount(account, decimal(deposit))
  for (const [account, mode] of options.marginModes ?? []) exchange.switchMarginMode(account, mode)
  return exchange
}
