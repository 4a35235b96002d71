import { ok, type Result } from '../domain/result.ts'
import type { ApiToken } from '../domain/user.ts'
import type { Clock } from '../ports/clock.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { Ledger } from './ledger.ts'
import type { Refusal } from './refusal.ts'
import type { SecurityState } from './state.ts'

/** A device that is logged out for good, and a token that ended, are kept this long for whoever wonders. */
export const ENDED_KEPT_MS = 30 * 86_400_000

interface PruningParts {
  readonly clock: Clock
  readonly state: SecurityState
  readonly ledger: Ledger
}

/** Forgets logins and API tokens that ended long ago. What was done with them stays in the audit chain. */
export class Pruning {
  readonly #parts: PruningParts

  constructor(parts: PruningParts) {
    this.#parts = parts
  }

  /** @param limit rows of one unit @returns how many were forgotten */
  async prune(limit: number): Promise<Result<number, Refusal>> {
    const { clock, state, ledger } = this.#parts
    return ledger.run(() => {
      const before = clock.now() - ENDED_KEPT_MS
      const logins = state.logins().filter(({ expiresAt }) => expiresAt < before)
      const tokens = state.apiTokens().filter(token => endOf(token) < before)
      const ends: RecordWrite[] = [
        ...logins.map(({ id }) => ({ kind: 'login_end', row: { id } }) as const),
        ...tokens.map(({ id }) => ({ kind: 'api_token_end', row: { id } }) as const),
      ]
      const writes = ends.slice(0, limit)
      return ok({ act: null, writes, value: writes.length })
    })
  }
}

/** Our clock, ms. */
function endOf({ revokedAt, expiresAt }: ApiToken): number {
  return Math.min(revokedAt ?? Number.POSITIVE_INFINITY, expiresAt ?? Number.POSITIVE_INFINITY)
}
