import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Account } from '../../domain/account.ts'
import { ONE } from '../../domain/decimal.ts'
import type { AccountId } from '../../domain/ids.ts'
import { err, type Result } from '../../domain/result.ts'
import type { Role, User } from '../../domain/user.ts'
import { secureRandom } from '../../ops/secure-random.ts'
import { systemRandom } from '../../ops/system-random.ts'
import type { Principal } from '../../ports/authority.ts'
import type { LogFields } from '../../ports/observe.ts'
import type { Vault } from '../../ports/vault.ts'
import { ManualClock } from '../../venues/shared/testing/manual-clock.ts'
import type { TokenPair } from '../logins.ts'
import { openSecurity, type Security } from '../security.ts'
import { MemoryRecords } from './memory-records.ts'

export const PASSWORD = 'four plain words together'
export const ADDRESS = '192.0.2.1'
const NO_CREDENTIALS: Vault = { credential: () => err({ message: 'config.yaml has none' }) }

/** A server's people, as one test has them. */
export interface World {
  readonly clock: ManualClock
  readonly records: MemoryRecords
  readonly log: string[]
  readonly folder: string
  readonly keyPath: string
  readonly security: Security
  /** The next process, on the same rows and the same file of keys. */
  restart(): Promise<World>
}

export async function makeWorld(options: { fallback?: Vault } = {}): Promise<World> {
  const folder = await temporaryFolder()
  const shared = { clock: new ManualClock(), records: new MemoryRecords(), log: [], folder }
  return start({ ...shared, keyPath: join(folder, 'master.keys') }, options.fallback ?? NO_CREDENTIALS)
}

async function start(parts: Omit<World, 'security' | 'restart'>, fallback: Vault): Promise<World> {
  const { clock, records, log, keyPath } = parts
  const line = (event: string, fields: LogFields = {}): void => {
    log.push(JSON.stringify({ event, ...fields }))
  }
  const ports = {
    clock,
    random: systemRandom(),
    secureRandom,
    log: { debug: line, info: line, warn: line, error: line },
    records,
    commit: records.commit,
  }
  const security = value(await openSecurity({ ports, masterKeyPath: keyPath, fallback }))
  return { ...parts, security, restart: () => start(parts, fallback) }
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-security-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The value of what has to succeed here. */
export function value<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value
  throw new Error(`refused: ${JSON.stringify(result.error)}`)
}

/** The code of what has to be refused here. */
export function refusalOf(result: Result<unknown, { readonly code: string }>): string {
  return result.ok ? 'done' : result.error.code
}

export async function addUser({ security }: World, role: Role, name: string = role): Promise<User> {
  const email = `${name}@example.com`
  return value(await security.users.create({ email, name, role, password: PASSWORD, by: 'local' }))
}

export async function logIn(
  { security }: World,
  user: Pick<User, 'email'>,
  more: { code?: string; password?: string; address?: string } = {},
): Promise<Result<TokenPair, { readonly code: string; readonly retryAfterMs: number | null }>> {
  const { code = null, password = PASSWORD, address = ADDRESS } = more
  return security.logins.login({ email: user.email, password, code, address, userAgent: 'a test' })
}

export async function principalOf(world: World, user: User): Promise<Principal> {
  const { accessToken } = value(await logIn(world, user))
  return value(await world.security.authority.authenticate(accessToken))
}

/** What the audit chain says, without the times. */
export function actsOf({ records }: World): string[] {
  return records.audit.map(({ actor, action }) => `${actor.replace(/:.*/, '')} ${action}`)
}

export function accountOf(id: AccountId): Account {
  const kinds = {
    kind: 'venue',
    origin: 'api',
    status: 'active',
    environment: 'paper',
    venue: 'bybit',
  } as const
  const account = { id, name: id, maximumLeverage: ONE, ...kinds }
  return account
}
