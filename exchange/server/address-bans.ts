import { RollingLimits } from '../wire/shared/rolling-limits.ts'

/** docs/v5/rate-limit: 600 requests in 5 s per address, then 10 minutes of 403. */
const ADDRESS_LIMIT = { requests: 600, perMs: 5_000 }
const ADDRESS_BAN_MS = 600_000
/** Addresses that are kept out at once; the one that was first is let in again first. */
const MAXIMUM_BANNED = 10_000

/** Counts requests per address; one that exceeds its limit stays out for a while. */
export class AddressBans {
  readonly #limits = new RollingLimits()
  readonly #bannedUntil = new Map<string, number>()
  readonly #maximum: number

  constructor(maximum = MAXIMUM_BANNED) {
    this.#maximum = maximum
  }

  /** Counts one request. @param now wall clock, ms. @returns whether the address is kept out */
  take(address: string, now: number): boolean {
    if ((this.#bannedUntil.get(address) ?? 0) > now) return true
    this.#bannedUntil.delete(address)
    if (this.#limits.take(address, 1, ADDRESS_LIMIT, now).granted === 1) return false
    const [first] = this.#bannedUntil.keys()
    if (this.#bannedUntil.size >= this.#maximum && first !== undefined) this.#bannedUntil.delete(first)
    this.#bannedUntil.set(address, now + ADDRESS_BAN_MS)
    return true
  }
}
