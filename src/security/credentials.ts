import { z } from 'zod'
import type { Credential } from '../domain/account.ts'
import type { AccountId, SourceId } from '../domain/ids.ts'
import { ok, type Result } from '../domain/result.ts'
import type { SealedSecret } from '../domain/secret.ts'
import type { SecureRandom } from '../ports/random.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { Ledger } from './ledger.ts'
import { type Refusal, refuse } from './refusal.ts'
import { digestOf, isSameText, makeSecretText } from './secret-text.ts'
import type { SecurityState } from './state.ts'
import { accountOwner, MAXIMUM_SECRET_CHARACTERS, type SecretVault, sourceOwner } from './vault.ts'

const HOOK = /^([0-9a-f-]{36})\.([0-9A-Za-z]{43})$/
const sourceIdSchema = z.custom<SourceId>(value => typeof value === 'string')
const NOT_A_DIGEST = '-'

interface CredentialsParts {
  readonly secureRandom: SecureRandom
  readonly state: SecurityState
  readonly vault: SecretVault
  readonly ledger: Ledger
}

/** Secrets of accounts and sources: written, used, never shown again. */
export class Credentials {
  readonly #parts: CredentialsParts
  readonly #listeners = new Set<(accountId: AccountId) => void>()
  /** Of webhook secrets, by their sealed rows: every signal asks, and opening one costs more than all else of it. */
  readonly #hookDigests = new WeakMap<SealedSecret, string>()

  constructor(parts: CredentialsParts) {
    this.#parts = parts
  }

  hasCredential(accountId: AccountId): boolean {
    return this.#parts.state.secret(accountOwner(accountId), 'credential') !== undefined
  }

  /** Whoever holds a session with the former key has to replace it. @returns what ends it */
  onChanged(listener: (accountId: AccountId) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  async setCredential(input: {
    readonly by: string
    readonly accountId: AccountId
    readonly credential: Credential
  }): Promise<Result<void, Refusal>> {
    const { by, accountId, credential } = input
    const { key, secret } = credential
    if (key === '' || secret === '') return refuse('invalid', 'Give both the key and its secret.')
    if (key.length + secret.length > MAXIMUM_SECRET_CHARACTERS)
      return refuse('invalid', 'The key is too long to be one. Copy it from the venue again.')
    const row = (): SealedSecret => this.#parts.vault.sealCredential(accountId, credential)
    const done = await this.#put({ by, action: 'account.key', row })
    if (done.ok) for (const listener of this.#listeners) listener(accountId)
    return done
  }

  async endCredential({
    by,
    accountId,
  }: {
    by: string
    accountId: AccountId
  }): Promise<Result<void, Refusal>> {
    const row = { owner: accountOwner(accountId), field: 'credential' } as const
    const done = await this.#end({ by, action: 'account.key_end', row })
    if (done.ok) for (const listener of this.#listeners) listener(accountId)
    return done
  }

  /** Makes the secret part of a source's webhook address, in place of a former one. It is shown this once. */
  async setHook({ by, sourceId }: { by: string; sourceId: SourceId }): Promise<Result<string, Refusal>> {
    const secret = makeSecretText(this.#parts.secureRandom)
    const row = (): SealedSecret => this.#parts.vault.seal(sourceOwner(sourceId), 'hook', secret)
    const done = await this.#put({ by, action: 'source.hook', row })
    return done.ok ? ok(`${sourceId}.${secret}`) : done
  }

  /** For the unit that removes an account or a source: its secret goes with it. */
  withoutSecrets(id: string): readonly RecordWrite[] {
    return this.#parts.state
      .secrets()
      .filter(({ owner }) => owner === `account:${id}` || owner === `source:${id}`)
      .map(({ owner, field }) => ({ kind: 'secret_end', row: { owner, field } }))
  }

  async endHook({ by, sourceId }: { by: string; sourceId: SourceId }): Promise<Result<void, Refusal>> {
    return this.#end({ by, action: 'source.hook_end', row: { owner: sourceOwner(sourceId), field: 'hook' } })
  }

  /** Whose webhook address it is, in a time that says nothing of the secret; null: nobody's. */
  sourceOfHook(token: string): SourceId | null {
    const [, id = '', secret = ''] = HOOK.exec(token) ?? []
    const sourceId = sourceIdSchema.parse(id)
    return isSameText(digestOf(secret), this.#hookDigest(sourceId)) ? sourceId : null
  }

  #hookDigest(sourceId: SourceId): string {
    const row = this.#parts.state.secret(sourceOwner(sourceId), 'hook')
    if (row === undefined) return NOT_A_DIGEST
    const known = this.#hookDigests.get(row)
    if (known !== undefined) return known
    const opened = this.#parts.vault.openRow(row)
    if (!opened.ok) return NOT_A_DIGEST
    const digest = digestOf(opened.value)
    this.#hookDigests.set(row, digest)
    return digest
  }

  /** Sealed in its turn: a rotation may have taken another key into use by then. */
  async #put(input: { by: string; action: string; row: () => SealedSecret }): Promise<Result<void, Refusal>> {
    return this.#parts.ledger.run(() => {
      const row = input.row()
      const act = { actor: input.by, action: input.action, subject: row.owner, detail: null }
      return ok({ act, writes: [{ kind: 'secret', row }], value: undefined })
    })
  }

  async #end(input: {
    readonly by: string
    readonly action: string
    readonly row: Pick<SealedSecret, 'owner' | 'field'>
  }): Promise<Result<void, Refusal>> {
    const { by, action, row } = input
    return this.#parts.ledger.run(() => {
      if (this.#parts.state.secret(row.owner, row.field) === undefined)
        return refuse('not_found', 'There is none to remove.')
      const act = { actor: by, action, subject: row.owner, detail: null }
      return ok({ act, writes: [{ kind: 'secret_end', row }], value: undefined })
    })
  }
}
