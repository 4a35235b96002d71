import type { Credential } from '../../domain/account.ts'
import type { BudgetRule } from '../../domain/capability.ts'
import type { Clock } from '../../ports/clock.ts'
import { RateWindow } from '../shared/rate-budget.ts'
import { BYBIT_BUDGETS } from './capability.ts'
import { MAXIMUM_DRAIN_MS } from './limits.ts'

/** What one account may ask of the venue. */
export interface AccountQuota {
  readonly create: RateWindow
  readonly cancel: RateWindow
  readonly settings: RateWindow
  readonly read: RateWindow
}

/** What all accounts behind one address may. */
export interface EgressQuota {
  readonly http: RateWindow
  readonly trade: RateWindow
  readonly connect: RateWindow
}

/** Effectively none: for benches that open a thousand accounts at once on an exchange of their own. */
const UNLIMITED: BudgetRule = { scope: 'egress', requests: 1_000_000_000, perMs: 1 }

/** Whoever asks with one key shares its budgets: an account's session, and its history beside it. */
export class Quotas {
  readonly #clock: Clock
  /** By key: as many as were used since the start, and each is small. */
  readonly #byKey = new Map<string, AccountQuota>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of({ key }: Credential): AccountQuota {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const quota = accountQuota(this.#clock)
    this.#byKey.set(key, quota)
    return quota
  }
}

function accountQuota(clock: Clock): AccountQuota {
  const { create, cancel, settings, read } = BYBIT_BUDGETS
  return {
    create: new RateWindow(clock, create),
    cancel: new RateWindow(clock, cancel),
    settings: new RateWindow(clock, settings),
    read: new RateWindow(clock, read),
  }
}

export function egressQuota(clock: Clock, limits: 'venue' | 'off'): EgressQuota {
  const rule = (name: 'http' | 'trade' | 'connect') => (limits === 'off' ? UNLIMITED : BYBIT_BUDGETS[name])
  return {
    http: new RateWindow(clock, rule('http'), true),
    trade: new RateWindow(clock, rule('trade')),
    connect: new RateWindow(clock, rule('connect')),
  }
}

/** X-Bapi-Limit, -Limit-Status and -Limit-Reset-Timestamp: an endpoint's limit for the account. */
export interface LimitHeaders {
  readonly limit: unknown
  /** What is left of it. */
  readonly left: unknown
  /** The venue's clock, ms: when its count starts again. */
  readonly resetAt: unknown
}

/** @param windows the account's; empty for public requests */
export function observeLimits(windows: readonly RateWindow[], { limit, left }: LimitHeaders): void {
  const used = Number(limit) - Number(left)
  if (Number.isSafeInteger(used) && used > 0) for (const window of windows) window.observe(used)
}

/** After "too many visits". @param venueNow the venue's clock, ms; null where it is not known */
export function drainWindows(
  windows: readonly RateWindow[],
  { resetAt }: LimitHeaders,
  venueNow: number | null,
): void {
  const untilReset = venueNow === null ? Number.NaN : Number(resetAt) - venueNow
  const resetInMs = Number.isFinite(untilReset) ? untilReset : 0
  for (const window of windows) window.drain(Math.min(MAXIMUM_DRAIN_MS, Math.max(window.perMs(), resetInMs)))
}
