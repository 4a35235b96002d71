import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { OUTCOMES } from '../domain/decision.ts'
import type { NoticeLevel } from '../domain/notice.ts'
import { REASONS } from '../domain/reason.ts'

/** What a label may say; whatever else comes counts as `other`, so that no sender can make series without end. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx']
const SESSION_STATES = ['connecting', 'syncing', 'live', 'degraded', 'closed']
const SESSION_EVENTS = ['created', 'reused', 'validated', 'invalid', 'dropped']
const SIGNAL_STATUSES = ['pending', 'applied', 'refused']
const LEVELS: readonly NoticeLevel[] = ['info', 'warning', 'critical']
const DROP_REASONS = [
  'origin',
  'full',
  'token',
  'too_often',
  'revoked',
  'too_slow',
  'bad_requests',
  'server_stops',
]
const HOPS = ['receive', 'decide', 'persist', 'send', 'ack', 'fill']
/** Patterns of routes, which the code has; more than these would be paths. */
const MAXIMUM_ROUTES = 200

const REQUEST_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
const HOP_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** What the live gateway tells. */
export interface LiveCounts {
  connected(): void
  disconnected(): void
  dropped(reason: string): void
  /** One packet to one socket. */
  delivered(bytes: number): void
  /** How many streams more; less than 0: fewer. */
  subscribed(streams: number): void
  resynced(): void
  badRequest(): void
}

/** What a run of a schedule tells. Times are ms. */
export interface HistoryRunCounts {
  readonly schedule: string
  readonly startedAt: number
  readonly endedAt: number
  /** Null: it runs no more. */
  readonly nextAt: number | null
  readonly added: number
  readonly updated: number
  readonly skipped: number
  /** Accounts of which something could not be read. */
  readonly failed: number
}

/** Everything that the server counts, in one place. */
export interface Metrics {
  request(seen: { method: string; route: string; status: number; ms: number }): void
  /** @param hop which part of a copy's way took `ms` */
  copyHop(hop: string, ms: number): void
  decided(outcome: string, reason: string): void
  sessions(state: string, count: number): void
  sessionEvent(event: string): void
  signal(status: string): void
  noticed(level: string): void
  /** A run of a schedule of history has ended. */
  historyRan(run: HistoryRunCounts): void
  readonly live: LiveCounts
  /** In Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'lockstep_' })
  return {
    ...countRequests(registry),
    ...countTrading(registry),
    ...countHistory(registry),
    live: countLive(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function countRequests(registry: Registry): Pick<Metrics, 'request'> {
  const registers = [registry]
  const requests = new Counter({
    name: 'lockstep_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'lockstep_http_request_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['route'],
    buckets: REQUEST_SECONDS,
    registers,
  })
  const routes = new Set<string>()
  return {
    request({ method, route, status, ms }) {
      if (routes.size < MAXIMUM_ROUTES) routes.add(route)
      const known = routes.has(route) ? route : 'other'
      const family = `${Math.trunc(status / 100)}xx`
      requests.inc({ method: oneOf(METHODS, method), route: known, status: oneOf(STATUSES, family) })
      seconds.observe({ route: known }, ms / 1_000)
    },
  }
}

type Trading = Pick<Metrics, 'copyHop' | 'decided' | 'sessions' | 'sessionEvent' | 'signal' | 'noticed'>

function countTrading(registry: Registry): Trading {
  const registers = [registry]
  const hops = new Histogram({
    name: 'lockstep_copy_hop_seconds',
    help: "Each hop of a copy's way",
    labelNames: ['hop'],
    buckets: HOP_SECONDS,
    registers,
  })
  const outcomes = counter(registry, 'decisions_total', 'Decisions done', ['outcome', 'reason'])
  const sessions = new Gauge({
    name: 'lockstep_sessions',
    help: 'Sessions at venues by state',
    labelNames: ['state'],
    registers,
  })
  const events = counter(registry, 'session_events_total', 'What became of sessions', ['event'])
  const signals = counter(
    registry,
    'signals_total',
    'Signals that were taken in (pending), and what became of them',
    ['status'],
  )
  const notices = counter(registry, 'notices_total', 'Notices by level', ['level'])
  const reasons = Object.keys(REASONS)
  return {
    copyHop: (hop, ms) => hops.observe({ hop: oneOf(HOPS, hop) }, ms / 1_000),
    decided: (outcome, reason) =>
      outcomes.inc({ outcome: oneOf(OUTCOMES, outcome), reason: oneOf(reasons, reason) }),
    sessions: (state, count) => sessions.set({ state: oneOf(SESSION_STATES, state) }, count),
    sessionEvent: event => events.inc({ event: oneOf(SESSION_EVENTS, event) }),
    signal: status => signals.inc({ status: oneOf(SIGNAL_STATUSES, status) }),
    noticed: level => notices.inc({ level: oneOf(LEVELS, level) }),
  }
}

function countHistory(registry: Registry): Pick<Metrics, 'historyRan'> {
  const registers = [registry]
  const labelNames = ['schedule']
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `lockstep_history_${name}`, help, labelNames, registers })
  const last = gauge('last_run_seconds', 'When a schedule began to run last, since 1970')
  const next = gauge('next_run_seconds', 'When a schedule runs next, since 1970')
  const duration = gauge('run_duration_seconds', 'How long the last run took')
  const failed = gauge('failed_accounts', 'Accounts of which the last run could not read something')
  const rows = counter(registry, 'history_rows_total', 'Rows read by what became of them', ['result'])
  const failures = counter(registry, 'history_failures_total', 'Accounts that a run could not read whole', [])
  return {
    historyRan({ schedule, startedAt, endedAt, nextAt, ...run }) {
      last.set({ schedule }, startedAt / 1_000)
      duration.set({ schedule }, (endedAt - startedAt) / 1_000)
      if (nextAt !== null) next.set({ schedule }, nextAt / 1_000)
      failed.set({ schedule }, run.failed)
      failures.inc(run.failed)
      for (const result of ['added', 'updated', 'skipped'] as const) rows.inc({ result }, run[result])
    },
  }
}

function countLive(registry: Registry): LiveCounts {
  const registers = [registry]
  const sockets = new Gauge({ name: 'lockstep_live_sockets', help: 'Sockets now', registers })
  const streams = new Gauge({
    name: 'lockstep_live_subscriptions',
    help: 'Streams read by sockets',
    registers,
  })
  const packets = counter(registry, 'live_packets_total', 'Packets sent to sockets', [])
  const bytes = counter(registry, 'live_bytes_total', 'Bytes sent to sockets', [])
  const resyncs = counter(registry, 'live_resyncs_total', 'Streams that a client asked for again', [])
  const bad = counter(registry, 'live_bad_requests_total', 'Events that were not as they should be', [])
  const dropped = counter(registry, 'live_dropped_total', 'Sockets ended or refused by us', ['why'])
  return {
    connected: () => sockets.inc(),
    disconnected: () => sockets.dec(),
    dropped: why => dropped.inc({ why: oneOf(DROP_REASONS, why) }),
    delivered(size) {
      packets.inc()
      bytes.inc(size)
    },
    subscribed: count => streams.inc(count),
    resynced: () => resyncs.inc(),
    badRequest: () => bad.inc(),
  }
}

function counter(registry: Registry, name: string, help: string, labelNames: string[]): Counter {
  return new Counter({ name: `lockstep_${name}`, help, labelNames, registers: [registry] })
}

function oneOf(values: readonly string[], value: string): string {
  return values.includes(value) ? value : 'other'
}
