import { ok, type Result } from '../domain/result.ts'
import type { SealedSecret } from '../domain/secret.ts'
import type { Login } from '../domain/user.ts'
import type { SecureRandom } from '../ports/random.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { Ledger, Plan } from './ledger.ts'
import { endLogins } from './login-end.ts'
import type { MasterKeys } from './master-keys.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SecurityState } from './state.ts'
import type { SecretVault } from './vault.ts'

/** Rows that change in one unit, so that other acts and orders go between. */
const ROWS_PER_UNIT = 100

interface RotationParts {
  readonly keys: MasterKeys
  readonly vault: SecretVault
  readonly state: SecurityState
  readonly ledger: Ledger
  readonly secureRandom: SecureRandom
}

/**
 * Brings another master key into use: file, then secrets unit by unit, then logins, then the former key is
 * forgotten. Both keys are in the file until nothing needs the former, so that a kill costs nothing: the next start
 * goes on. Tokens are signed by the master key, so everybody logs in again; API tokens are not.
 */
export class Rotation {
  readonly #parts: RotationParts
  #running: Promise<Result<void, Refusal>> | null = null

  constructor(parts: RotationParts) {
    this.#parts = parts
  }

  /** A former one was begun and not finished. */
  get isPending(): boolean {
    return this.#parts.keys.versions.length > 1
  }

  /** One that is under way, or was cut off, is finished instead of beginning another. */
  async rotate(by: string): Promise<Result<void, Refusal>> {
    this.#running ??= this.#rotate(by)
    try {
      return await this.#running
    } finally {
      this.#running = null
    }
  }

  async #rotate(by: string): Promise<Result<void, Refusal>> {
    const { keys, secureRandom, ledger } = this.#parts
    if (!this.isPending) {
      const added = await keys.add(secureRandom)
      if (!added.ok) return refuse('unavailable', added.error)
    }
    const resealed = await this.#untilNothingIsLeft(() => this.#resealSome(by))
    if (!resealed.ok) return resealed
    const ended = await this.#untilNothingIsLeft(() => this.#endSomeLogins(by))
    if (!ended.ok) return ended
    // Its row signs the chain's head with the new key: the former one is needed for nothing after it.
    const detail = { version: keys.version }
    const act = { actor: by, action: 'key.rotate', subject: null, detail }
    const told = await ledger.run(() => ok({ act, writes: [], value: undefined }))
    if (!told.ok) return told
    const dropped = await keys.dropOlder()
    return dropped.ok ? ok() : refuse('unavailable', dropped.error)
  }

  async #untilNothingIsLeft(some: () => Result<Plan<number>, Refusal>): Promise<Result<void, Refusal>> {
    for (;;) {
      const done = await this.#parts.ledger.run(some)
      if (!done.ok) return done
      if (done.value === 0) return ok()
    }
  }

  #resealSome(by: string): Result<Plan<number>, Refusal> {
    const { keys, vault, state } = this.#parts
    const rows = state.secrets().filter(row => row.keyVersion !== keys.version)
    const writes: RecordWrite[] = []
    for (const row of rows.slice(0, ROWS_PER_UNIT)) {
      const opened = vault.openRow(row)
      // Never left behind: without its key it would be lost for good.
      if (!opened.ok) return refuse('conflict', opened.error.message)
      writes.push({ kind: 'secret', row: this.#sealAgain(row, opened.value) })
    }
    if (writes.length === 0) return ok({ act: null, writes, value: 0 })
    const detail = { version: keys.version, secrets: writes.length }
    const act = { actor: by, action: 'key.reseal', subject: null, detail }
    return ok({ act, writes, value: writes.length })
  }

  #sealAgain(row: SealedSecret, text: string): SealedSecret {
    return { ...this.#parts.vault.seal(row.owner, row.field, text), updatedAt: row.updatedAt }
  }

  #endSomeLogins(by: string): Result<Plan<number>, Refusal> {
    const logins: readonly Login[] = this.#parts.state.logins().slice(0, ROWS_PER_UNIT)
    const { writes, revokes } = endLogins(logins, 'The server has new keys. Log in again.')
    if (logins.length === 0) return ok({ act: null, writes, value: 0 })
    const act = { actor: by, action: 'login.end', subject: null, detail: { logins: logins.length } }
    return ok({ act, writes, value: logins.length, revokes })
  }
}
