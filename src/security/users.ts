import { type LoginId, type UserId, uuidv7 } from '../domain/ids.ts'
import { ok, type Result } from '../domain/result.ts'
import type { Role, User } from '../domain/user.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { Ledger, Plan } from './ledger.ts'
import { endLogins } from './login-end.ts'
import { parseEmail, parseName } from './names.ts'
import { busy, type PasswordGate } from './password-gate.ts'
import { type Passwords, passwordProblem } from './passwords.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SecurityState } from './state.ts'
import { userOwner } from './vault.ts'

export const MAXIMUM_USERS = 10_000

export interface NewUser {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly password: string
}

/** What is not given stays. */
export interface UserChange {
  readonly name?: string
  readonly role?: Role
  readonly status?: User['status']
}

/** What a change of access leaves of the former one. */
interface Ending {
  /** The device that goes on; null: none. */
  readonly keep: LoginId | null
  readonly areTokensOver: boolean
}

interface UsersParts {
  readonly clock: Clock
  readonly random: Random
  readonly state: SecurityState
  readonly passwords: Passwords
  readonly ledger: Ledger
  readonly gate: PasswordGate
}

export class Users {
  readonly #parts: UsersParts

  constructor(parts: UsersParts) {
    this.#parts = parts
  }

  list(): readonly User[] {
    return this.#parts.state.users()
  }

  find(id: UserId): User | null {
    return this.#parts.state.user(id) ?? null
  }

  findByEmail(email: string): User | null {
    return this.#parts.state.userByEmail(parseEmail(email) ?? '') ?? null
  }

  /**
   * @param input.onlyIf asked in the command's turn: why it may not be done after all; null: it may
   * @param input.by who does it, as an audit entry says it
   */
  async create(
    input: NewUser & { readonly by: string; readonly onlyIf?: () => Refusal | null },
  ): Promise<Result<User, Refusal>> {
    const { state, ledger } = this.#parts
    const made = await this.#make(input)
    if (!made.ok) return made
    const row = made.value
    return ledger.run<User>(() => {
      const refused = input.onlyIf?.() ?? null
      if (refused !== null) return { ok: false, error: refused }
      if (state.userByEmail(row.email) !== undefined)
        return refuse('conflict', 'There is a user with this email. Choose another one.')
      if (state.users().length >= MAXIMUM_USERS)
        return refuse('conflict', `There are ${MAXIMUM_USERS} users, which is the most.`)
      const detail = { email: row.email, role: row.role }
      const act = { actor: input.by, action: 'user.create', subject: userOwner(row.id), detail }
      return ok({ act, writes: [{ kind: 'user', row }], value: row })
    })
  }

