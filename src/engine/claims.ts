import type { Claim, Purpose } from '../domain/order.ts'
import type { EngineContext } from './context.ts'
import type { AccountState, Holding } from './state.ts'

/** How soon sending is tried again when a live session cannot give a claim. */
const NO_CLAIM_RETRY_MS = 250
/** Budgets come back by the fraction of a millisecond; a pause that short would be over before it is seen. */
const SHORTEST_PAUSE_MS = 1

/** @returns null when the venue's time, its budget or the way to it is not to be had; then sending waits a little */
export function claimFor(
  context: EngineContext,
  holding: Holding,
  { session, leaseEpoch }: AccountState,
  purpose: Purpose,
): Claim | null {
  if (session === null) return null
  const claim = session.venueAccount.stamp(leaseEpoch)
  const waitMs = claim.ok ? session.venueAccount.budgetWaitMs(purpose) : NO_CLAIM_RETRY_MS
  if (claim.ok && waitMs === 0) return claim.value
  const pause = purpose === 'exit' ? holding.exitPause : holding.openingPause
  pause.notBefore = Math.max(pause.notBefore, context.monotonic() + Math.max(waitMs, SHORTEST_PAUSE_MS))
  return null
}
