import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Log } from '../../src/ports/observe.ts'
import {
  ACCESS_TOO_FREQUENT,
  failure,
  parameterError,
  ROUTE_NOT_FOUND,
  SERVER_ERROR,
  SERVICE_RESTARTING,
  UNAVAILABLE,
} from '../wire/bybit/codes.ts'
import type { Query } from '../wire/bybit/page.ts'
import { REFUSED_ROUTES } from '../wire/bybit/refused-routes.ts'
import { envelope, type Reply, refused } from '../wire/bybit/reply.ts'
import { ROUTES, type Route } from '../wire/bybit/routes.ts'
import type { ApiKey, Venue } from '../wire/bybit/venue.ts'
import { parseJson } from '../wire/shared/json.ts'
import type { Quota } from '../wire/shared/rolling-limits.ts'
import { AddressBans } from './address-bans.ts'
import type { Faults } from './faults.ts'
import type { Gateway } from './gateway.ts'

export interface HttpParts {
  readonly gateway: Gateway
  readonly faults: Faults
  readonly venue: Venue
  readonly limits: 'venue' | 'off'
  readonly log: Log
}

/** A batch of 20 orders is about 6 KB. */
export const MAXIMUM_BODY_BYTES = 64 * 1_024
/** A client that takes longer to send one request is cut off. */
const REQUEST_LIMIT_MS = 30_000
/** Streams included, which have a limit of their own below it. */
const MAXIMUM_CONNECTIONS = 30_000
/** docs/v5/error.mdx: HTTP 401 where authentication headers are missing. */
const NO_CREDENTIALS = failure(10003, 'Authentication parameters are missing in the request header.')

/** The REST side: /v5/*, each route with the venue's order of checks. The admin side is mounted apart. */
export function createHttp(parts: HttpParts): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAXIMUM_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
  })
  app.server.maxConnections = MAXIMUM_CONNECTIONS
  const bans = new AddressBans()
  // The signature covers the body's bytes, so it is kept as text until that was checked.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/v5/')) return
    const occasion = { account: null, target: pathOf(request.url) }
    const isBanned = parts.limits === 'venue' && bans.take(request.ip, parts.venue.now())
    if (isBanned || parts.faults.strike('ip_limit', occasion) !== null)
      return send(parts, reply, { reply: refused(ACCESS_TOO_FREQUENT, 403) })
    if (parts.venue.exchange.maintenance && occasion.target !== '/v5/market/time')
      return send(parts, reply, { reply: refused(SERVICE_RESTARTING) })
    if (parts.faults.strike('unavailable', occasion) !== null)
      return send(parts, reply, { reply: refused(UNAVAILABLE, 503) })
  })
  app.setNotFoundHandler((_request, reply) => send(parts, reply, { reply: refused(ROUTE_NOT_FOUND, 404) }))
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return send(parts, reply, { reply: refused(parameterError(error.message), status) })
    parts.log.error('exchange_request_failed', { error: error.message })
    return send(parts, reply, { reply: refused(SERVER_ERROR, 500) })
  })
  for (const route of ROUTES) {
    app.route({
      method: route.kind === 'command' ? 'POST' : 'GET',
      url: route.path,
      handler: (request, reply) => respond({ ...parts, route }, request, reply),
    })
  }
  for (const { method, path, failure: why } of REFUSED_ROUTES)
    app.route({
      method,
      url: path,
      handler: (_request, reply) => send(parts, reply, { reply: refused(why) }),
    })
  return app
}

async function respond(
  parts: HttpParts & { readonly route: Route },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { route } = parts
  const text = queryText(request.url)
  const query: Query = Object.fromEntries(new URLSearchParams(text))
  if (route.kind === 'public') return send(parts, reply, { reply: route.answer(parts.venue, query) })
  const body = typeof request.body === 'string' ? request.body : ''
  const key = authenticate(parts, request, route.kind === 'command' ? body : text)
  if ('code' in key) return send(parts, reply, { reply: key })
  if (route.kind === 'query') return send(parts, reply, parts.gateway.query(route, key, query))
  const json = parseJson(body)
  if (!json.ok) return send(parts, reply, { reply: refused(parameterError('the body is not JSON')) })
  const answer = await parts.gateway.command({ route, key, body: json.value })
  if (answer !== null) return send(parts, reply, answer)
  reply.hijack()
  request.raw.socket.destroy()
  return reply
}

/** The key, or the refusal to answer with. */
function authenticate(parts: HttpParts, request: FastifyRequest, payload: string): ApiKey | Reply {
  const key = header(request, 'x-bapi-api-key')
  const signature = header(request, 'x-bapi-sign')
  const timestamp = header(request, 'x-bapi-timestamp')
  if (key === '' || signature === '' || timestamp === '') return refused(NO_CREDENTIALS, 401)
  const receiveWindow = header(request, 'x-bapi-recv-window')
  const signed = { key, signature, timestamp, receiveWindow, payload, address: request.ip }
  const result = parts.gateway.authenticate(signed)
  return result.ok ? result.value : refused(result.error)
}

function send(
  parts: HttpParts,
  reply: FastifyReply,
  { reply: answer, quota }: { readonly reply: Reply; readonly quota?: Quota },
): FastifyReply {
  if (quota !== undefined) {
    reply.header('X-Bapi-Limit', quota.limit)
    reply.header('X-Bapi-Limit-Status', quota.remaining)
    reply.header('X-Bapi-Limit-Reset-Timestamp', Math.trunc(quota.resetAt))
  }
  const text = envelope(answer, Math.trunc(parts.venue.now()))
  return reply.code(answer.status).type('application/json; charset=utf-8').send(text)
}

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

function queryText(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

function pathOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}
