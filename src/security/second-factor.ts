import type { UserId } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { User } from '../domain/user.ts'
import type { Clock } from '../ports/clock.ts'
import type { SecureRandom } from '../ports/random.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { Ledger } from './ledger.ts'
import type { PasswordGate } from './password-gate.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SecurityState } from './state.ts'
import { formatTotp, makeTotp, parseTotp, type Totp, totpUri, useCode } from './totp.ts'
import { type SecretVault, userOwner } from './vault.ts'

interface SecondFactorParts {
  readonly clock: Clock
  readonly secureRandom: SecureRandom
  readonly state: SecurityState
  readonly vault: SecretVault
  readonly ledger: Ledger
  readonly gate: PasswordGate
}

/** Who somebody is, shown anew by password before a second factor is touched. */
export interface Reauthentication {
  readonly userId: UserId
  readonly password: string
  readonly address: string
}

/** One-time codes of an authenticator app. */
export class SecondFactor {
  readonly #parts: SecondFactorParts

  constructor(parts: SecondFactorParts) {
    this.#parts = parts
  }

  isOn(userId: UserId): boolean {
    const totp = this.#read(userId)
    // One that does not open is no leave to do without it.
    return !totp.ok || totp.value?.isConfirmed === true
  }

  /** Makes a secret, shown this once. It counts when a code has proven that the app has it. */
  async begin(who: Reauthentication): Promise<Result<{ secret: string; uri: string }, Refusal>> {
    const passed = await this.#reauthenticate(who)
    if (!passed.ok) return passed
    const { id, email } = passed.value
    const totp = makeTotp(this.#parts.secureRandom)
    return this.#parts.ledger.run(() => {
      if (this.isOn(id)) return refuse('conflict', 'There is a second factor. Switch it off first.')
      const value = { secret: totp.secret, uri: totpUri(totp, email) }
      const act = actOf(userOwner(id), 'totp.begin', id)
      return ok({ act, writes: [this.#write(id, totp)], value })
    })
  }

  async confirm({ userId, code }: { userId: UserId; code: string }): Promise<Result<void, Refusal>> {
    return this.#parts.ledger.run(() => {
      const totp = this.#read(userId)
      if (!totp.ok) return totp
      if (totp.value === null || totp.value.isConfirmed)
        return refuse('conflict', 'There is no second factor to confirm. Begin one first.')
      const used = useCode(totp.value, code, this.#parts.clock.now())
      if (used === null) return refuse('invalid', WRONG_CODE)
      const act = actOf(userOwner(userId), 'totp.confirm', userId)
      return ok({ act, writes: [this.#write(userId, used)], value: undefined })
    })
  }

  /** By the user. */
  async switchOff(who: Reauthentication): Promise<Result<void, Refusal>> {
    const passed = await this.#reauthenticate(who)
    return passed.ok ? this.remove({ by: userOwner(who.userId), userId: who.userId }) : passed
  }

  /** By an owner, for somebody who has lost the device. */
  async remove({ by, userId }: { by: string; userId: UserId }): Promise<Result<void, Refusal>> {
    return this.#parts.ledger.run(() => {
      const owner = userOwner(userId)
      if (this.#parts.state.secret(owner, 'totp') === undefined)
        return refuse('not_found', 'There is no second factor to switch off.')
      const end: RecordWrite = { kind: 'secret_end', row: { owner, field: 'totp' } }
      return ok({ act: actOf(by, 'totp.end', userId), writes: [end], value: undefined })
    })
  }

  /**
   * Called in a command's turn, so that no code is used twice at once.
   *
   * @param code null: none was given
   * @returns what uses the code up; `wrong`: to be counted and told
   */
  check(user: User, code: string | null): Result<readonly RecordWrite[], Refusal | 'wrong'> {
    const totp = this.#read(user.id)
    if (!totp.ok) return totp
    if (totp.value === null || !totp.value.isConfirmed) return ok([])
    if (code === null)
      return refuse('totp_required', 'Give the code that your authenticator app shows as well.')
    const used = useCode(totp.value, code, this.#parts.clock.now())
    return used === null ? err('wrong') : ok([this.#write(user.id, used)])
  }

  async #reauthenticate({ userId, password, address }: Reauthentication): Promise<Result<User, Refusal>> {
    const user = this.#parts.state.user(userId)
    if (user === undefined) return refuse('not_found', 'There is no such user.')
    const attempt = { email: user.email, password, address }
    const passed = await this.#parts.gate.pass(attempt)
    if (passed.ok) this.#parts.gate.succeeded(attempt)
    return passed
  }

  #read(userId: UserId): Result<Totp | null, Refusal> {
    const opened = this.#parts.vault.open(userOwner(userId), 'totp')
    if (!opened.ok) return refuse('unavailable', 'The second factor cannot be read. Ask an owner.')
    return ok(opened.value === null ? null : parseTotp(opened.value))
  }

  #write(userId: UserId, totp: Totp): RecordWrite {
    const row = this.#parts.vault.seal(userOwner(userId), 'totp', formatTotp(totp))
    return { kind: 'secret', row }
  }
}

export const WRONG_CODE = 'The code is wrong or was used before. Wait for the next one.'

function actOf(actor: string, action: string, userId: UserId) {
  return { actor, action, subject: userOwner(userId), detail: null }
}
