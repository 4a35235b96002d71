import type { AccountId, ApiTokenId, LoginId, UserId } from '../domain/ids.ts'
import { AssertionError } from '../domain/result.ts'
import type { SealedSecret, SecretField } from '../domain/secret.ts'
import type { AccountProfile, ApiToken, Login, User } from '../domain/user.ts'
import type { Directory, RecordWrite } from '../ports/records.ts'

const NOTHING: ReadonlySet<AccountId> = new Set()

/** People and secrets in memory: what is read. It changes only by what is durable. */
export class SecurityState {
  readonly #users = new Map<UserId, User>()
  readonly #byEmail = new Map<string, User>()
  readonly #logins = new Map<LoginId, Login>()
  readonly #apiTokens = new Map<ApiTokenId, ApiToken>()
  readonly #byHash = new Map<string, ApiTokenId>()
  readonly #profiles = new Map<AccountId, AccountProfile>()
  readonly #accountsOf = new Map<UserId, Set<AccountId>>()
  readonly #secrets = new Map<string, SealedSecret>()
  readonly #settings = new Map<string, string>()

  constructor(directory: Directory) {
    this.load(directory)
  }

  /** Forgets everything, and begins with what is given. */
  load(directory: Directory): void {
    const maps = [this.#users, this.#byEmail, this.#logins, this.#apiTokens, this.#byHash]
    for (const map of [...maps, this.#profiles, this.#accountsOf, this.#secrets, this.#settings]) map.clear()
    for (const row of directory.users) this.#putUser(row)
    for (const row of directory.logins) this.#logins.set(row.id, row)
    for (const row of directory.apiTokens) this.#putApiToken(row)
    for (const row of directory.profiles) this.#putProfile(row)
    for (const row of directory.secrets) this.#secrets.set(secretKey(row.owner, row.field), row)
    for (const [name, value] of directory.settings) this.#settings.set(name, value)
  }

  /** What was committed just now. */
  apply(writes: readonly RecordWrite[]): void {
    for (const write of writes) this.#apply(write)
  }

  user(id: UserId): User | undefined {
    return this.#users.get(id)
  }

  /** @param email in lower case */
  userByEmail(email: string): User | undefined {
    return this.#byEmail.get(email)
  }

  users(): readonly User[] {
    return [...this.#users.values()]
  }

  login(id: LoginId): Login | undefined {
    return this.#logins.get(id)
  }

  /** Oldest use first. */
  loginsOf(userId: UserId): readonly Login[] {
    const logins = [...this.#logins.values()].filter(login => login.userId === userId)
    return logins.sort((a, b) => a.usedAt - b.usedAt)
  }

  logins(): readonly Login[] {
    return [...this.#logins.values()]
  }

  apiToken(id: ApiTokenId): ApiToken | undefined {
    return this.#apiTokens.get(id)
  }

  /** Found by its digest, of which no token can be made: what the time of it tells is of no use. */
  apiTokenByHash(hash: string): ApiToken | undefined {
    const id = this.#byHash.get(hash)
    return id === undefined ? undefined : this.#apiTokens.get(id)
  }

  apiTokens(): readonly ApiToken[] {
    return [...this.#apiTokens.values()]
  }

  apiTokensOf(userId: UserId): readonly ApiToken[] {
    return [...this.#apiTokens.values()].filter(token => token.userId === userId)
  }

  profile(accountId: AccountId): AccountProfile | undefined {
    return this.#profiles.get(accountId)
  }

  accountsOf(userId: UserId): ReadonlySet<AccountId> {
    return this.#accountsOf.get(userId) ?? NOTHING
  }

  secret(owner: string, field: SecretField): SealedSecret | undefined {
    return this.#secrets.get(secretKey(owner, field))
  }

  secrets(): readonly SealedSecret[] {
    return [...this.#secrets.values()]
  }

  settings(): ReadonlyMap<string, string> {
    return this.#settings
  }

  #apply(write: RecordWrite): void {
    switch (write.kind) {
      case 'user':
        this.#putUser(write.row)
        break
      case 'login':
        this.#logins.set(write.row.id, write.row)
        break
      case 'login_end':
        this.#logins.delete(write.row.id)
        break
      case 'api_token':
        this.#putApiToken(write.row)
        break
      case 'api_token_end':
        this.#endApiToken(write.row.id)
        break
      case 'account_profile':
        this.#putProfile(write.row)
        break
      case 'secret':
        this.#secrets.set(secretKey(write.row.owner, write.row.field), write.row)
        break
      case 'secret_end':
        this.#secrets.delete(secretKey(write.row.owner, write.row.field))
        break
      case 'setting':
        this.#settings.set(write.row.name, write.row.value)
        break
      default:
        throw new AssertionError(`${write.kind} is not of people's state`)
    }
  }

  #putUser(row: User): void {
    const former = this.#users.get(row.id)
    if (former !== undefined) this.#byEmail.delete(former.email)
    this.#users.set(row.id, row)
    this.#byEmail.set(row.email, row)
  }

  #putApiToken(row: ApiToken): void {
    this.#apiTokens.set(row.id, row)
    this.#byHash.set(row.hash, row.id)
  }

  #endApiToken(id: ApiTokenId): void {
    const former = this.#apiTokens.get(id)
    if (former !== undefined) this.#byHash.delete(former.hash)
    this.#apiTokens.delete(id)
  }

  #putProfile(row: AccountProfile): void {
    const former = this.#profiles.get(row.accountId)?.ownerId ?? null
    if (former !== null) this.#accountsOf.get(former)?.delete(row.accountId)
    this.#profiles.set(row.accountId, row)
    if (row.ownerId === null) return
    const accounts = this.#accountsOf.get(row.ownerId) ?? new Set()
    this.#accountsOf.set(row.ownerId, accounts.add(row.accountId))
  }
}

function secretKey(owner: string, field: SecretField): string {
  return `${owner}/${field}`
}
