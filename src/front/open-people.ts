import { err, ok, type Result } from '../domain/result.ts'
import { createMetrics } from '../ops/metrics.ts'
import { secureRandom } from '../ops/secure-random.ts'
import { systemRandom } from '../ops/system-random.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Store } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import { openSecurity, type Security } from '../security/security.ts'
import type { FrontParts, FrontSettings, NamedOwner } from './front.ts'

export interface People extends Pick<FrontParts, 'settings' | 'security' | 'metrics'> {}

interface SecurityParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly masterKeyPath: string
  /** Whose credentials count where none is sealed. */
  readonly fallback: Vault
}

/** @returns what keeps the server from starting, with what to do */
export async function openPeople(
  settings: FrontSettings,
  parts: Omit<SecurityParts, 'masterKeyPath'>,
): Promise<Result<People, string>> {
  const security = await openStoredSecurity({ ...parts, masterKeyPath: settings.masterKeyPath })
  if (!security.ok) return security
  const owner = await makeOwner(security.value, settings.owner ?? null)
  if (!owner.ok) return owner
  return ok({ settings, security: security.value, metrics: createMetrics() })
}

/** People and secrets of an open store. */
export function openStoredSecurity(parts: SecurityParts): Promise<Result<Security, string>> {
  const { store, clock, log, masterKeyPath, fallback } = parts
  const ports = { clock, random: systemRandom(), secureRandom, log, records: store }
  return openSecurity({
    ports: { ...ports, commit: unit => store.commit(unit) },
    masterKeyPath,
    fallback,
  })
}

async function makeOwner({ firstOwner }: Security, owner: NamedOwner | null): Promise<Result<void, string>> {
  if (owner === null || !firstOwner.isMissing()) return ok()
  const password = owner.password()
  if (!password.ok) return password
  const { email } = owner
  const made = await firstOwner.create({
    email,
    name: nameOfEmail(email),
    password: password.value,
    by: 'system',
  })
  return made.ok ? ok() : err(`The first owner (${email}) cannot be made. ${made.error.message}`)
}

/** Of who has not said how to be called. */
export function nameOfEmail(email: string): string {
  return email.trim().split('@', 1)[0] || email
}
