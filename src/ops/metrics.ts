import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { OUTCOMES } from '../domain/decision.ts'
import type { NoticeLevel } from '../domain/notice.ts'
import { REASONS } from '../domain/reason.ts'

/** What a label may say; whatever else comes counts as `other`, so that no sender can make series without end. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx']
const SESSION_STATES = ['connecting', 'syncing', 'live', 'degraded', 'closed']
const SESSION_EVENTS = ['created', 'reused', 'validated', 'found_invalid', 'dropped']
const SIGNAL_STATUSES = ['pending', 'applied', 'refused']
const LEVELS: readonly NoticeLevel[] = ['info', 'warning', 'critical']
const FRAME_KINDS = ['snapshot', 'delta']
const DROP_REASONS = ['slow', 'revoked', 'expired', 'malformed', 'limit', 'closed']
const HOPS = ['decide', 'persist', 'send', 'ack', 'fill']
/** Patterns of routes, which the code has; more than these would be paths. */
const MAXIMUM_ROUTES = 200

const REQUEST_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
const HOP_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

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
  liveSockets(count: number): void
  liveFrame(kind: string): void
  liveResync(): void
  liveDropped(why: string): void
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
    ...countLive(registry),
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
  const signals = counter(registry, 'signals_total', 'Signals by what became of them', ['status'])
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

type Live = Pick<Metrics, 'liveSockets' | 'liveFrame' | 'liveResync' | 'liveDropped'>

function countLive(registry: Registry): Live {
  const sockets = new Gauge({ name: 'lockstep_live_sockets', help: 'Sockets now', registers: [registry] })
  const frames = counter(registry, 'live_frames_total', 'Frames sent by kind', ['kind'])
  const resyncs = counter(registry, 'live_resyncs_total', 'Streams that a client asked for again', [])
  const dropped = counter(registry, 'live_dropped_total', 'Sockets ended by us', ['why'])
  return {
    liveSockets: count => sockets.set(count),
    liveFrame: kind => frames.inc({ kind: oneOf(FRAME_KINDS, kind) }),
    liveResync: () => resyncs.inc(),
    liveDropped: why => dropped.inc({ why: oneOf(DROP_REASONS, why) }),
  }
}

function counter(registry: Registry, name: string, help: string, labelNames: string[]): Counter {
  return new Counter({ name: `lockstep_${name}`, help, labelNames, registers: [registry] })
}

function oneOf(values: readonly string[], value: string): string {
  return values.includes(value) ? value : 'other'
}
