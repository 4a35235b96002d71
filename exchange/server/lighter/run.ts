import type { Decimal } from '../../../src/domain/decimal.ts'
import { SILENT } from '../../../src/ports/observe.ts'
import { createExchange } from '../../core/exchange.ts'
import { LIGHTER_BASE_PRICES, LIGHTER_INSTRUMENTS } from '../../core/instruments.ts'
import { seededPath } from '../../core/path-seeded.ts'
import { LIGHTER_RULES } from '../../core/rules.ts'
import type { ExchangeInstrument, PricePath } from '../../core/types.ts'
import { openJournal } from '../journal.ts'
import type { LighterAccountSettings } from './admin.ts'
import { type LighterServer, type LighterServerOptions, startLighterServer } from './server.ts'

export type RunLighterOptions = Omit<LighterServerOptions, 'exchange' | 'onClose'> & {
  readonly instruments?: readonly ExchangeInstrument[]
  /** Wandering prices from the seed if left out. */
  readonly path?: PricePath
  readonly levelNotional?: Decimal
  readonly accounts?: readonly LighterAccountSettings[]
  /**
   * A file that remembers the exchange across restarts; its seed and start win over those given here. Keys, nonces and
   * when an order expires are the server's and not in it.
   */
  readonly journal?: string
}

/** A whole exchange that speaks Lighter: prices, core and server. Throws with a sentence when it cannot be made as asked. */
export async function runLighterExchange(options: RunLighterOptions = {}): Promise<LighterServer> {
  const { instruments = LIGHTER_INSTRUMENTS, levelNotional, accounts = [], log = SILENT } = options
  const fresh = {
    seed: options.seed ?? 1,
    startAt: options.startAt ?? Date.now(),
    venue: 'lighter',
  } as const
  const journal = options.journal === undefined ? null : openJournal(options.journal, fresh)
  const { seed, startAt } = journal?.head ?? fresh
  const path = options.path ?? seededPath({ seed, instruments, basePrices: LIGHTER_BASE_PRICES })
  const exchange = createExchange({
    instruments,
    path,
    seed,
    startAt,
    rules: LIGHTER_RULES,
    ...(levelNotional !== undefined && { levelNotional }),
    ...(journal !== null && { onCommand: journal.record }),
  })
  journal?.replay(exchange)
  const server = await startLighterServer({
    ...options,
    exchange,
    seed,
    log,
    startAt: journal === null ? startAt : Math.max(startAt, Date.now()),
    ...(journal !== null && { onClose: () => journal.close() }),
  })
  for (const account of accounts) {
    const made = server.addAccount(account)
    if (made.ok) continue
    await server.close()
    throw new Error(made.error)
  }
  return server
}
