import type { Decimal } from '../../src/domain/decimal.ts'
import { type Log, SILENT } from '../../src/ports/observe.ts'
import { createExchange } from '../core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../core/instruments.ts'
import { seededPath } from '../core/path-seeded.ts'
import type { Exchange, ExchangeInstrument, PricePath } from '../core/types.ts'
import type { AccountSettings } from './admin.ts'
import { openJournal } from './journal.ts'
import { type ExchangeServer, startExchangeServer } from './server.ts'

export interface RunExchangeOptions {
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** The same seed gives the same prices, ids and faults. 1 if left out. */
  readonly seed?: number
  readonly instruments?: readonly ExchangeInstrument[]
  /** Wandering prices from the seed if left out. */
  readonly path?: PricePath
  /** Where the exchange's own time starts, ms; now if left out. */
  readonly startAt?: number
  /** World ms per wall ms. 1 if left out. */
  readonly speed?: number
  /** What happened in a new world before it opens; nothing if left out. */
  readonly past?: ExchangePast
  readonly limits?: 'venue' | 'off'
  readonly levelNotional?: Decimal
  readonly accounts?: readonly AccountSettings[]
  /** A file that remembers the exchange across restarts; its seed and start win over those given here. */
  readonly journal?: string
  readonly log?: Log
  /** The journal cannot be written any more, and the exchange stands still. Told once, with what to do. */
  readonly onFatal?: (message: string) => void
  /** Gets one line when the exchange listens. */
  print(line: string): void
}

/** The exchange's own time, ms. */
export interface PastSpan {
  /** When the world begins. */
  readonly from: number
  /** When it opens: nothing that is played may be later. */
  readonly to: number
  /** The same one must play the same. */
  readonly seed: number
}

export interface ExchangePast {
  readonly lengthMs: number
  /** Makes accounts and trades, each at its time. */
  readonly play: (exchange: Exchange, span: PastSpan) => void
}

/** A whole exchange: prices, core and server. Throws with a sentence when it cannot be made as asked. */
export async function runExchange(options: RunExchangeOptions): Promise<ExchangeServer> {
  const { instruments = DEFAULT_INSTRUMENTS, log = SILENT, past, startAt: opensAt = Date.now() } = options
  const fresh = { seed: options.seed ?? 1, startAt: opensAt - (past?.lengthMs ?? 0) }
  const journal = options.journal === undefined ? null : openJournal(options.journal, fresh)
  const { seed, startAt } = journal?.head ?? fresh
  const path = options.path ?? seededPath({ seed, instruments, basePrices: DEFAULT_BASE_PRICES })
  const { levelNotional, host, port, limits, speed, onFatal } = options
  const exchange = createExchange({
    instruments,
    path,
    seed,
    startAt,
    ...(levelNotional !== undefined && { levelNotional }),
    ...(journal !== null && { onCommand: journal.record }),
  })
  journal?.replay(exchange)
  if (journal?.isNew ?? true) past?.play(exchange, { from: startAt, to: opensAt, seed })
  // Left out where it is the wall's: a world that is remembered must date its rows as it did before, to the ms.
  const worldStart = journal === null ? options.startAt : startAt > Date.now() ? startAt : undefined
  const server = await startExchangeServer({
    exchange,
    seed,
    log,
    ...(journal !== null && { onClose: () => journal.close() }),
    ...(worldStart !== undefined && { startAt: worldStart }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(limits !== undefined && { limits }),
    ...(speed !== undefined && { speed }),
    ...(onFatal !== undefined && { onFatal }),
  })
  try {
    for (const account of options.accounts ?? []) addAccount(server, account)
  } catch (error) {
    await server.close()
    throw error
  }
  const { streams } = server
  options.print(
    `exchange: REST and /admin ${server.url}, private ${streams.private}, trade ${streams.trade}, public ${streams.public}`,
  )
  return server
}

/** A world that is remembered has its accounts; their keys are the server's and are given anew. */
function addAccount(server: ExchangeServer, account: AccountSettings): void {
  const known = server.exchange.accounts().includes(account.account)
  const made = server.addAccount(known ? { ...account, deposit: undefined } : account)
  if (!made.ok) throw new Error(made.error)
}
