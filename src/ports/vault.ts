import type { Account, Credential } from '../domain/account.ts'
import type { Result } from '../domain/result.ts'

/** Where keys are kept. Only a session asks, at the moment it opens, and history when it begins to read; nobody else keeps one. */
export interface Vault {
  /** The message says what to do; it never holds a part of a secret. */
  credential(account: Account): Result<Credential, { readonly message: string }>
}
