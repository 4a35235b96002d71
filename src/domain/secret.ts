/** What a secret belongs to and what it is: `account:<id>` has a credential, `user:<id>` a totp, `source:<id>` a hook. */
export const SECRET_FIELDS = ['credential', 'totp', 'hook'] as const
export type SecretField = (typeof SECRET_FIELDS)[number]

/** A secret at rest: nothing of it can be read without the master key, which is not in the database. */
export interface SealedSecret {
  readonly owner: string
  readonly field: SecretField
  /** Which master key wraps its data key; grows with every rotation. */
  readonly keyVersion: number
  /** Data key and secret, each sealed, as text. */
  readonly sealed: string
  /** Our clock, ms. */
  readonly updatedAt: number
}
