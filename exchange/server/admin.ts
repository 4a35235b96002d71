import { isIP } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Decimal, parseDecimal, ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import type { MarginMode } from '../core/records.ts'
import type { PositionMode } from '../core/stop.ts'
import type { Exchange } from '../core/types.ts'
import { parseJson } from '../wire/bybit/reply.ts'
import type { ApiKey } from '../wire/bybit/venue.ts'
import { FAULTS, type FaultName } from './fault-catalogue.ts'
import type { Faults } from './faults.ts'
import type { KeyRing, KeySettings } from './key-ring.ts'
import { MAXIMUM_SPEED, type WorldClock } from './world-clock.ts'

export interface AdminParts {
  readonly exchange: Exchange
  readonly keys: KeyRing
  readonly faults: Faults
  readonly world: WorldClock
  now(): number
}

export type AccountSettings = KeySettings & {
  readonly deposit?: Decimal | undefined
  /** Of every symbol; one_way where left out. */
  readonly positionMode?: PositionMode | undefined
  /** cross where left out. */
  readonly marginMode?: MarginMode | undefined
}

const MAXIMUM_AUDIT_PAGE = 10_000
const MAXIMUM_JUMP_MS = 366 * 24 * 3_600_000
const MAXIMUM_DELAY_MS = 600_000

const deposit = z.string().transform((text, context): Decimal => {
  const value = parseDecimal(text)
  if (value !== undefined && value >= ZERO) return value
  context.addIssue({ code: 'custom', message: 'not a decimal text such as "10000"' })
  return z.NEVER
})
const accountShape = z.strictObject({
  account: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'at most 64 letters, digits, dots, dashes, underscores'),
  deposit: deposit.optional(),
  key: z.string().min(1).max(64).optional(),
  secret: z.string().min(1).max(128).optional(),
  positionMode: z.enum(['one_way', 'hedge']).optional(),
  marginMode: z.enum(['cross', 'isolated']).optional(),
  permissions: z
    .strictObject({
      readOnly: z.boolean(),
      trade: z.boolean(),
      withdraw: z.boolean(),
      transfer: z.boolean(),
    })
    .partial()
    .optional(),
  addresses: z.array(z.string().refine(text => isIP(text) > 0, 'not an IP address')).optional(),
  expiresAt: z.number().int().nullable().optional(),
  isDemo: z.boolean().optional(),
})
const faultShape = z
  .strictObject({
    name: z.custom<FaultName>(
      name => typeof name === 'string' && Object.hasOwn(FAULTS, name),
      `must be one of ${Object.keys(FAULTS).join(', ')}`,
    ),
    probability: z.number().min(0).max(1).default(1),
    times: z.number().int().min(1).nullable().default(null),
    account: z.string().nullable().default(null),
    target: z.string().nullable().default(null),
    delayMs: z.number().int().min(-MAXIMUM_DELAY_MS).max(MAXIMUM_DELAY_MS).default(1_000),
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

/** An account with one more key; the account is made with its deposit when it is new. */
export function addAccount(parts: AdminParts, settings: AccountSettings): Result<ApiKey, string> {
  const known = parts.exchange.accounts().includes(settings.account)
  if (known && settings.deposit !== undefined)
    return err(`the account "${settings.account}" exists: leave deposit out to add a key to it`)
  const made = parts.keys.add(settings, parts.now())
  if (!made.ok || known) return made
  parts.exchange.createAccount(settings.account, settings.deposit ?? ZERO)
  if (settings.positionMode === 'hedge') parts.exchange.switchPositionMode(settings.account, null, 'hedge')
  if (settings.marginMode === 'isolated') parts.exchange.switchMarginMode(settings.account, 'isolated')
  return made
}

/** /admin: accounts, audit, the price path and faults. JSON, answered to this machine only. */
export function mountAdmin(app: FastifyInstance, parts: AdminParts): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/admin') && !isLoopback(request.ip))
      return problem(reply, 'the admin side answers on loopback only', 403)
  })
  app.get('/admin/accounts', (_request, reply) => reply.send(accountList(parts)))
  app.post('/admin/accounts', (request, reply) => {
    const body = bodyOf(accountShape, request)
    if (!body.ok) return problem(reply, body.error)
    const made = addAccount(parts, body.value)
    if (!made.ok) return problem(reply, made.error, 409)
    const { account, key, secret, userId } = made.value
    return reply.code(201).send({ account, key, secret, userId })
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
  mountFaults(app, parts.faults)
}

function mountSymbols(app: FastifyInstance, { exchange, world }: AdminParts): void {
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

function mountFaults(app: FastifyInstance, faults: Faults): void {
  app.get('/admin/faults', (_request, reply) => reply.send({ known: FAULTS, active: faults.list() }))
  app.post('/admin/faults', (request, reply) => {
    const settings = bodyOf(faultShape, request)
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

function accountList(parts: AdminParts): unknown {
  const keys = parts.keys.all()
  return parts.exchange.accounts().map(account => ({
    account,
    keys: keys
      .filter(key => key.account === account)
      .map(({ key, userId, isDemo, permissions }) => ({ key, userId, isDemo, permissions })),
  }))
}

function pathState(parts: AdminParts): unknown {
  return { at: parts.world.now(), speed: parts.world.speed, wall: parts.now() }
}

function bodyOf<T>(shape: z.ZodType<T>, request: FastifyRequest): Result<T, string> {
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

function problem(reply: FastifyReply, error: string, status = 400): FastifyReply {
  return reply.code(status).send({ error })
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
