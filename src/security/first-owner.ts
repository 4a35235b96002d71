import type { Result } from '../domain/result.ts'
import type { User } from '../domain/user.ts'
import type { SecureRandom } from '../ports/random.ts'
import { type Refusal, refuse } from './refusal.ts'
import { isSameText, makeSecretText } from './secret-text.ts'
import type { NewUser, Users } from './users.ts'

type Owner = Omit<NewUser, 'role'>

/**
 * How a server gets its first owner: by a link that the console shows, or by who starts it. Both ways are closed as
 * soon as there is one.
 */
export class FirstOwner {
  readonly #users: Users
  /** In memory only: every start has another one. */
  readonly #token: string

  constructor(parts: { users: Users; secureRandom: SecureRandom }) {
    this.#users = parts.users
    this.#token = makeSecretText(parts.secureRandom)
  }

  /** No owner was ever made: until then only this machine is listened to. */
  isMissing(): boolean {
    return !this.#users.list().some(user => user.role === 'owner')
  }

  /** For the one-time link; null: there is an owner. */
  linkToken(): string | null {
    return this.isMissing() ? this.#token : null
  }

  /** Whether it is the one-time link's and there is no owner yet; in the same time for every wrong one. */
  isLink(token: string): boolean {
    return isSameText(token, this.#token) && this.isMissing()
  }

  async createByLink(input: Owner & { readonly token: string }): Promise<Result<User, Refusal>> {
    // Before the password costs anything, and with one answer for a wrong link and a late one.
    if (!this.isLink(input.token))
      return refuse('not_found', 'The link is not valid. Look at the console for the one of this start.')
    return this.#create({ ...input, by: 'local' })
  }

  /** @param input.by `local`: the command on this machine; `system`: the environment of the server */
  async create(input: Owner & { readonly by: 'local' | 'system' }): Promise<Result<User, Refusal>> {
    const taken = this.#taken()
    return taken === null ? this.#create(input) : { ok: false, error: taken }
  }

  #create({ email, name, password, by }: Owner & { by: string }): Promise<Result<User, Refusal>> {
    return this.#users.create({ email, name, password, role: 'owner', by, onlyIf: () => this.#taken() })
  }

  #taken(): Refusal | null {
    if (this.isMissing()) return null
    return {
      code: 'conflict',
      message: 'There is an owner. Log in as one to add others.',
      retryAfterMs: null,
    }
  }
}
