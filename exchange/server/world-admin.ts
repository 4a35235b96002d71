import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { Exchange } from '../core/types.ts'
import { parseJson } from '../wire/shared/json.ts'
import type { Faults } from './faults.ts'
import { MAXIMUM_SPEED, type WorldClock } from './world-clock.ts'

export interface WorldAdminParts<Name extends string> {
  readonly exchange: Exchange
  readonly faults: Faults<Name>
  /** Every fault of the venue by name, with what it does. */
  readonly catalogue: Readonly<Record<Name, string>>
  /** The longest that a fault may last or hold something up. */
  readonly maximumDelayMs: number
  readonly world: WorldClock
  now(): number
}

const MAXIMUM_AUDIT_PAGE = 10_000
const MAXIMUM_JUMP_MS = 366 * 24 * 3_600_000

const faultShape = <Name extends string>({ catalogue, maximumDelayMs }: WorldAdminParts<Name>) =>
  z
    .strictObject({
      name: z.custom<Name>(
        name => typeof name === 'string' && Object.hasOwn(catalogue, name),
        `must be one of ${Object.keys(catalogue).join(', ')}`,
      ),
      probability: z.number().min(0).max(1).default(1),
      times: z.number().int().min(1).nullable().default(null),
      account: z.string().nullable().default(null),
      target: z.string().nullable().default(null),
      delayMs: z.number().int().min(-maximumDelayMs).max(maximumDelayMs).default(1_000),
    })
    .refine(fault => fault.delayMs >= 0 || fault.name === 'clock_offset', {
      path: ['delayMs'],
      message: 'only a clock may be set back',
    })
const pathShape = z.strictObject({
  speed: z.number().positive().max(MAXIMUM_SPEED).optional(),
  jumpMs: z.number().int().min(0).max(MAXIMUM_JUMP_MS).optional(),
})
const symbolShape = z.strictObject({
  symbol: z.string(),
  status: z.enum(['trading', 'delivering', 'closed']),
})
const auditShape = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAXIMUM_AUDIT_PAGE).default(1_000),
})
const removalShape = z.object({ id: z.coerce.number().int().optional(), name: z.string().optional() })

type World = Pick<WorldAdminParts<string>, 'exchange' | 'world' | 'now'>

/** /admin, what is the same for every venue: audit, the price path, symbols and faults. JSON, answered to this machine only. */
export function mountWorldAdmin<Name extends string>(
  app: FastifyInstance,
  parts: WorldAdminParts<Name>,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/admin') && !isLoopback(request.ip))
      return problem(reply, 'the admin side answers on loopback only', 403)
  })
  app.get('/admin/audit', (request, reply) => {
    const query = check(auditShape, request.query)
    if (!query.ok) return problem(reply, query.error)
    const { after, limit } = query.value
    const entries = parts.exchange.audit(after, limit)
    return reply.send({ entries, next: entries.at(-1)?.number ?? after })
  })
  app.get('/admin/path', (_request, reply) => reply.send(pathState(parts)))
  app.post('/admin/path', (request, reply) => {
    const change = bodyOf(pathShape, request)
    if (!change.ok) return problem(reply, change.error)
    parts.world.change(change.value)
    parts.exchange.advance(parts.world.now())
    return reply.send(pathState(parts))
  })
  mountSymbols(app, parts)
  mountFaults(app, parts)
}

function mountSymbols(app: FastifyInstance, { exchange, world }: World): void {
  const list = () => Array.from(exchange.instruments.values(), ({ symbol, status }) => ({ symbol, status }))
  app.get('/admin/symbols', (_request, reply) => reply.send(list()))
  app.post('/admin/symbols', (request, reply) => {
    const change = bodyOf(symbolShape, request)
    if (!change.ok) return problem(reply, change.error)
    const { symbol, status } = change.value
    if (!exchange.instruments.has(symbol)) {
      const known = [...exchange.instruments.keys()].join(', ')
      return problem(reply, `symbol: there is no ${symbol.slice(0, 40)} here, only ${known}`, 404)
    }
    exchange.setSymbolStatus(symbol, status, world.now())
    return reply.send({ symbol, status })
  })
}

function mountFaults<Name extends string>(app: FastifyInstance, parts: WorldAdminParts<Name>): void {
  const { faults, catalogue } = parts
  const shape = faultShape(parts)
  app.get('/admin/faults', (_request, reply) => reply.send({ known: catalogue, active: faults.list() }))
  app.post('/admin/faults', (request, reply) => {
    const settings = bodyOf(shape, request)
    if (!settings.ok) return problem(reply, settings.error)
    const fault = faults.add(settings.value)
    return fault === null
      ? problem(reply, 'too many faults are set: remove some')
      : reply.code(201).send(fault)
  })
  app.delete('/admin/faults', (request, reply) => {
    const which = check(removalShape, request.query)
    return which.ok ? reply.send({ removed: faults.remove(which.value) }) : problem(reply, which.error)
  })
}

function pathState(parts: World): unknown {
  return { at: parts.world.now(), speed: parts.world.speed, wall: parts.now() }
}

export function bodyOf<T>(shape: z.ZodType<T>, request: FastifyRequest): Result<T, string> {
  const json = parseJson(typeof request.body === 'string' ? request.body : '')
  return json.ok ? check(shape, json.value) : err('the body is not JSON')
}

/** Errors name every field that is wrong. */
function check<T>(shape: z.ZodType<T>, given: unknown): Result<T, string> {
  const parsed = shape.safeParse(given)
  if (parsed.success) return ok(parsed.data)
  return err(
    parsed.error.issues.map(issue => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '),
  )
}

export function problem(reply: FastifyReply, error: string, status = 400): FastifyReply {
  return reply.code(status).send({ error })
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
