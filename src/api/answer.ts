import type { ProblemCode, ProblemError } from '../../protocol/problem.ts'
import type { Result } from '../domain/result.ts'

/** Why something was not done; the message says what to do and gives nothing away. */
export interface Refusal {
  readonly code: ProblemCode
  readonly message: string
  /** When trying again is of use. */
  readonly retryAfterMs?: number | null
  readonly errors?: readonly ProblemError[]
}

export type Answer<T> = Promise<Result<T, Refusal>>

/** Who did what to what, for the audit chain. */
export interface Act {
  /** The principal's actor. */
  readonly actor: string
  /** Stable: `account.update`. */
  readonly action: string
  /** `account:<id>`; null: the server as a whole. */
  readonly subject: string | null
  /** What changed, without a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>> | null
}
