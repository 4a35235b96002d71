import type { Refusal } from '../api/answer.ts'
import type { ChangeProblem } from '../engine/change.ts'
import type { HandProblem } from '../engine/hand-problem.ts'
import type { SignalProblem } from '../engine/signals.ts'
import type { RefusalReason, VenueError } from '../ports/venue.ts'

const CHANGE_CODES = {
  unknown: 'not_found',
  file: 'set_in_file',
  conflict: 'conflict',
  unavailable: 'unavailable',
} as const satisfies Record<ChangeProblem['kind'], Refusal['code']>

const SIGNAL_CODES = {
  unknown: 'not_found',
  invalid: 'invalid',
  conflict: 'signal_conflict',
  unavailable: 'unavailable',
} as const satisfies Record<SignalProblem['kind'], Refusal['code']>

/** Said of a request before its key is looked at: too many of them, or a clock that is wrong. */
const NOT_THE_KEY: ReadonlySet<RefusalReason> = new Set(['rate_limited', 'time_window'])

const HAND_CODES = {
  unknown: 'not_found',
  inactive: 'account_inactive',
  invalid: 'invalid',
  refused: 'risk_refused',
  repeated: 'idempotency_key_reused',
  over: 'conflict',
  busy: 'unavailable',
  unavailable: 'unavailable',
} as const satisfies Record<HandProblem['kind'], Refusal['code']>
/** When trying again is of use, ms. */
const HAND_RETRY_MS = 1_000

export function handRefusal({ kind, message }: HandProblem): Refusal {
  return { code: HAND_CODES[kind], message, retryAfterMs: kind === 'busy' ? HAND_RETRY_MS : null }
}

export function changeRefusal({ kind, messages }: ChangeProblem): Refusal {
  return { code: CHANGE_CODES[kind], message: messages.join(' ') }
}

export function signalRefusal({ kind, message }: SignalProblem): Refusal {
  return { code: SIGNAL_CODES[kind], message }
}

/** What became of asking a venue about a key. */
export function venueRefusal(error: VenueError): Refusal {
  if (error.kind !== 'refused')
    return { code: 'unavailable', message: `The venue did not answer: ${error.message}. Try again.` }
  if (NOT_THE_KEY.has(error.reason))
    return { code: 'unavailable', message: `The venue did not look at the key: ${error.message}. Try again.` }
  return { code: 'key_refused', message: `The venue refuses the key: ${error.message}. Look at it there.` }
}
