import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { Log } from '../../../src/ports/observe.ts'
import type { LighterAccount } from '../../wire/lighter/accounts.ts'
import type { SentTransaction } from '../../wire/lighter/admission.ts'
import {
  failure,
  INTERNAL,
  invalidParameter,
  type LighterFailure,
  NOT_FOUND,
  TOO_MANY_REQUESTS,
} from '../../wire/lighter/codes.ts'
import { OWN_ROUTES, PUBLIC_ROUTES, type Query } from '../../wire/lighter/queries.ts'
import { readLists } from '../../wire/lighter/session.ts'
import type { LighterVenue } from '../../wire/lighter/venue.ts'
import type { Faults } from '../faults.ts'
import type { LighterFaultName } from './fault-catalogue.ts'
import type { LighterGateway } from './gateway.ts'

export interface LighterHttpParts {
  readonly venue: LighterVenue
  readonly gateway: LighterGateway
  readonly faults: Faults<LighterFaultName>
  readonly log: Log
}

type Row = Record<string, unknown>
type Answer = Result<Row, LighterFailure>

const PREFIX = '/api/v1/'
/** Fifty transactions are about 30 KB. */
const MAXIMUM_BODY_BYTES = 128 * 1_024
const REQUEST_LIMIT_MS = 30_000
const MAXIMUM_CONNECTIONS = 30_000
const NO_TOKEN = failure(20013, 'invalid auth: send a token as auth or in the Authorization header')
/** Lists that `false_not_found` empties. */
const LISTS = ['orders', 'trades'] as const

/** The REST side: /api/v1/*, /info and /. */
export function createLighterHttp(parts: LighterHttpParts): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAXIMUM_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
  })
  app.server.maxConnections = MAXIMUM_CONNECTIONS
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith(PREFIX)) return
    const occasion = { account: null, target: routeOf(request) }
    if (parts.venue.exchange.maintenance || parts.faults.strike('unavailable', occasion) !== null)
      return refuse(reply, INTERNAL, 503)
  })
  app.setNotFoundHandler((_request, reply) => refuse(reply, NOT_FOUND, 404))
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return refuse(reply, invalidParameter(error.message), status)
    parts.log.error('exchange_request_failed', { error: error.message })
    return refuse(reply, INTERNAL, 500)
  })
  mountQueries(app, parts)
  app.post(`${PREFIX}sendTx`, (request, reply) => send(parts, { request, reply }, oneOf(formOf(request))))
  app.post(`${PREFIX}sendTxBatch`, (request, reply) =>
    send(parts, { request, reply }, manyOf(formOf(request))),
  )
  return app
}

function mountQueries(app: FastifyInstance, parts: LighterHttpParts): void {
  const { venue } = parts
  app.get('/', (_request, reply) =>
    reply.send({ status: 200, network_id: 1, timestamp: Math.trunc(venue.now() / 1_000) }),
  )
  app.get('/info', (_request, reply) => reply.send({ contract_address: `0x${'0'.repeat(40)}` }))
  for (const [name, route] of Object.entries(PUBLIC_ROUTES))
    app.get(`${PREFIX}${name}`, (request, reply) => {
      const token = tokenOf(request)
      const owner = token === '' ? null : venue.verifier.token(token, venue.now())
      if (owner !== null && !owner.ok) return refuse(reply, owner.error, 400)
      return ask(parts, { request, reply, account: owner?.value ?? null }, () =>
        route(venue, queryOf(request)),
      )
    })
  for (const [name, route] of Object.entries(OWN_ROUTES))
    app.get(`${PREFIX}${name}`, (request, reply) => {
      const token = tokenOf(request)
      const owner = token === '' ? err(NO_TOKEN) : venue.verifier.token(token, venue.now())
      if (!owner.ok) return refuse(reply, owner.error, 400)
      const account = owner.value
      return ask(parts, { request, reply, account }, () =>
        isHidden(parts, account, request)
          ? withoutRows(route(venue, account, queryOf(request)))
          : route(venue, account, queryOf(request)),
      )
    })
}

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly account: LighterAccount | null
}

function ask(
  { gateway }: LighterHttpParts,
  { request, reply, account }: Asked,
  answer: () => Answer,
): FastifyReply {
  if (!gateway.mayAsk(request.ip, routeOf(request), account)) return refuse(reply, TOO_MANY_REQUESTS, 429)
  const answered = answer()
  return answered.ok ? reply.send({ code: 200, ...answered.value }) : refuse(reply, answered.error, 400)
}

function isHidden({ faults }: LighterHttpParts, { name }: LighterAccount, request: FastifyRequest): boolean {
  return faults.strike('false_not_found', { account: name, target: routeOf(request) }) !== null
}

function withoutRows(answer: Answer): Answer {
  if (!answer.ok) return answer
  const empty = LISTS.filter(list => list in answer.value).map(list => [list, []] as const)
  return ok({ ...answer.value, ...Object.fromEntries(empty) })
}

function send(
  { gateway }: LighterHttpParts,
  { request, reply }: Omit<Asked, 'account'>,
  sent: Result<readonly SentTransaction[], LighterFailure>,
): FastifyReply {
  if (!sent.ok) return refuse(reply, sent.error, 400)
  const answer = gateway.send(request.ip, sent.value)
  if (answer === null) {
    reply.hijack()
    request.raw.socket.destroy()
    return reply
  }
  if (!answer.ok) return refuse(reply, answer.error, answer.error === TOO_MANY_REQUESTS ? 429 : 400)
  const { hashes, predictedAt } = answer.value
  return reply.send({
    code: 200,
    tx_hash: routeOf(request) === 'sendTx' ? hashes[0] : hashes,
    predicted_execution_time_ms: predictedAt,
  })
}

function oneOf(form: Query): Result<readonly SentTransaction[], LighterFailure> {
  const { tx_type = '', tx_info = '' } = form
  if (!/^\d{1,3}$/.test(tx_type)) return err(invalidParameter('tx_type must be a whole number'))
  if (tx_info === '') return err(invalidParameter('tx_info must be the text of the transaction'))
  return ok([{ txType: Number(tx_type), txInfo: tx_info }])
}

function manyOf({ tx_types = '', tx_infos = '' }: Query): Result<readonly SentTransaction[], LighterFailure> {
  return readLists(tx_types, tx_infos)
}

/** @param status the HTTP status; the body has the venue's own code */
function refuse(reply: FastifyReply, { code, message }: LighterFailure, status: number): FastifyReply {
  return reply.code(status).send({ code, message })
}

function tokenOf(request: FastifyRequest): string {
  return request.headers.authorization ?? queryOf(request)['auth'] ?? ''
}

/** As the venue's own clients send it: application/x-www-form-urlencoded. */
function formOf(request: FastifyRequest): Query {
  return Object.fromEntries(new URLSearchParams(typeof request.body === 'string' ? request.body : ''))
}

function queryOf({ url }: FastifyRequest): Query {
  const mark = url.indexOf('?')
  return mark < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(mark + 1)))
}

function routeOf({ url }: FastifyRequest): string {
  const mark = url.indexOf('?')
  return url.slice(PREFIX.length, mark < 0 ? undefined : mark)
}