  /** Another role, or being disabled, ends every login of the user, and the latter every API token. The last active owner stays one. */
  async update(input: {
    readonly by: string
    readonly userId: UserId
    readonly change: UserChange
  }): Promise<Result<User, Refusal>> {
    const { by, userId, change } = input
    const name = change.name === undefined ? undefined : parseName(change.name)
    if (name === null) return refuse('invalid', 'Give a name of at most 100 characters.')
    return this.#parts.ledger.run<User>(() => {
      const user = this.find(userId)
      if (user === null) return refuse('not_found', 'There is no such user.')
      const { role = user.role, status = user.status } = change
      const row: User = { ...user, name: name ?? user.name, role, status }
      const isOwner = role === 'owner' && status === 'active'
      if (!isOwner && this.#isLastOwner(user))
        return refuse('conflict', 'This is the last active owner. Make another owner first.')
      const isOtherAccess = status === 'disabled' || role !== user.role
      const act = { actor: by, action: 'user.update', subject: userOwner(userId), detail: { ...change } }
      return ok(
        isOtherAccess
          ? this.#endingAll(row, act, { keep: null, areTokensOver: status === 'disabled' })
          : { act, writes: [{ kind: 'user', row }], value: row },
      )
    })
  }

  /** By the user: every other device is logged out. */
  async changePassword(input: {
    readonly userId: UserId
    /** The device that does it. */
    readonly loginId: LoginId | null
    readonly current: string
    readonly next: string
    readonly address: string
  }): Promise<Result<void, Refusal>> {
    const { userId, loginId, current, next, address } = input
    const user = this.find(userId)
    if (user === null) return refuse('not_found', 'There is no such user.')
    const attempt = { email: user.email, password: current, address }
    const passed = await this.#parts.gate.pass(attempt)
    if (!passed.ok) return passed
    this.#parts.gate.succeeded(attempt)
    const by = userOwner(userId)
    return this.#setPassword({ by, user: passed.value, password: next, keep: loginId, areTokensOver: false })
  }

  /** By an owner, who may know that somebody else has had the former one: all that was ever made with it ends. */
  async setPassword(input: {
    readonly by: string
    readonly userId: UserId
    readonly password: string
  }): Promise<Result<void, Refusal>> {
    const { by, userId, password } = input
    const user = this.find(userId)
    if (user === null) return refuse('not_found', 'There is no such user.')
    return this.#setPassword({ by, user, password, keep: null, areTokensOver: true })
  }

  async #make(input: NewUser): Promise<Result<User, Refusal>> {
    const { clock, random } = this.#parts
    const email = parseEmail(input.email)
    if (email === null) return refuse('invalid', 'This is no email address. Give one like name@example.com.')
    const name = parseName(input.name)
    if (name === null) return refuse('invalid', 'Give a name of at most 100 characters.')
    const hashed = await this.#hash(input.password, email)
    if (!hashed.ok) return hashed
    const createdAt = clock.now()
    const id: UserId = uuidv7(createdAt, random.bytes(10))
    const { role } = input
    return ok({ id, email, name, role, status: 'active', passwordHash: hashed.value, createdAt })
  }

  async #hash(password: string, email: string): Promise<Result<string, Refusal>> {
    const problem = passwordProblem(password, email)
    if (problem !== null) return refuse('invalid', problem)
    const hashed = await this.#parts.passwords.hash(password)
    return hashed === null ? busy() : ok(hashed)
  }

  async #setPassword(
    input: { readonly by: string; readonly user: User; readonly password: string } & Ending,
  ): Promise<Result<void, Refusal>> {
    const { by, user, password } = input
    const hashed = await this.#hash(password, user.email)
    if (!hashed.ok) return hashed
    const done = await this.#parts.ledger.run<User>(() => {
      const now = this.find(user.id)
      if (now?.passwordHash !== user.passwordHash)
        return refuse('conflict', 'The password was changed meanwhile. Try again.')
      const act = { actor: by, action: 'user.password', subject: userOwner(user.id), detail: null }
      return ok(this.#endingAll({ ...now, passwordHash: hashed.value }, act, input))
    })
    return done.ok ? ok() : done
  }

  #endingAll(row: User, act: Plan<User>['act'], { keep, areTokensOver }: Ending): Plan<User> {
    const { state, clock } = this.#parts
    const logins = state.loginsOf(row.id).filter(login => login.id !== keep)
    const { writes, revokes } = endLogins(logins, 'Your access was changed. Log in again.')
    const tokens = state.apiTokensOf(row.id).filter(({ revokedAt }) => areTokensOver && revokedAt === null)
    const revokedAt = clock.now()
    const ended = tokens.map(token => ({ kind: 'api_token', row: { ...token, revokedAt } }) as const)
    // Sockets of API tokens too: what they may see is another thing by now.
    const whole = { userId: row.id, loginId: null, apiTokenId: null, reason: 'Your access was changed.' }
    const isWhole = keep === null
    return {
      act,
      writes: [{ kind: 'user', row }, ...writes, ...ended],
      value: row,
      revokes: isWhole ? [...revokes, whole] : revokes,
    }
  }

  #isLastOwner(user: User): boolean {
    const isOwner = ({ role, status }: User): boolean => role === 'owner' && status === 'active'
    return isOwner(user) && this.list().filter(isOwner).length === 1
  }
}
