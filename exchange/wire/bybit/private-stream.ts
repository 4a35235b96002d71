import type { Result } from '../../../src/domain/result.ts'
import type { ExchangeEvent } from '../../core/types.ts'
import type { Peer, Session, Subscribers } from '../shared/subscribers.ts'
import { REPEATED_LOGIN, type VenueFailure } from './codes.ts'
import { executionReportRow, fastExecutionRow } from './execution-row.ts'
import { orderReportRow } from './order-row.ts'
import { positionReportRow } from './position-row.ts'
import { acknowledgement, parseStreamRequest, privateFrame, type StreamRequest } from './stream-frames.ts'
import type { ApiKey, Venue } from './venue.ts'
import { walletRow } from './wallet-row.ts'

type Row = Record<string, unknown>

/** All-in-one topics; each but wallet also exists as `<topic>.linear`. */
const TOPICS: Record<string, (venue: Venue, event: ExchangeEvent) => Row | null> = {
  order: (venue, event) => (event.kind === 'order' ? orderReportRow(venue, event.order) : null),
  execution: (venue, event) =>
    event.kind === 'execution' ? executionReportRow(venue, event.execution) : null,
  'execution.fast': (venue, event) =>
    event.kind === 'execution' ? fastExecutionRow(venue, event.execution) : null,
  position: positionRowOf,
  wallet: (venue, event) => (event.kind === 'wallet' ? walletRow(venue, event.account) : null),
}

/** Nothing is sent on it: while one such subscription lives, the account counts as connected (docs/v5/websocket/private/dcp.mdx). */
export const WATCHED = 'dcp.future'

/** The order states that no execution leads to. */
const UNTRADED: ReadonlySet<string> = new Set(['untriggered', 'new', 'canceled', 'rejected'])

const TOPICS_OF: Record<ExchangeEvent['kind'], readonly string[]> = {
  order: ['order', 'position'],
  execution: ['execution', 'execution.fast'],
  position: ['position'],
  wallet: ['wallet'],
  ticker: [],
}

export interface FrameParts {
  readonly venue: Venue
  readonly subscribers: Subscribers
  nextId(): string
}

export interface PrivateFrame {
  readonly account: string
  readonly topic: string
  readonly text: string
}

/** The frames of one event, made once for all sockets of the account and only for topics somebody listens to. */
export function privateFrames(
  event: ExchangeEvent,
  { venue, subscribers, nextId }: FrameParts,
): readonly PrivateFrame[] {
  const frames: PrivateFrame[] = []
  const account = accountOf(event)
  for (const name of TOPICS_OF[event.kind]) {
    for (const topic of [name, `${name}.linear`]) {
      if (!subscribers.has(privateName(account, topic))) continue
      const row = TOPICS[name]?.(venue, event) ?? null
      if (row === null) continue
      const text = privateFrame({ topic, id: nextId(), creationTime: venue.now(), row })
      frames.push({ account, topic, text })
    }
  }
  return frames
}

/** Who listens to one topic of one account. */
export function privateName(account: string, topic: string): string {
  return `${account} ${topic}`
}

export interface PrivateServices {
  login(args: readonly unknown[]): Result<ApiKey, VenueFailure>
  /** '' or why this subscription is refused. */
  subscription(key: ApiKey, topics: readonly string[]): string
  /** A socket that was watched for disconnection came, or went. */
  watched(account: string): void
  readonly subscribers: Subscribers
  now(): number
}

/** The protocol of /v5/private on one socket. */
export function privateSession(peer: Peer, services: PrivateServices): Session {
  let key: ApiKey | null = null
  const answer = (request: StreamRequest, problem: string) => {
    const { operation, requestId } = request
    peer.send(acknowledgement({ operation, requestId, connectionId: peer.id, problem }))
  }
  const login = (request: StreamRequest) => {
    if (key !== null) return answer(request, REPEATED_LOGIN.message)
    const result = services.login(request.args)
    answer(request, result.ok ? '' : result.error.message)
    if (result.ok) key = result.value
    else peer.close('auth failed')
  }
  const subscribe = (request: StreamRequest) => {
    if (key === null) return answer(request, 'Request not authorized')
    const topics = topicsIn(request.args)
    if (typeof topics === 'string') return answer(request, topics)
    const problem = services.subscription(key, topics)
    if (problem !== '') return answer(request, problem)
    for (const topic of topics) {
      const name = privateName(key.account, topic)
      if (request.operation === 'subscribe') services.subscribers.add(name, peer)
      else services.subscribers.remove(name, peer)
    }
    answer(request, '')
    if (topics.includes(WATCHED)) services.watched(key.account)
  }
  const closed = () => {
    const wasWatched = key !== null && services.subscribers.listens(privateName(key.account, WATCHED), peer)
    services.subscribers.drop(peer)
    if (key !== null && wasWatched) services.watched(key.account)
  }
  const receive = (text: string) => {
    const parsed = parseStreamRequest(text)
    if (!parsed.ok) return answer({ operation: '', args: [], requestId: undefined }, parsed.error)
    const request = parsed.value
    if (request.operation === 'auth') return login(request)
    if (request.operation === 'subscribe' || request.operation === 'unsubscribe') return subscribe(request)
    if (request.operation !== 'ping') return answer(request, `Invalid op: ${request.operation}`)
    const args = [String(Math.trunc(services.now()))]
    peer.send(JSON.stringify({ req_id: request.requestId, op: 'pong', args, conn_id: peer.id }))
  }
  return { receive, closed }
}

/** The topics asked for, or what is wrong with them. All or none are subscribed. */
function topicsIn(args: readonly unknown[]): readonly string[] | string {
  const topics: string[] = []
  for (const topic of args) {
    if (typeof topic !== 'string' || !isTopic(topic)) return `Invalid topic: ${String(topic).slice(0, 60)}`
    topics.push(topic)
  }
  if (topics.length === 0) return 'Params Error: args must name at least one topic'
  const bases = topics.map(topic => topic.replace(/\.linear$/, ''))
  // docs/v5/websocket/private/order.mdx: both forms in one request are refused.
  if (new Set(bases).size < new Set(topics).size)
    return 'All-In-One topic and Categorised topic cannot be in the same subscription request'
  return topics
}

function isTopic(topic: string): boolean {
  if (topic === WATCHED) return true
  return Object.hasOwn(TOPICS, topic.replace(/\.linear$/, '')) && topic !== 'wallet.linear'
}

/** Every create, amend and cancel is told as a position too, changed or not (docs/v5/websocket/private/position.mdx). */
function positionRowOf(venue: Venue, event: ExchangeEvent): Row | null {
  if (event.kind === 'position') return positionReportRow(venue, event.account, event.position)
  if (event.kind !== 'order' || !UNTRADED.has(event.order.status)) return null
  const { account, symbol, positionIndex } = event.order
  return positionReportRow(venue, account, venue.exchange.position(account, symbol, positionIndex))
}

function accountOf(event: ExchangeEvent): string {
  if (event.kind === 'order') return event.order.account
  if (event.kind === 'execution') return event.execution.account
  return event.kind === 'ticker' ? '' : event.account
}
