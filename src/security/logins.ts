import { type LoginId, type UserId, uuidv7 } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Login, User } from '../domain/user.ts'
import type { Refused } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { type AccessTokens, TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_REVOKED } from './access-tokens.ts'
import type { Ledger, Plan } from './ledger.ts'
import { endLogins } from './login-end.ts'
import type { MasterKeys } from './master-keys.ts'
import { type Device, shortDevice } from './names.ts'
import type { PasswordGate, PasswordTry } from './password-gate.ts'
import { loginExpiry, REFRESH_GRACE_MS, readRefreshToken, refreshTokenOf } from './refresh-tokens.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type SecondFactor, WRONG_CODE } from './second-factor.ts'
import type { SecurityState } from './state.ts'
import { userOwner } from './vault.ts'

/** Devices of one person: the next one ends the one that was not used for the longest time. */
export const MAXIMUM_LOGINS_PER_USER = 20

/** What a device keeps. Times are our clock, ms. */
export interface TokenPair {
  readonly userId: UserId
  readonly loginId: LoginId
  readonly accessToken: string
  readonly accessExpiresAt: number
  readonly refreshToken: string
  readonly refreshExpiresAt: number
}

export interface LoginInput extends PasswordTry, Device {
  /** Of an authenticator app; null: none is given yet. */
  readonly code: string | null
}

interface LoginsParts {
  readonly clock: Clock
  readonly random: Random
  readonly keys: MasterKeys
  readonly state: SecurityState
  readonly ledger: Ledger
  readonly gate: PasswordGate
  readonly secondFactor: SecondFactor
  readonly accessTokens: AccessTokens
}

/** Devices that are logged in, and the tokens that they live by. */
export class Logins {
  readonly #parts: LoginsParts
  /** Logins whose former token was answered again: of which generation, and when, our clock, ms, in that order. */
  readonly #answeredAgain = new Map<LoginId, { readonly generation: number; readonly at: number }>()

  constructor(parts: LoginsParts) {
    this.#parts = parts
  }

  /** @returns `login_failed`, `totp_required` (the same again with the code), `rate_limited`, or tokens */
  async login(input: LoginInput): Promise<Result<TokenPair, Refusal>> {
    const { gate, ledger } = this.#parts
    const passed = await gate.pass(input)
    if (!passed.ok) return passed
    const begun = await ledger.run(() => this.#begin(passed.value, input))
    if (!begun.ok) return begun
    if (begun.value === null) return gate.fail(passed.value, input, WRONG_CODE)
    gate.succeeded(input)
    return ok(await this.#tokensOf(begun.value))
  }

  /**
   * Exchanges a refresh token. The former one is answered once more for ten seconds; later it is somebody else's
   * copy, nobody knows whose, and the whole login ends.
   */
  async refresh(token: string): Promise<Result<TokenPair, Refusal>> {
    const { keys, ledger } = this.#parts
    const read = readRefreshToken(token, keys)
    if (read === null) return refused(TOKEN_INVALID)
    const exchanged = await ledger.run(() => this.#exchange(read.loginId, read.generation))
    if (!exchanged.ok) return exchanged
    return exchanged.value === null ? refused(TOKEN_REVOKED) : ok(await this.#tokensOf(exchanged.value))
  }

  /** Those that are not over. */
  list(userId: UserId): readonly Login[] {
    const now = this.#parts.clock.now()
    return this.#parts.state.loginsOf(userId).filter(login => login.expiresAt > now)
  }

  /** Logging out, or ending another device. @param userId whose it has to be; null: anybody's */
  async revoke(input: {
    readonly by: string
    readonly userId: UserId | null
    readonly loginId: LoginId
  }): Promise<Result<void, Refusal>> {
    const { by, userId, loginId } = input
    return this.#parts.ledger.run(() => {
      const login = this.#parts.state.login(loginId)
      if (login === undefined || (userId !== null && login.userId !== userId))
        return refuse('not_found', 'There is no such login. It may have ended already.')
      return ok(endPlan(login, { by, action: 'login.end', reason: 'This device was logged out.' }))
    })
  }

  /** Ends every device of a user. @returns how many there were */
  async revokeAll({ by, userId }: { by: string; userId: UserId }): Promise<Result<number, Refusal>> {
    return this.#parts.ledger.run(() => {
      const logins = this.#parts.state.loginsOf(userId)
      const value = logins.length
      const act = { actor: by, action: 'login.end', subject: userOwner(userId), detail: { logins: value } }
      return ok({ act, value, ...endLogins(logins, 'All devices were logged out.') })
    })
  }

  /** A pass for who may read the data folder: minutes long, and never exchanged. */
  async localToken(): Promise<{ token: string; expiresAt: number }> {
    return this.#parts.accessTokens.sign({ kind: 'local' })
  }

