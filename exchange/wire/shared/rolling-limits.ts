import { must } from '../../../src/domain/result.ts'

export interface LimitRule {
  readonly requests: number
  readonly perMs: number
}

/** What the venue tells with every answer: X-Bapi-Limit, -Limit-Status, -Limit-Reset-Timestamp. */
export interface Quota {
  /** How many of those asked for may pass now. */
  readonly granted: number
  readonly limit: number
  readonly remaining: number
  /** Wall clock, ms: when the next one may pass; now while there is room. */
  readonly resetAt: number
}

/** Names that are watched at once; the one that started longest ago is forgotten first. */
const MAXIMUM_NAMES = 50_000

/** Rolling windows by name: no more than `requests` in any `perMs`. What is refused does not count. */
export class RollingLimits {
  readonly #taken = new Map<string, number[]>()

  /** @param count how many are asked for; a batch may be granted in part */
  take(name: string, count: number, rule: LimitRule, now: number): Quota {
    const times = this.#timesOf(name)
    while (times.length > 0 && must(times[0], 'not empty') <= now - rule.perMs) times.shift()
    const granted = Math.min(count, Math.max(0, rule.requests - times.length))
    for (let index = 0; index < granted; index += 1) times.push(now)
    const remaining = rule.requests - times.length
    const resetAt = granted < count ? (times[0] ?? now) + rule.perMs : now
    return { granted, limit: rule.requests, remaining, resetAt }
  }

  #timesOf(name: string): number[] {
    const known = this.#taken.get(name)
    if (known !== undefined) return known
    const oldest = this.#taken.keys().next()
    if (this.#taken.size >= MAXIMUM_NAMES && !oldest.done) this.#taken.delete(oldest.value)
    const times: number[] = []
    this.#taken.set(name, times)
    return times
  }
}
