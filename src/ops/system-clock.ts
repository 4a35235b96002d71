import type { Cancel, Clock } from '../ports/clock.ts'

/**
 * The machine's time.
 *
 * `now` is Date.now and not performance.timeOrigin + performance.now(): the origin is read once at start,
 * so it would carry a wrong wall clock on after the machine has corrected it.
 *
 * @param options.unref timers do not keep the process alive: for work that must not delay an exit
 */
export function systemClock(options: { readonly unref?: boolean } = {}): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(delayMs: number, task: () => void): Cancel {
      // What was due a moment ago is due now; Node warns of a negative delay.
      const timer = setTimeout(task, Math.max(0, delayMs))
      if (options.unref === true) timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
