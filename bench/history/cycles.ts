import type { AccountId } from '../../src/domain/ids.ts'
import { History } from '../../src/history/history.ts'
import type { ScheduleRun } from '../../src/history/schedule.ts'
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
const RESULTS = { name: 'results', kinds: ['closed_pnl', 'orders'], sweepMs: null } as const
/** From one cycle to the next: so much, and more by so much for each account, that the first is over by then. */
const EVERY_MS = 5_000
const EVERY_MS_PER_ACCOUNT = 40
const POLL_MS = 5

export interface CycleFigures {
  readonly accounts: number
  readonly requests: number
  readonly cycleMs: number
  /** What its requests take at the pace of the budget. */
  readonly budgetMs: number
  /** The one before it: the first after a start. */
  readonly firstCycleMs: number
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
  const schedule = { ...RESULTS, everyMs: EVERY_MS + count * EVERY_MS_PER_ACCOUNT }
  const history = await History.open({ store, ...parts, schedules: [schedule] })
  try {
    for (const name of names) history.add(name as AccountId, venue.history(keyOf(name)))
    history.start()
    const first = await runAfter(history, null)
    wire.requests = 0
    const { startedAt, endedAt, failed } = await runAfter(history, first)
    const { requests, rateLimitHits } = wire
    return {
      accounts: count,
      requests,
      cycleMs: endedAt - startedAt,
      budgetMs: (requests * BUDGET_MS) / BUDGET_REQUESTS + latencyMs,
      firstCycleMs: first.endedAt - first.startedAt,
      failed: first.failed + failed,
      rateLimitHits,
    }
  } finally {
    await history.stop()
    await store.close()
    await venue.close()
    await server.close()
  }
}

async function runAfter(history: History, before: ScheduleRun | null): Promise<ScheduleRun> {
  for (;;) {
    const run = history.schedules()[0]?.lastRun ?? null
    if (run !== null && run !== before) return run
    await pause(POLL_MS)
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
