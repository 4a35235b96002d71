import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Decimal, parseDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { LighterAccount, Tier } from '../../wire/lighter/accounts.ts'
import type { LighterVenue } from '../../wire/lighter/venue.ts'
import type { Faults } from '../faults.ts'
import { bodyOf, mountWorldAdmin, problem } from '../world-admin.ts'
import type { WorldClock } from '../world-clock.ts'
import { LIGHTER_FAULTS, type LighterFaultName, MAXIMUM_FAULT_MS } from './fault-catalogue.ts'

export interface LighterAccountSettings {
  readonly account: string
  readonly deposit?: Decimal | undefined
  readonly accountIndex?: number | undefined
  /** Accounts of one address share its budgets. */
  readonly l1Address?: string | undefined
  /** standard where left out. */
  readonly tier?: Tier | undefined
  /** Three, with the indexes 4 to 6, where left out. A private key that is not given is made up. */
  readonly keys?: readonly { readonly index: number; readonly privateKey?: string | undefined }[] | undefined
}

export interface MadeAccount {
  readonly account: LighterAccount
  /** By the key's index, 80 hex digits each. */
  readonly privateKeys: ReadonlyMap<number, string>
}

export interface LighterAdminParts {
  readonly venue: LighterVenue
  readonly faults: Faults<LighterFaultName>
  readonly world: WorldClock
}

const KEY_BYTES = 40
const DEFAULT_KEYS: NonNullable<LighterAccountSettings['keys']> = [{ index: 4 }, { index: 5 }, { index: 6 }]
/** 0 to 3 belong to the venue's own pages; 255 stands for all. */
const keyIndex = z.number().int().min(4).max(254)
const amount = z.string().transform((text, context): Decimal => {
  const value = parseDecimal(text)
  if (value !== undefined && value >= ZERO) return value
  context.addIssue({ code: 'custom', message: 'not a decimal text such as "10000"' })
  return z.NEVER
})
const accountShape = z.strictObject({
  account: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'at most 64 letters, digits, dots, dashes, underscores'),
  deposit: amount.optional(),
  accountIndex: z
    .number()
    .int()
    .min(2)
    .max(2 ** 47)
    .optional(),
  l1Address: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, '0x and 40 hex digits')
    .optional(),
  tier: z.enum(['standard', 'premium']).optional(),
  keys: z
    .array(z.strictObject({ index: keyIndex, privateKey: z.string().max(100).optional() }))
    .min(1)
    .max(251)
    .optional(),
})

/** Makes an account under its number, and its money where the exchange does not know it yet. Errors are sentences. */
export function addLighterAccount(
  { venue }: Pick<LighterAdminParts, 'venue'>,
  settings: LighterAccountSettings,
): Result<MadeAccount, string> {
  const { account: name, deposit, accountIndex, l1Address, tier = 'standard', keys = DEFAULT_KEYS } = settings
  const isKnown = venue.exchange.accounts().includes(name)
  if (isKnown && deposit !== undefined) return err(`the account "${name}" exists: leave deposit out`)
  const privateKeys = new Map<number, string>()
  const publicKeys: { index: number; publicKey: string }[] = []
  for (const { index, privateKey = randomBytes(KEY_BYTES).toString('hex') } of keys) {
    const publicKey = venue.verifier.publicKey(privateKey)
    if (!publicKey.ok) return err(`key ${index}: ${publicKey.error}`)
    privateKeys.set(index, privateKey)
    publicKeys.push({ index, publicKey: publicKey.value })
  }
  const made = venue.accounts.add({ name, index: accountIndex, l1Address, tier, keys: publicKeys })
  if (!made.ok) return made
  if (!isKnown) venue.exchange.createAccount(name, deposit ?? ZERO)
  return ok({ account: made.value, privateKeys })
}

/** /admin, with Lighter's accounts and keys. */
export function mountLighterAdmin(app: FastifyInstance, parts: LighterAdminParts): void {
  const { venue, faults, world } = parts
  const { exchange, now } = venue
  const catalogue = LIGHTER_FAULTS
  mountWorldAdmin(app, { exchange, faults, catalogue, maximumDelayMs: MAXIMUM_FAULT_MS, world, now })
  app.get('/admin/accounts', (_request, reply) => reply.send(venue.accounts.all().map(shown)))
  app.post('/admin/accounts', (request, reply) => {
    const body = bodyOf(accountShape, request)
    if (!body.ok) return problem(reply, body.error)
    const made = addLighterAccount(parts, body.value)
    if (!made.ok) return problem(reply, made.error, 409)
    const { account, privateKeys } = made.value
    return reply.code(201).send({ ...shown(account), privateKeys: Object.fromEntries(privateKeys) })
  })
}

function shown({ name, index, l1Address, tier, keys }: LighterAccount): Record<string, unknown> {
  return {
    account: name,
    accountIndex: index,
    l1Address,
    tier,
    keys: Array.from(keys.values(), ({ index: key, publicKey, nonces }) => ({
      index: key,
      publicKey,
      nextNonce: nonces.next,
    })),
  }
}
