import { z } from 'zod'

/**
 * Every way in which Lockstep says no, to REST and to sockets alike. Codes are stable: programs go by them. The
 * status is the HTTP one; the title is the same for every problem of a code, and `detail` says what to do.
 */
export const PROBLEMS = {
  malformed: { status: 400, title: 'The request cannot be read' },
  token_missing: { status: 401, title: 'No token was given' },
  token_invalid: { status: 401, title: 'The token is not valid' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_revoked: { status: 401, title: 'The token was revoked' },
  login_failed: { status: 401, title: 'The login was refused' },
  totp_required: { status: 401, title: 'A one-time code is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  origin_refused: { status: 403, title: 'The origin is not allowed' },
  login_required: { status: 403, title: 'A person has to log in for this' },
  not_found: { status: 404, title: 'Not found' },
  timed_out: { status: 408, title: 'The request came too slowly' },
  conflict: { status: 409, title: 'Something is in the way' },
  set_in_file: { status: 409, title: 'Set in config.yaml' },
  signal_conflict: { status: 409, title: 'The signal id was used for another signal' },
  account_inactive: { status: 409, title: 'The account is inactive' },
  answer_not_kept: { status: 409, title: 'Done before, and its answer was shown once' },
  too_large: { status: 413, title: 'The request is too large' },
  media_type: { status: 415, title: 'The content type is not taken' },
  invalid: { status: 422, title: 'The request is not valid' },
  key_refused: { status: 422, title: 'The key is refused' },
  signal_incomplete: { status: 422, title: 'The signal lacks something' },
  signal_too_old: { status: 422, title: 'The signal is too old' },
  signal_from_future: { status: 422, title: 'The signal is from the future' },
  symbol_unknown: { status: 422, title: 'The symbol is not listed' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  risk_refused: { status: 422, title: 'Refused by a limit' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Lockstep made a mistake' },
  unavailable: { status: 503, title: 'Not possible right now' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

/** Which part of a request is wrong: a path like `limits.maximumLeverage`, and what is expected there. */
export const problemErrorSchema = z.object({ path: z.string(), message: z.string() })

/** RFC 9457 problem details, with a `code` of our own. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  errors: z.array(problemErrorSchema).optional(),
})
export type Problem = z.infer<typeof problemSchema>
export type ProblemError = z.infer<typeof problemErrorSchema>

/** What is wrong in one answer at most; a request with more is wrong enough. */
export const MAXIMUM_ERRORS = 20

/** @param detail what happened and what to do; never a secret, never what others own */
export function problem(code: ProblemCode, detail: string, errors: readonly ProblemError[] = []): Problem {
  const { status, title } = PROBLEMS[code]
  const shown = errors.slice(0, MAXIMUM_ERRORS)
  const type = `urn:lockstep:problem:${code}`
  return { type, title, status, detail, code, ...(shown.length > 0 && { errors: shown }) }
}
