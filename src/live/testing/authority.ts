import type { AccountId, LoginId, UserId } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Action, Authority, Principal, Refused, Revocation } from '../../ports/authority.ts'

/** One who may log in by a token that a test chose. `accounts`: null sees every one. */
export interface Person {
  readonly name: string
  readonly accounts: ReadonlySet<AccountId> | null
  readonly expiresAt?: number
}

/** Knows what a test tells it. A token is `name` or `name/login`. */
export class ScriptedAuthority implements Authority {
  readonly #people = new Map<string, Person>()
  readonly #listeners = new Set<(revocation: Revocation) => void>()
  readonly #ended = new Set<string>()
  #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  put(person: Person): void {
    this.#people.set(person.name, person)
  }

  /** Ends a login; told at once, or only found when somebody asks. */
  end(token: string, how: 'told' | 'silent' = 'told'): void {
    this.#ended.add(token)
    if (how === 'silent') return
    const revocation = { userId: null, loginId: token as LoginId, apiTokenId: null, reason: 'A test said so' }
    for (const listener of this.#listeners) listener(revocation)
  }

  async authenticate(token: string): Promise<Result<Principal, Refused>> {
    const [name = ''] = token.split('/')
    const person = this.#people.get(name)
    if (person === undefined) return err({ code: 'token_invalid', message: 'The token is not valid.' })
    if (this.#ended.has(token)) return err({ code: 'token_revoked', message: 'Log in again.' })
    const expiresAt = person.expiresAt ?? null
    if (expiresAt !== null && expiresAt <= this.#now())
      return err({ code: 'token_expired', message: 'The token has expired: get a new one.' })
    return ok({
      actor: `user:${name}`,
      userId: name as UserId,
      role: person.accounts === null ? 'operator' : 'customer',
      scopes: ['read'],
      loginId: token as LoginId,
      apiTokenId: null,
      expiresAt,
    })
  }

  current(principal: Principal): Principal | null {
    return this.#ended.has(principal.loginId ?? '') ? null : principal
  }

  may(principal: Principal, action: Action, accountId: AccountId | null): boolean {
    if (action === 'market.read') return true
    const visible = this.visibleAccounts(principal)
    return visible === null || (accountId !== null && visible.has(accountId))
  }

  visibleAccounts(principal: Principal): ReadonlySet<AccountId> | null {
    return this.#people.get(principal.userId ?? '')?.accounts ?? null
  }

  onRevoked(listener: (revocation: Revocation) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
