/** Time, as the engine may know it. Real in production, virtual in the simulator. */
export interface Clock {
  /** Wall clock, ms since 1970, with fractions where the machine has them. Can jump. */
  now(): number
  /** Never goes back; ms from an arbitrary start; stands still for nobody, a stopped process included. */
  monotonic(): number
  /** Runs `task` once after at least `delayMs`. Returns what cancels it; cancelling twice is harmless. */
  after(delayMs: number, task: () => void): Cancel
}

export type Cancel = () => void
