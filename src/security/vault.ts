import { z } from 'zod'
import type { Account, Credential } from '../domain/account.ts'
import type { AccountId, SourceId, UserId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { SealedSecret, SecretField } from '../domain/secret.ts'
import type { Clock } from '../ports/clock.ts'
import type { SecureRandom } from '../ports/random.ts'
import type { Vault } from '../ports/vault.ts'
import { openText, sealText } from './envelope.ts'
import type { MasterKeys } from './master-keys.ts'
import type { SecurityState } from './state.ts'

/** Longer ones are no keys. Venues' own have less than a hundred characters, PEM keys some thousand. */
export const MAXIMUM_SECRET_CHARACTERS = 8_192

export const accountOwner = (id: AccountId): string => `account:${id}`
export const userOwner = (id: UserId): string => `user:${id}`
export const sourceOwner = (id: SourceId): string => `source:${id}`

const credentialSchema = z.strictObject({ key: z.string(), secret: z.string() })

interface VaultParts {
  readonly keys: MasterKeys
  readonly state: SecurityState
  readonly clock: Clock
  readonly secureRandom: SecureRandom
  /** Asked where no credential is sealed: those of config.yaml. */
  readonly fallback: Vault
}

/** Seals secrets for the store and opens them for those who need them now. It keeps none of them. */
export class SecretVault implements Vault {
  readonly #parts: VaultParts

  constructor(parts: VaultParts) {
    this.#parts = parts
  }

  /** @returns the row to commit */
  seal(owner: string, field: SecretField, text: string): SealedSecret {
    const { keys, clock, secureRandom } = this.#parts
    const binding = { owner, field, keyVersion: keys.version }
    const sealed = sealText({ text, binding, wrappingKey: keys.current('seal'), secureRandom })
    return { ...binding, sealed, updatedAt: clock.now() }
  }

  /** @returns null: there is none; the error says what to do and holds no part of it */
  open(owner: string, field: SecretField): Result<string | null, { readonly message: string }> {
    const row = this.#parts.state.secret(owner, field)
    return row === undefined ? ok(null) : this.openRow(row)
  }

  openRow(row: SealedSecret): Result<string, { readonly message: string }> {
    const { owner, field, keyVersion, sealed } = row
    const wrappingKey = this.#parts.keys.derive('seal', keyVersion)
    if (wrappingKey === null)
      return err({
        message: `The ${field} of ${owner} is locked with master key ${keyVersion}, which is not here. Put the file of master keys back from your copy.`,
      })
    const text = openText({ sealed, binding: { owner, field, keyVersion }, wrappingKey })
    if (text !== null) return ok(text)
    return err({
      message: `The ${field} of ${owner} does not open: the database was changed, or the master keys are not its own. Set it again, or restore both from one backup.`,
    })
  }

  credential(account: Account): Result<Credential, { readonly message: string }> {
    const opened = this.open(accountOwner(account.id), 'credential')
    if (!opened.ok) return opened
    if (opened.value === null) return this.#parts.fallback.credential(account)
    return ok(credentialSchema.parse(JSON.parse(opened.value)))
  }

  sealCredential(accountId: AccountId, { key, secret }: Credential): SealedSecret {
    return this.seal(accountOwner(accountId), 'credential', JSON.stringify({ key, secret }))
  }
}
