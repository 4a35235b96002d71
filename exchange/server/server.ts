import { formatDecimal, ONE } from '../../src/domain/decimal.ts'
import { type Log, SILENT } from '../../src/ports/observe.ts'
import type { Exchange } from '../core/types.ts'
import { privateName } from '../wire/bybit/private-stream.ts'
import { createVenue } from '../wire/bybit/venue.ts'
import { type AccountSettings, type AdminParts, addAccount, mountAdmin } from './admin.ts'
import { PATHS, startBroadcast } from './broadcast.ts'
import { Faults } from './faults.ts'
import { Gateway } from './gateway.ts'
import { createHttp } from './http.ts'
import { KeyRing } from './key-ring.ts'
import { listenProblem, placeOf } from './listening.ts'
import { ReportLine } from './report-line.ts'
import { attachSockets } from './sockets.ts'
import { WorldClock } from './world-clock.ts'

export interface ExchangeServerOptions {
  readonly exchange: Exchange
  /** 127.0.0.1 unless told. */
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** How often prices move and public frames go out, wall clock, ms. */
  readonly tickMs?: number
  /** Where the exchange's own time starts (ms; now unless told) and how fast it runs (1). */
  readonly startAt?: number
  readonly speed?: number
  /** `off` for runs that measure something else than limits. */
  readonly limits?: 'venue' | 'off'
  /** Decides when faults with a probability strike. */
  readonly seed?: number
  readonly log?: Log
  /** Called when everything else has ended. */
  readonly onClose?: () => void
  /** The world stands still, because its journal cannot be written. Told once, with what to do. */
  readonly onFatal?: (message: string) => void
}

export interface ExchangeServer {
  /** http://host:port, for REST and /admin. */
  readonly url: string
  /** ws:// addresses of the three streams. */
  readonly streams: { readonly private: string; readonly trade: string; readonly public: string }
  readonly faults: Faults
  readonly exchange: Exchange
  /** Whether a private stream of the account is subscribed to a topic. */
  listens(account: string, topic: string): boolean
  /** The same as POST /admin/accounts. Errors are sentences. */
  addAccount(settings: AccountSettings): ReturnType<typeof addAccount>
  close(): Promise<void>
}

export const DEFAULT_TICK_MS = 100

/**
 * The Bybit v5 wire over one exchange core, and its admin side, on one port. Resolves when it listens;
 * rejects with a sentence when it cannot, and then nothing of it is left running.
 */
export async function startExchangeServer(options: ExchangeServerOptions): Promise<ExchangeServer> {
  const { exchange, limits = 'venue', log = SILENT, host = '127.0.0.1', port = 0 } = options
  const problem = contractProblem(exchange)
  if (problem !== null) {
    options.onClose?.()
    throw new Error(problem)
  }
  const wallNow = () => Date.now()
  const faults = new Faults(options.seed ?? 1)
  const now = () => wallNow() + faults.clockOffsetMs()
  const world = new WorldClock(wallNow, { at: options.startAt ?? null, speed: options.speed ?? 1 })
  const venue = createVenue({
    exchange,
    now,
    worldNow: () => world.now(),
    wallAt: at => world.wallAt(at),
    worldAt: at => world.worldAt(at),
  })
  const keys = new KeyRing()
  const reports = new ReportLine(venue, faults)
  const gateway = new Gateway({ venue, keys, faults, reports, limits, log })
  const admin: AdminParts = { exchange, keys, faults, world, now }
  const app = createHttp({ gateway, faults, venue, limits, log })
  mountAdmin(app, admin)
  const { tickMs = DEFAULT_TICK_MS, onFatal = message => log.error('exchange_halted', { message }) } = options
  const peers = () => sockets.peers()
  const broadcast = startBroadcast({ venue, faults, gateway, reports, tickMs, peers, onFatal })
  const sockets = attachSockets(app.server, { sessions: broadcast.sessions, limits, log, now: wallNow })
  const close = async (): Promise<void> => {
    gateway.close()
    broadcast.close()
    sockets.close()
    await app.close()
    options.onClose?.()
  }
  try {
    await app.listen({ host, port })
  } catch (error) {
    await close()
    throw new Error(listenProblem(error, `${host}:${port}`))
  }
  return {
    ...addressesOf(placeOf(app.server)),
    faults,
    exchange,
    listens: (account, topic) => reports.listeners.has(privateName(account, topic)),
    addAccount: settings => addAccount(admin, settings),
    close,
  }
}

/** Bybit's wire has no word for a contract size: every linear quantity on it is in base units. */
function contractProblem(exchange: Exchange): string | null {
  for (const { symbol, contractSize } of exchange.instruments.values())
    if (contractSize !== ONE)
      return `${symbol} counts in contracts of ${formatDecimal(contractSize)}, and Bybit counts in base units. Give it a contract size of 1.`
  return null
}

function addressesOf(at: string): Pick<ExchangeServer, 'url' | 'streams'> {
  return {
    url: `http://${at}`,
    streams: {
      private: `ws://${at}${PATHS.private}`,
      trade: `ws://${at}${PATHS.trade}`,
      public: `ws://${at}${PATHS.public}`,
    },
  }
}
