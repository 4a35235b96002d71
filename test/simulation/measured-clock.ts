import type { Clock } from '../../src/ports/clock.ts'
import type { VenueHost } from './venue-host.ts'

const MEASURE_EVERY_MS = 5_000
/** A wall clock that parts from the monotonic one by more has been set. */
const JUMP_MS = 250
/** A venue that tells whole seconds may be measured wrong by half of one. */
const SECONDS_ERROR_MS = 500

/** The venue's time as one process knows it: measured now and then, unknown after a jump until it is again. */
export class MeasuredClock {
  readonly #host: VenueHost
  readonly #clock: Clock
  readonly #errorMs: number
  /** Against our monotonic clock, ms: the venue's clock and our wall clock, when last measured. */
  #measured: { readonly aheadMs: number; readonly wallAheadMs: number } | null = null

  constructor(host: VenueHost, clock: Clock) {
    this.#host = host
    this.#clock = clock
    this.#errorMs =
      host.kind.datedEarlyMs === 0 ? 0 : SECONDS_ERROR_MS - host.faults.upTo(2 * SECONDS_ERROR_MS)
    this.#measure()
  }

  /** Whole ms; null: not known. */
  now(): number | null {
    return this.#measured === null || this.#hasJumped()
      ? null
      : Math.trunc(this.#clock.monotonic() + this.#measured.aheadMs)
  }

  /** The venue's clock minus our wall clock, ms. */
  offsetMs(): number | null {
    return this.#measured === null || this.#hasJumped()
      ? null
      : this.#measured.aheadMs - this.#measured.wallAheadMs
  }

  #hasJumped(): boolean {
    return Math.abs(this.#wallAheadMs() - (this.#measured?.wallAheadMs ?? 0)) > JUMP_MS
  }

  #wallAheadMs(): number {
    return this.#clock.now() - this.#clock.monotonic()
  }

  #measure(): void {
    this.#measured = { aheadMs: this.#host.aheadMs + this.#errorMs, wallAheadMs: this.#wallAheadMs() }
    this.#clock.after(MEASURE_EVERY_MS, () => this.#measure())
  }
}
