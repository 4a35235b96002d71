import { type IRateLimiterRes, RateLimiterMemory } from 'rate-limiter-flexible'
import { RefusalError } from './errors.ts'

/** How much of the server one sender may take. */
export interface ApiLimits {
  /** Requests per second and address, a flood's bound: everybody behind one proxy shares it. */
  readonly perAddress: number
  /** Requests per second and user or API token. */
  readonly perActor: number
  /** Signals per second and source. */
  readonly perSource: number
  /** Wrong tokens per minute and address. */
  readonly failuresPerAddress: number
  readonly connections: number
}

export const DEFAULT_API_LIMITS: ApiLimits = {
  perAddress: 1_000,
  perActor: 100,
  perSource: 500,
  failuresPerAddress: 30,
  connections: 10_000,
}

export const MAXIMUM_BODY_BYTES = 1024 * 1024
export const MAXIMUM_HOOK_BYTES = 64 * 1024
/** Lists and maps inside one another. */
export const MAXIMUM_DEPTH = 16
export const MAXIMUM_HEADER_BYTES = 16 * 1024
/** From the first byte of a request to its last. */
export const REQUEST_TIMEOUT_MS = 30_000
/** A connection on which nothing is asked. */
export const KEEP_ALIVE_MS = 72_000

/** Each throws `rate_limited` with when to come again. */
export interface Limits {
  address(address: string): Promise<void>
  actor(actor: string): Promise<void>
  source(sourceId: string): Promise<void>
  failure(address: string): Promise<void>
}

export function createLimits(limits: ApiLimits): Limits {
  const address = limiter(limits.perAddress, 1)
  const failure = limiter(limits.failuresPerAddress, 60)
  return {
    address: key => address(network(key)),
    actor: limiter(limits.perActor, 1),
    source: limiter(limits.perSource, 1),
    failure: key => failure(network(key)),
  }
}

function limiter(points: number, duration: number): (key: string) => Promise<void> {
  const memory = new RateLimiterMemory({ points, duration })
  return async key => {
    try {
      await memory.consume(key)
    } catch (refused) {
      // It rejects with a plain value where the limit is passed, and with an Error only where it is broken itself.
      if (!isLimited(refused)) throw refused
      throw new RefusalError({
        code: 'rate_limited',
        message: 'Send fewer requests: wait as long as Retry-After says.',
        retryAfterMs: refused.msBeforeNext,
      })
    }
  }
}

function isLimited(value: unknown): value is IRateLimiterRes & { msBeforeNext: number } {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && 'msBeforeNext' in value
}

/** One household has 2^64 addresses of IPv6: they count as one. */
export function network(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : []
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
