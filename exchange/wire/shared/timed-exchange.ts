import type { Exchange } from '../../core/types.ts'

/** The exchange with its two clocks. */
export interface TimedExchange {
  readonly exchange: Exchange
  /** Wall clock, ms: what requests are timed by and what frames and rows show. */
  now(): number
  /** The exchange's own clock, ms: what the core is told. It may run faster than the wall's. */
  worldNow(): number
  /** The wall time that a time of the exchange's own clock was at, ms. */
  wallAt(world: number): number
  /** The other way round. */
  worldAt(wall: number): number
}
