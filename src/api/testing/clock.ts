import type { Clock } from '../../ports/clock.ts'

/** Stands until it is told to go on; timers run when their time has come. */
export interface FakeClock extends Clock {
  advance(ms: number): void
  /** How many timers wait. */
  waiting(): number
}

export function fakeClock(start = Date.parse('2026-01-31T12:00:00Z')): FakeClock {
  let now = start
  const timers = new Set<{ at: number; task: () => void }>()
  return {
    now: () => now,
    waiting: () => timers.size,
    monotonic: () => now,
    after(delayMs, task) {
      const timer = { at: now + delayMs, task }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance(ms) {
      now += ms
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer)
        timer.task()
      }
    },
  }
}
