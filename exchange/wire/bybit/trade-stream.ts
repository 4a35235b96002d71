import { z } from 'zod'
import type { Result } from '../../../src/domain/result.ts'
import { parseJson } from '../shared/json.ts'
import type { Quota } from '../shared/rolling-limits.ts'
import type { Peer, Session } from '../shared/subscribers.ts'
import { checkTime } from './authenticate.ts'
import {
  DUPLICATE_REQUEST_ID,
  failure,
  NOT_AUTHENTICATED,
  parameterError,
  REPEATED_LOGIN,
  UNKNOWN_OPERATION,
  type VenueFailure,
} from './codes.ts'
import { type Reply, refused } from './reply.ts'
import { type CommandRoute, OPERATIONS } from './routes.ts'
import type { ApiKey } from './venue.ts'

/** docs/v5/websocket/trade/guideline.mdx: reqId at most 36 characters, never twice on a connection. */
const MAXIMUM_REQUEST_ID = 36
const REMEMBERED_REQUEST_IDS = 10_000

const requestShape = z.object({
  op: z.string().max(40),
  args: z.array(z.unknown()).optional(),
  reqId: z.string().optional(),
  header: z.record(z.string(), z.unknown()).optional(),
})
type TradeRequest = z.infer<typeof requestShape>

export interface CommandRequest {
  readonly route: CommandRoute
  readonly key: ApiKey
  readonly body: unknown
}

/** An answer, or null when a fault keeps it from being sent. */
export type Answer = { readonly reply: Reply; readonly quota: Quota } | null

export interface TradeServices {
  login(args: readonly unknown[]): Result<ApiKey, VenueFailure>
  command(request: CommandRequest): Promise<Answer>
  now(): number
}

/** The protocol of /v5/trade on one socket. */
export function tradeSession(peer: Peer, services: TradeServices): Session {
  let key: ApiKey | null = null
  const seen = new Set<string>()

  const login = (request: TradeRequest) => {
    if (key !== null) return peer.send(plain(request, REPEATED_LOGIN))
    const result = services.login(request.args ?? [])
    peer.send(plain(request, result.ok ? OK : result.error))
    if (result.ok) key = result.value
    else peer.close('auth failed')
  }
  const plain = (request: Partial<TradeRequest>, words: VenueFailure, more: Record<string, unknown> = {}) =>
    JSON.stringify({
      reqId: request.reqId,
      retCode: words.code,
      retMsg: words.message,
      op: request.op ?? '',
      ...more,
      connId: peer.id,
    })
  const command = async (request: TradeRequest, route: CommandRoute) => {
    const send = (reply: Reply, quota: Quota | null) => {
      const context = { connectionId: peer.id, now: services.now() }
      peer.send(commandFrame(request, { reply, quota }, context))
    }
    if (key === null) return send(refused(NOT_AUTHENTICATED), null)
    const problem = problemOf(request, seen, services.now())
    if (problem !== null) return send(refused(problem), null)
    remember(seen, request.reqId)
    const answer = await services.command({ route, key, body: request.args?.[0] })
    if (answer !== null) send(answer.reply, answer.quota)
  }
  const receive = (text: string) => {
    const json = parseJson(text)
    const parsed = requestShape.safeParse(json.ok ? json.value : null)
    if (!parsed.success) return peer.send(plain({}, parameterError('not a request of this stream')))
    const request = parsed.data
    if (request.op === 'auth') return login(request)
    if (request.op === 'ping')
      return peer.send(plain({ ...request, op: 'pong' }, OK, { data: [String(Math.trunc(services.now()))] }))
    const route = OPERATIONS.get(request.op)
    if (route === undefined) return peer.send(plain(request, UNKNOWN_OPERATION))
    void command(request, route)
  }
  return { receive, closed: () => seen.clear() }
}

const OK = failure(0, 'OK')

/** What keeps a command from being taken at all, or null. */
function problemOf(request: TradeRequest, seen: ReadonlySet<string>, now: number): VenueFailure | null {
  const { reqId = '', header = {}, args = [] } = request
  if (reqId.length > MAXIMUM_REQUEST_ID)
    return parameterError(`reqId is longer than ${MAXIMUM_REQUEST_ID} characters`)
  if (seen.has(reqId)) return DUPLICATE_REQUEST_ID
  if (args.length !== 1) return parameterError('args must hold exactly one item')
  const timely = checkTime(
    headerText(header, 'X-BAPI-TIMESTAMP'),
    headerText(header, 'X-BAPI-RECV-WINDOW'),
    now,
  )
  return timely.ok ? null : timely.error
}

function remember(seen: Set<string>, requestId: string | undefined): void {
  if (requestId === undefined || requestId === '') return
  const [oldest] = seen
  if (seen.size >= REMEMBERED_REQUEST_IDS && oldest !== undefined) seen.delete(oldest)
  seen.add(requestId)
}

function headerText(header: Readonly<Record<string, unknown>>, name: string): string {
  const value = header[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function commandFrame(
  request: TradeRequest,
  { reply, quota }: { readonly reply: Reply; readonly quota: Quota | null },
  { connectionId, now }: { readonly connectionId: string; readonly now: number },
): string {
  const time = String(Math.trunc(now))
  const limits =
    quota === null
      ? {}
      : {
          'X-Bapi-Limit': String(quota.limit),
          'X-Bapi-Limit-Status': String(quota.remaining),
          'X-Bapi-Limit-Reset-Timestamp': String(Math.trunc(quota.resetAt)),
        }
  return JSON.stringify({
    reqId: request.reqId,
    retCode: reply.code,
    retMsg: reply.message,
    op: request.op,
    data: reply.result,
    retExtInfo: reply.extra,
    header: { ...limits, Traceid: `${connectionId}-${time}`, Timenow: time },
    connId: connectionId,
  })
}
