/**
 * One act of a person, or one that the server did by itself and that a person will want to know of. Each carries
 * the hash of the one before it, so that an edit, a gap, another order or a cut tail shows.
 */
export interface AuditEntry {
  /** From 1, without gaps. */
  readonly sequence: number
  /** Our clock, ms. */
  readonly at: number
  /** `user:<id>`, `token:<id>`, `local` (who may read the data folder) or `system`. */
  readonly actor: string
  /** Stable: `account.update`, `link.pause`, `login.failed`. */
  readonly action: string
  /** What was acted on, `account:<id>`; null: the server as a whole. */
  readonly subject: string | null
  /** What changed, as JSON, without a secret; null: there is nothing to add. */
  readonly detail: string | null
  /** SHA-256 in hex; the first one's is all zeros. */
  readonly previousHash: string
  /** SHA-256 in hex over everything above. */
  readonly hash: string
}
