import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Timers are set this far apart, ms; what comes later than that is the delay. */
const RESOLUTION_MS = 1
const NANOSECONDS = 1e6

/** How late this thread's event loop is, in spans. */
export class Delays {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  begin(): void {
    this.#histogram.reset()
    this.#histogram.enable()
  }

  /** Ends the span. @returns ms */
  end(): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number } {
    const late = (share: number) =>
      Math.max(0, this.#histogram.percentile(share) / NANOSECONDS - RESOLUTION_MS)
    const span = { p50Ms: late(50), p99Ms: late(99), maxMs: late(100) }
    this.#histogram.disable()
    return span
  }
}
