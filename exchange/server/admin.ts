import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Decimal, parseDecimal, ZERO } from '../../src/domain/decimal.ts'
import { err, type Result } from '../../src/domain/result.ts'
import type { MarginMode } from '../core/records.ts'
import type { PositionMode } from '../core/stop.ts'
import type { Exchange } from '../core/types.ts'
import type { ApiKey } from '../wire/bybit/venue.ts'
import { FAULTS } from './fault-catalogue.ts'
import type { Faults } from './faults.ts'
import type { KeyRing, KeySettings } from './key-ring.ts'
import { bodyOf, mountWorldAdmin, problem } from './world-admin.ts'
import type { WorldClock } from './world-clock.ts'

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

/** /admin, with Bybit's accounts and keys. */
export function mountAdmin(app: FastifyInstance, parts: AdminParts): void {
  mountWorldAdmin(app, { ...parts, catalogue: FAULTS, maximumDelayMs: MAXIMUM_DELAY_MS })
  app.get('/admin/accounts', (_request, reply) => reply.send(accountList(parts)))
  app.post('/admin/accounts', (request, reply) => {
    const body = bodyOf(accountShape, request)
    if (!body.ok) return problem(reply, body.error)
    const made = addAccount(parts, body.value)
    if (!made.ok) return problem(reply, made.error, 409)
    const { account, key, secret, userId } = made.value
    return reply.code(201).send({ account, key, secret, userId })
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
