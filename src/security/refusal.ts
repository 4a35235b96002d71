import { type Err, err } from '../domain/result.ts'

/** Why a command is not done. The text says what to do and gives nothing away. */
export interface Refusal {
  readonly code:
    | 'invalid'
    | 'conflict'
    | 'not_found'
    | 'forbidden'
    | 'login_failed'
    | 'totp_required'
    | 'rate_limited'
    | 'token_invalid'
    | 'token_expired'
    | 'token_revoked'
    | 'unavailable'
  readonly message: string
  /** When trying again is of use; null: at once, or never. */
  readonly retryAfterMs: number | null
}

export function refuse(
  code: Refusal['code'],
  message: string,
  retryAfterMs: number | null = null,
): Err<Refusal> {
  return err({ code, message, retryAfterMs })
}
