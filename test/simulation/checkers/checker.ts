import type { AuditEntry, Exchange } from '../../../exchange/core/types.ts'
import type { EngineState } from '../../../src/engine/state.ts'
import type { StoreImage, Write } from '../../../src/ports/store.ts'
import type { OrderRequest } from '../../../src/ports/venue.ts'
import type { Troubles } from '../troubles.ts'
import type { LeaderTrades } from './leader-trades.ts'
import type { Ledger } from './ledger.ts'
import type { Truth } from './truth.ts'

/** The last prices of a symbol that have reached the engine, quote per base. */
export interface KnownPrices {
  readonly mark: bigint
  readonly bid: bigint
  readonly ask: bigint
}

/** What every checker may look at. */
export interface Evidence {
  /** What is durable now. */
  readonly ledger: Ledger
  readonly leaderTrades: LeaderTrades
  readonly truth: Truth
  readonly exchange: Exchange
  readonly troubles: Troubles
  /** An order in doubt for longer becomes a notice. */
  readonly doubtNoticeMs: number
  /** Our clock, ms. */
  now(): number
  /** Our clock that never goes back, ms. */
  monotonic(): number
  /** For how long nobody has set our clock, ms. */
  steadyForMs(): number
  /** The venue's clock, ms. */
  venueNow(): number
  /** Whether an intent became durable before the process died, or was taken over, that runs no more. */
  isFormers(intentId: string): boolean
  violate(invariant: string, text: string): void
}

/** Looks at each thing when it happens, so that a run costs no more the longer it gets. */
export interface Checker {
  /** The exchange wrote this down; the truth has it already. */
  audit?(entry: AuditEntry): void
  /** The engine has decided this; nothing of it is durable yet. @param known by symbol */
  asked?(unit: readonly Write[], known: ReadonlyMap<string, KnownPrices>): void
  /** This is becoming durable; the ledger does not have it yet. */
  durable?(unit: readonly Write[]): void
  /** The ledger has it now. */
  applied?(unit: readonly Write[]): void
  /** The engine has been told that this is durable. */
  acknowledged?(unit: readonly Write[]): void
  /** A process begins with this. */
  loaded?(image: StoreImage): void
  /** Now and then: what the running engine has in mind, and when a price of each symbol last reached it. */
  looked?(state: EngineState, tickedAt: ReadonlyMap<string, number>): void
  /** An order's bytes leave. */
  sent?(account: string, order: OrderRequest): void
  /** The process died: what it had decided and not made durable was never so. */
  killed?(): void
  /** Nothing is in flight and no fault is active. */
  atRest?(): void
}