  /** @returns null: the code is wrong, which is for the gate to count and tell */
  #begin(passed: User, input: LoginInput): Result<Plan<Login | null>, Refusal> {
    const { state, secondFactor, clock, random } = this.#parts
    const user = state.user(passed.id)
    if (user?.passwordHash !== passed.passwordHash || user.status !== 'active')
      return refuse('login_failed', 'Email or password is wrong.')
    const second = secondFactor.check(user, input.code)
    if (!second.ok) return second.error === 'wrong' ? ok(NO_LOGIN) : err(second.error)
    const now = clock.now()
    const login: Login = {
      id: uuidv7(now, random.bytes(10)),
      userId: user.id,
      generation: 0,
      createdAt: now,
      usedAt: now,
      expiresAt: loginExpiry(now, now),
      revokedAt: null,
      ...shortDevice(input),
    }
    const { writes, revokes } = endLogins(
      this.#surplus(user.id, now),
      'Too many of your devices are logged in.',
    )
    const actor = userOwner(user.id)
    const detail = { login: login.id, ...shortDevice(input) }
    const act = { actor, action: 'login.begin', subject: actor, detail }
    return ok({
      act,
      writes: [...second.value, ...writes, { kind: 'login', row: login }],
      value: login,
      revokes,
    })
  }

  /** What has to go so that there is a place for one more. */
  #surplus(userId: UserId, now: number): readonly Login[] {
    const logins = this.#parts.state.loginsOf(userId)
    const alive = logins.filter(login => login.expiresAt > now)
    const oldest = alive.slice(0, Math.max(0, alive.length - MAXIMUM_LOGINS_PER_USER + 1))
    return logins.filter(login => login.expiresAt <= now || oldest.includes(login))
  }

  /** @returns null: the login ended by it */
  #exchange(loginId: LoginId, generation: number): Result<Plan<Login | null>, Refusal> {
    const { state, clock } = this.#parts
    const login = state.login(loginId)
    if (login === undefined || state.user(login.userId)?.status !== 'active') return refused(TOKEN_REVOKED)
    const now = clock.now()
    if (login.expiresAt <= now) return refused(TOKEN_EXPIRED_FOR_GOOD)
    if (generation === login.generation) {
      const expiresAt = loginExpiry(login.createdAt, now)
      const row: Login = { ...login, generation: generation + 1, usedAt: now, expiresAt }
      // Every device does it every few minutes: in the chain it would bury what people do.
      return ok({ act: null, writes: [{ kind: 'login', row }], value: row })
    }
    if (generation === login.generation - 1 && this.#isLostAnswer(login, now))
      return ok({ act: null, writes: [], value: login })
    const reason = 'A token of this device was used twice. Log in again.'
    return ok({ ...endPlan(login, { by: 'system', action: 'login.reuse', reason }), value: null })
  }

  /** Once for each exchange: one answer may be lost, and whoever asks on has the token from somebody else. */
  #isLostAnswer({ id, generation, usedAt }: Login, now: number): boolean {
    for (const [loginId, { at }] of this.#answeredAgain) {
      if (now - at <= REFRESH_GRACE_MS) break
      this.#answeredAgain.delete(loginId)
    }
    if (now - usedAt > REFRESH_GRACE_MS || this.#answeredAgain.get(id)?.generation === generation)
      return false
    this.#answeredAgain.delete(id)
    this.#answeredAgain.set(id, { generation, at: now })
    return true
  }

  async #tokensOf(login: Login): Promise<TokenPair> {
    const { accessTokens, keys } = this.#parts
    const { id: loginId, userId, expiresAt: refreshExpiresAt } = login
    const access = await accessTokens.sign({ kind: 'login', userId, loginId }, refreshExpiresAt)
    return {
      userId,
      loginId,
      accessToken: access.token,
      accessExpiresAt: access.expiresAt,
      refreshToken: refreshTokenOf(login, keys),
      refreshExpiresAt,
    }
  }
}

function endPlan(
  login: Login,
  { by, action, reason }: { by: string; action: string; reason: string },
): Plan<undefined> {
  const act = { actor: by, action, subject: userOwner(login.userId), detail: { login: login.id } }
  return { act, value: undefined, ...endLogins([login], reason) }
}

const NO_LOGIN: Plan<null> = { act: null, writes: [], value: null }
const TOKEN_EXPIRED_FOR_GOOD: Refused = { ...TOKEN_EXPIRED, message: 'The login has expired. Log in again.' }

function refused({ code, message }: Refused): Result<never, Refusal> {
  if (code === 'token_missing') return refuse('token_invalid', message)
  return refuse(code, message)
}
