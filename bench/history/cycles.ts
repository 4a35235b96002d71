import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { History } from '../../src/history/history.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { HttpOutcome, HttpTransport } from '../../src/ports/transport.ts'
import { openSqliteHistory } from '../../src/store/history/sqlite.ts'
import { createBybitVenue } from '../../src/venues/bybit/venue.ts'
import { httpTransport } from '../../src/venues/shared/http.ts'
import { webSocketDial } from '../../src/venues/shared/web-socket.ts'
import { exchangeWithPast, keyOf } from '../../test/history/exchange-past.ts'

/** What history is given: seven tenths of the 600 requests per 5 s that Bybit grants an address. */
const BUDGET_REQUESTS = 420
const BUDGET_MS = 5_000
const DAYS = 2
const RESULTS = {
  name: 'results',
  kinds: ['closed_pnl', 'orders'],
  everyMs: 3_600_000,
  sweepMs: null,
} as const
const POLL_MS = 5

export interface CycleFigures {
  readonly accounts: number
  readonly requests: number
  readonly cycleMs: number
  /** The least that its requests take within the budget: they leave in full windows, the first at once. */
  readonly budgetMs: number
  readonly failed: number
  /** Answers with 10006, and 403. */
  readonly rateLimitHits: number
}

/** One cycle of so many accounts that were read before, each request taking so long more than the exchange does. */
export async function measureCycle(
  folder: string,
  { accounts: count, latencyMs }: { accounts: number; latencyMs: number },
): Promise<CycleFigures> {
  const names = Array.from({ length: count }, (_, index) => `account-${index + 1}`)
  const { server } = await exchangeWithPast(names, DAYS)
  const { url, streams } = server
  const urls = {
    rest: url,
    privateStream: streams.private,
    tradeStream: streams.trade,
    publicStream: streams.public,
  }
  const clock = systemClock()
  const wire = new SlowHttp(httpTransport({ origin: url }), latencyMs)
  const parts = { clock, random: systemRandom(), log: SILENT }
  const transport = { http: wire, dial: webSocketDial() }
  const venue = createBybitVenue({ environment: 'paper', urls, transport, ...parts })
  const opened = await openSqliteHistory({ path: `${folder}/cycles-${count}.db`, log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  const store = opened.value
  const history = await History.open({ store, ...parts, schedules: [RESULTS] })
  try {
    for (const name of names) history.add(name as AccountId, venue.history(keyOf(name)))
    // The first time reads seven days and lists what is open; every later cycle is like the second.
    const sync = (): Promise<unknown> =>
      Promise.all(names.map(name => history.account(name as AccountId)?.cycle(RESULTS)))
    await sync()
    await pause(BUDGET_MS + 500)
    wire.requests = 0
    const begun = performance.now()
    history.start()
    while (history.schedules()[0]?.lastRun === null) await pause(POLL_MS)
    const cycleMs = performance.now() - begun
    const { failed } = must(history.schedules()[0]?.lastRun, 'the schedule has run')
    const { requests, rateLimitHits } = wire
    const budgetMs = (Math.ceil(requests / BUDGET_REQUESTS) - 1) * BUDGET_MS + latencyMs
    return { accounts: count, requests, cycleMs, budgetMs, failed, rateLimitHits }
  } finally {
    await history.stop()
    await store.close()
    await venue.close()
    await server.close()
  }
}

/** The network's way, and a count of what passes. */
class SlowHttp implements HttpTransport {
  requests = 0
  rateLimitHits = 0
  readonly #http: HttpTransport
  readonly #latencyMs: number

  constructor(http: HttpTransport, latencyMs: number) {
    this.#http = http
    this.#latencyMs = latencyMs
  }

  async send(request: Parameters<HttpTransport['send']>[0]): Promise<HttpOutcome> {
    this.requests += 1
    await pause(this.#latencyMs)
    const outcome = await this.#http.send(request)
    const isRefused =
      outcome.kind === 'answered' && (outcome.status === 403 || outcome.body.startsWith('{"retCode":10006'))
    if (isRefused) this.rateLimitHits += 1
    return outcome
  }

  close(): Promise<void> {
    return this.#http.close()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
