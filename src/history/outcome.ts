import type { HistoryKind } from '../domain/history.ts'
import type { AccountId } from '../domain/ids.ts'
import type { Ingested } from '../ports/history-store.ts'
import type { StoreError } from '../ports/store.ts'
import type { VenueError } from '../ports/venue.ts'

/** Why something could not be read. What was read before it stays, and what was not is not covered. */
export interface Failure {
  readonly reason: 'key' | 'venue' | 'malformed' | 'vanished' | 'too_many_pages' | 'store' | 'stopped'
  readonly message: string
}

/** No fault: it is left to the next start. */
export const STOPPED: Failure = { reason: 'stopped', message: 'The server is stopping.' }

export type Tally = Omit<Ingested, 'contradictions'>

export const NO_ROWS: Tally = { added: 0, updated: 0, skipped: 0 }

/** What one turn did for one account. */
export interface CycleReport extends Tally {
  readonly accountId: AccountId
  readonly failures: readonly (Failure & { readonly kind: HistoryKind })[]
}

export function sum(a: Tally, b: Tally): Tally {
  return { added: a.added + b.added, updated: a.updated + b.updated, skipped: a.skipped + b.skipped }
}

/** A key that the venue does not take, or not from here, is nothing that passes: somebody has to see to it. */
export function venueFailure(error: VenueError): Failure {
  if (error.kind === 'malformed') return { reason: 'malformed', message: error.message }
  if (error.kind !== 'refused') return { reason: 'venue', message: error.message }
  const reason = error.reason === 'key' || error.reason === 'address' ? 'key' : 'venue'
  return { reason, message: `${error.code}: ${error.message}` }
}

export function storeFailure(error: StoreError): Failure {
  return { reason: 'store', message: error.message }
}
