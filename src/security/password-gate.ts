import { ok, type Result } from '../domain/result.ts'
import type { User } from '../domain/user.ts'
import type { Clock } from '../ports/clock.ts'
import { Attempts } from './attempts.ts'
import type { Ledger } from './ledger.ts'
import { networkOf, parseEmail } from './names.ts'
import type { Passwords } from './passwords.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SecurityState } from './state.ts'
import { userOwner } from './vault.ts'

/** Wrong ones for one email, from wherever. */
export const TRIES_PER_EMAIL = 20
/** Wrong ones from one address, for whomever: an office shares one. */
export const TRIES_PER_ADDRESS = 100
export const TRIES_WINDOW_MS = 15 * 60_000
const MAXIMUM_NAMES = 10_000
const BUSY_RETRY_MS = 2_000

export interface PasswordTry {
  readonly email: string
  readonly password: string
  /** Of the connection. */
  readonly address: string
}

interface GateParts {
  readonly clock: Clock
  readonly state: SecurityState
  readonly passwords: Passwords
  readonly ledger: Ledger
}

/** Where passwords are tried. It answers the same, after the same work, whether there is such a user or not. */
export class PasswordGate {
  readonly #parts: GateParts
  readonly #byEmail: Attempts
  readonly #byAddress: Attempts

  constructor(parts: GateParts) {
    const shape = { clock: parts.clock, windowMs: TRIES_WINDOW_MS, maximumNames: MAXIMUM_NAMES }
    this.#parts = parts
    this.#byEmail = new Attempts({ ...shape, limit: TRIES_PER_EMAIL })
    this.#byAddress = new Attempts({ ...shape, limit: TRIES_PER_ADDRESS })
  }

  /** @returns the active user whose password it is; `login_failed` and `rate_limited` are audited */
  async pass(attempt: PasswordTry): Promise<Result<User, Refusal>> {
    const { state, passwords } = this.#parts
    const { email, address } = normalized(attempt)
    const user = state.userByEmail(email)
    const byAddress = this.#byAddress.take(address)
    const counted = byAddress.kind === 'allowed' ? this.#byEmail.take(email) : byAddress
    if (counted.kind === 'refused') {
      const told = counted.isFirst ? await this.#tell('login.locked', user, attempt) : ok()
      return told.ok ? tooMany(counted.retryAfterMs) : told
    }
    const isRight = await passwords.isRight(user?.passwordHash ?? null, attempt.password)
    if (isRight === null) return busy()
    if (user !== undefined && isRight && user.status === 'active') return ok(user)
    return this.fail(user, attempt, 'Email or password is wrong.')
  }

  /** Tells of a try that failed. @param message the same for whoever it may be */
  async fail(user: User | undefined, attempt: PasswordTry, message: string): Promise<Result<never, Refusal>> {
    const told = await this.#tell('login.failed', user, attempt)
    return told.ok ? refuse('login_failed', message) : told
  }

  /** It was the right one, with all that it takes: what was counted before is no guessing. */
  succeeded(attempt: PasswordTry): void {
    const { email, address } = normalized(attempt)
    this.#byEmail.forget(email)
    this.#byAddress.giveBack(address)
  }

  /** What was typed as an email is not kept: it may be a password in the wrong field. */
  async #tell(
    action: string,
    user: User | undefined,
    { address }: PasswordTry,
  ): Promise<Result<void, Refusal>> {
    const subject = user === undefined ? null : userOwner(user.id)
    const act = { actor: 'system', action, subject, detail: { address: networkOf(address) } }
    return this.#parts.ledger.run(() => ok({ act, writes: [], value: undefined }))
  }
}

function normalized({ email, address }: PasswordTry): { email: string; address: string } {
  return { email: parseEmail(email) ?? '', address: networkOf(address) }
}

function tooMany(retryAfterMs: number): Result<never, Refusal> {
  const minutes = Math.ceil(retryAfterMs / 60_000)
  return refuse('rate_limited', `Too many wrong tries. Try again in ${minutes} minutes.`, retryAfterMs)
}

export function busy(): Result<never, Refusal> {
  return refuse('rate_limited', 'Too many people log in just now. Try again in a moment.', BUSY_RETRY_MS)
}
