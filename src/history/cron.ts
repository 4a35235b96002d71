import { Cron } from 'croner'

const ZONE = { utcOffset: 0, paused: true } as const

/** @returns the first time behind `after` that the pattern names, our clock, ms; null: it names no more */
export function nextByCron(pattern: string, after: number): number | null {
  return new Cron(pattern, ZONE).nextRun(new Date(after))?.getTime() ?? null
}

/** @returns whether the pattern is one, and names a time that is still to come */
export function isCron(pattern: string): boolean {
  try {
    return nextByCron(pattern, Date.UTC(2_026, 0)) !== null
  } catch {
    return false
  }
}
