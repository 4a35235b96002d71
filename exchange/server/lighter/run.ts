import type { Decimal } from '../../../src/domain/decimal.ts'
import { SILENT } from '../../../src/ports/observe.ts'
import { createExchange } from '../../core/exchange.ts'
import { LIGHTER_BASE_PRICES, LIGHTER_INSTRUMENTS } from '../../core/instruments.ts'
import { seededPath } from '../../core/path-seeded.ts'
import { LIGHTER_RULES } from '../../core/rules.ts'
import type { ExchangeInstrument, PricePath } from '../../core/types.ts'
import type { LighterAccountSettings } from './admin.ts'
import { type LighterServer, type LighterServerOptions, startLighterServer } from './server.ts'

export type RunLighterOptions = Omit<LighterServerOptions, 'exchange'> & {
  readonly instruments?: readonly ExchangeInstrument[]
  /** Wandering prices from the seed if left out. */
  readonly path?: PricePath
  readonly levelNotional?: Decimal
  readonly accounts?: readonly LighterAccountSettings[]
}

/** A whole exchange that speaks Lighter: prices, core and server. Throws with a sentence when it cannot be made as asked. */
export async function runLighterExchange(options: RunLighterOptions = {}): Promise<LighterServer> {
  const { instruments = LIGHTER_INSTRUMENTS, seed = 1, startAt = Date.now(), log = SILENT } = options
  const path = options.path ?? seededPath({ seed, instruments, basePrices: LIGHTER_BASE_PRICES })
  const { levelNotional, accounts = [] } = options
  const exchange = createExchange({
    instruments,
    path,
    seed,
    startAt,
    rules: LIGHTER_RULES,
    ...(levelNotional !== undefined && { levelNotional }),
  })
  const server = await startLighterServer({ ...options, exchange, startAt, seed, log })
  for (const account of accounts) {
    const made = server.addAccount(account)
    if (made.ok) continue
    await server.close()
    throw new Error(made.error)
  }
  return server
}
