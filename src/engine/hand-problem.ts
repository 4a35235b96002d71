import { err, type Result } from '../domain/result.ts'

/**
 * unknown: no such account or pair. inactive: it has no session. invalid: never so. refused: not within the limits.
 * repeated: the id was used. over: too late, or too early: what it is about is in no such state. busy: not now, nothing was done. unavailable: the store takes
 * nothing any more.
 */
export interface HandProblem {
  readonly kind: 'unknown' | 'inactive' | 'invalid' | 'refused' | 'repeated' | 'over' | 'busy' | 'unavailable'
  /** A sentence with what to do. */
  readonly message: string
}

export function problem(kind: HandProblem['kind'], message: string): Result<never, HandProblem> {
  return err({ kind, message })
}
