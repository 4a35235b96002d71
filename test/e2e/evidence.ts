import type { Audit } from './audit.ts'
import type { Records } from './records.ts'

export interface Violation {
  readonly invariant: string
  readonly text: string
}

/** Everything that is held against the exchange's audit log. */
export interface Evidence {
  readonly audit: Audit
  readonly records: Records
  /** The account whose fills are copied. */
  readonly leader: string
  /** Accounts whose owners trade by hand as well: their orders may have no intent. */
  readonly meddlers: ReadonlySet<string>
  /** What the venue itself answers at the end, by account: signed, in 10^-18 of a coin. */
  readonly venuePositions: ReadonlyMap<string, bigint>
  /** Wall ms of an exchange's time, and what a millisecond of it lasts. */
  wallAt(worldAt: number): number
  readonly speed: number
  violate(invariant: string, text: string): void
}

export interface Verdict {
  readonly leaderFills: number
  readonly outcomes: number
  readonly expectedOutcomes: number
  readonly outcomesByKind: Readonly<Record<string, number>>
  readonly reasons: Readonly<Record<string, number>>
  readonly positionMismatches: number
  readonly foreignFills: number
  readonly orders: number
  readonly medianMs: number | null
  readonly p99Ms: number | null
  readonly followers: readonly FollowerVerdict[]
  readonly invariantsBroken: number
  /** The first of them. */
  readonly violations: readonly Violation[]
}

/** What one follower made of the run. */
export interface FollowerVerdict {
  readonly name: string
  readonly sizing: string
  readonly entry: string
  /** Decisions by outcome, or by reason where they were not copied. */
  readonly decisions: Readonly<Record<string, number>>
  readonly medianMs: number | null
  readonly p99Ms: number | null
}
