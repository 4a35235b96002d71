import type { Cancel, Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'

/** Of several samples the one with the smallest round trip is believed: it bounds the error best. */
const SAMPLES = 5
/** A sample that took longer says nothing about the venue's clock. */
const MAXIMUM_ROUND_TRIP_MS = 2_000
const MEASURE_EVERY_MS = 60_000
const RETRY_AFTER_MS = 2_000
/** Quartz drifts by at most some 50 ppm: 15 ms in this time. */
const MAXIMUM_AGE_MS = 300_000
/** Time servers slew a clock more gently than this between two measurements; more is a jump. */
const JUMP_MS = 250

interface Measurement {
  /** The venue's clock minus our monotonic one, ms. */
  readonly aheadMs: number
  readonly roundTripMs: number
  /** Our wall clock minus our monotonic one: what a jump changes. */
  readonly wallAheadMs: number
  /** Monotonic, ms. */
  readonly at: number
}

export interface VenueClockOptions {
  readonly clock: Clock
  readonly log: Log
  /** Asks the venue for its time, ms; null when it gives no usable answer. */
  readonly ask: () => Promise<number | null>
}

/**
 * The venue's time, by our monotonic clock and a measured offset.
 *
 * The wall clock takes no part in it. When wall and monotonic clock part (the wall clock was set, or the
 * machine slept and its monotonic clock with it), the offset is unknown until it is measured again.
 */
export class VenueClock {
  readonly #options: VenueClockOptions
  #measurement: Measurement | null = null
  #measuring: Promise<boolean> | null = null
  #cancel: Cancel | null = null
  #state: 'idle' | 'running' | 'stopped' = 'idle'

  constructor(options: VenueClockOptions) {
    this.#options = options
  }

  /** Measures now and from time to time; harmless when already running. */
  start(): void {
    if (this.#state !== 'idle') return
    this.#state = 'running'
    void this.measure()
  }

  stop(): void {
    this.#state = 'stopped'
    this.#cancel?.()
  }

  /** The venue's clock, ms with fractions; null: not measured, measured too long ago, or after a jump. */
  now(): number | null {
    const measurement = this.#valid()
    return measurement === null ? null : this.#options.clock.monotonic() + measurement.aheadMs
  }

  /** The venue's clock minus our wall clock, ms. */
  offsetMs(): number | null {
    const now = this.now()
    return now === null ? null : now - this.#options.clock.now()
  }

  /** Since the last measurement, ms. */
  ageMs(): number | null {
    return this.#measurement === null ? null : this.#options.clock.monotonic() - this.#measurement.at
  }

  /** Measures at once; several callers share one measurement. @returns whether the time is known now */
  measure(): Promise<boolean> {
    this.#measuring ??= this.#measure().finally(() => {
      this.#measuring = null
    })
    return this.#measuring
  }

  /** The venue's clock, measured first where it is unknown. */
  async known(): Promise<number | null> {
    const now = this.now()
    if (now !== null) return now
    await this.measure()
    return this.now()
  }

  async #measure(): Promise<boolean> {
    let best: Measurement | null = null
    for (let count = 0; count < SAMPLES && this.#state !== 'stopped'; count += 1) {
      const sample = await this.#sample()
      if (sample === null) break
      if (best === null || sample.roundTripMs < best.roundTripMs) best = sample
    }
    if (best !== null) this.#adopt(best)
    this.#schedule(best === null ? RETRY_AFTER_MS : MEASURE_EVERY_MS)
    return best !== null
  }

  async #sample(): Promise<Measurement | null> {
    const { clock, ask } = this.#options
    const sentAt = clock.monotonic()
    const wallAheadMs = this.#wallAheadMs()
    const venueTime = await ask()
    const roundTripMs = clock.monotonic() - sentAt
    if (venueTime === null || roundTripMs > MAXIMUM_ROUND_TRIP_MS) return null
    if (Math.abs(this.#wallAheadMs() - wallAheadMs) > JUMP_MS) return null
    const at = clock.monotonic()
    return { aheadMs: venueTime - (sentAt + roundTripMs / 2), roundTripMs, wallAheadMs, at }
  }

  #adopt(measurement: Measurement): void {
    this.#measurement = measurement
    this.#options.log.info('venue_clock_measured', {
      offsetMs: Math.round(measurement.aheadMs - measurement.wallAheadMs),
      roundTripMs: Math.round(measurement.roundTripMs),
    })
  }

  #schedule(delayMs: number): void {
    this.#cancel?.()
    if (this.#state !== 'running') return
    this.#cancel = this.#options.clock.after(delayMs, () => void this.measure())
  }

  #valid(): Measurement | null {
    const measurement = this.#measurement
    if (measurement === null) return null
    const jumpMs = this.#wallAheadMs() - measurement.wallAheadMs
    if (Math.abs(jumpMs) > JUMP_MS) {
      this.#options.log.warn('clock_jumped', { jumpMs: Math.round(jumpMs) })
      this.#measurement = null
      void this.measure()
      return null
    }
    return this.#options.clock.monotonic() - measurement.at > MAXIMUM_AGE_MS ? null : measurement
  }

  #wallAheadMs(): number {
    return this.#options.clock.now() - this.#options.clock.monotonic()
  }
}
